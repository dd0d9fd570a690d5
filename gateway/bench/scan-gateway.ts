/**
 * The real gateway in a process of its own, for the bench `scan`: every port is the real one but
 * the link to the cloud, which never connects. The bench tells it by messages what to do.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadCatalogue } from '@gatehouse/device-profiles';
import { addRow, digestText, emptyDigest, rowDigest } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import { createSystemClock } from '../src/adapters/clock.ts';
import { createJournal } from '../src/adapters/journal-client.ts';
import type { DiskStall } from '../src/adapters/journal-client.ts';
import { createJwsVerifier } from '../src/adapters/jws.ts';
import { createLog } from '../src/adapters/log.ts';
import { createModbusPorts } from '../src/adapters/modbus.ts';
import { createPolicyStore } from '../src/adapters/policy-store.ts';
import { pinHash } from '../src/adapters/pin-hash.ts';
import { createPrimitives } from '../src/adapters/primitives.ts';
import { createSerialPorts } from '../src/adapters/serial.ts';
import { createZstd } from '../src/adapters/zstd.ts';
import { journalBytesDefault } from '../src/config.ts';
import type { GatewayConfig } from '../src/config.ts';
import { createGateway } from '../src/gateway.ts';
import type { Gateway } from '../src/gateway.ts';
import type { Journal, Ports } from '../src/ports.ts';
import type { DoorWires } from './scan-door.ts';

type SetUp = {
  /** Empty, on a disk. */
  readonly dir: string;
  readonly rows: readonly PolicyRow[];
};
type Start = {
  /** As `setUp` has left it. */
  readonly dir: string;
  readonly doors: readonly DoorWires[];
  readonly stall: DiskStall | undefined;
};
/** Each is answered by one message: `setUp` to one process, then the others to a fresh one. */
export type GatewayOrder =
  | ({ readonly order: 'setUp' } & SetUp)
  | ({ readonly order: 'start' } & Start)
  | { readonly order: 'measure' | 'report' | 'stop' };

/** Since the order `measure`, but for the commits. */
export type GatewayReport = {
  /** All, by `credential counter` of the accepted pass: how long it waited for the disk. */
  readonly commitMs: Readonly<Record<string, number>>;
  readonly events: number;
  /** Of the whole process, as the kernel counts them; only Linux tells. */
  readonly bytesWritten: number | undefined;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
  readonly rssMB: number;
};

const gatewayId = 'bench-gate';
/** A new journal refuses passes of its first half minute: this gateway was set up before that. */
const setUpBeforeMs = 60_000;
/** The histogram's timer itself takes this long. */
const loopSampleMs = 5;

const configOf = ({ dir, doors }: Pick<Start, 'dir' | 'doors'>): GatewayConfig => ({
  gateway: gatewayId,
  dataDir: dir,
  // Read by main.ts only, which has no part in this.
  cloud: {
    broker: 'mqtts://localhost:8883',
    listener: 'https://localhost:8443',
    ca: { file: 'none' },
    certificate: { file: 'none' },
    key: { file: 'none' },
  },
  rootKey: { file: 'none' },
  devices: doors.flatMap(({ id: door, scanner, controller }) => [
    {
      id: `${door}-in`,
      profile: 'gatehouse-scanner-s1',
      port: `tcp://127.0.0.1:${scanner}`,
      door,
      side: 'entry' as const,
    },
    {
      id: `${door}-turnstile`,
      profile: 'gatehouse-turnstile-t1',
      port: `tcp://127.0.0.1:${controller}`,
      door,
    },
  ]),
});

const makePorts = (dir: string, clock: Ports['clock'], stall: DiskStall | undefined): Ports => {
  const random = (length: number): Uint8Array => randomBytes(length);
  const quiet = (): void => undefined;
  const log = { ...createLog({ gateway: gatewayId }), debug: quiet, info: quiet };
  const noCloud = (): Promise<never> => Promise.reject(new Error('there is no cloud'));
  return {
    clock,
    timeSigns: () => Promise.resolve({ synchronised: true, rtc: true }),
    random,
    log,
    primitives: createPrimitives(),
    pinHash,
    serial: createSerialPorts(log),
    modbus: createModbusPorts(log),
    journal: createJournal({
      gateway: gatewayId,
      file: join(dir, 'journal.sqlite'),
      bytesMax: journalBytesDefault,
      random,
      nowMs: clock.nowMs,
      log,
      ...(stall && { stall }),
    }),
    policyStore: createPolicyStore({ dir, log }),
    link: { connect: noCloud },
    claims: { serve: noCloud, connect: noCloud },
    http: { get: noCloud },
    zstd: createZstd(),
    jws: createJwsVerifier(),
  };
};

const gatewayOn = async (ports: Ports, where: Pick<Start, 'dir' | 'doors'>): Promise<Gateway> =>
  createGateway(ports, {
    config: configOf(where),
    profiles: await loadCatalogue(),
    rootKey: {},
  });

/** A gateway that ran before, a minute ago, and was stopped cleanly: its policy is on disk. */
const setUp = async ({ dir, rows }: SetUp): Promise<void> => {
  const clock = createSystemClock();
  const ports = makePorts(dir, { ...clock, nowMs: () => clock.nowMs() - setUpBeforeMs }, undefined);
  const { primitives, policyStore } = ports;
  const digest = rows.reduce((sum, row) => addRow(sum, rowDigest(row, primitives)), emptyDigest);
  const head = { policyEpoch: 1, version: 1, state: digestText(digest) };
  await policyStore.replace(head, [rows]);
  const gateway = await gatewayOn(ports, { dir, doors: [] });
  await gateway.start();
  await gateway.stop();
};

type Watched = { readonly commitMs: Record<string, number>; events: number };

/** The journal as it is; how long each decision waited for it is written down. */
const watch = (journal: Journal, watched: Watched): Journal => ({
  ...journal,
  append: async (append) => {
    const beganMs = performance.now();
    const appended = await journal.append(append);
    const { events, mark } = append;
    watched.events += events.length;
    const id = mark && `${mark.credential} ${mark.counter}`;
    if (id !== undefined) watched.commitMs[id] = performance.now() - beganMs;
    return appended;
  },
});

const bytesWritten = (): number | undefined => {
  if (process.platform !== 'linux') return undefined;
  const digits = /^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const createBenchGateway = () => {
  const loop = monitorEventLoopDelay({ resolution: loopSampleMs });
  const watched: Watched = { commitMs: {}, events: 0 };
  let writtenBefore = Number.NaN;
  let gateway: Gateway | undefined;
  return {
    setUp,
    start: async (start: Start): Promise<void> => {
      const ports = makePorts(start.dir, createSystemClock(), start.stall);
      const journal = watch(ports.journal, watched);
      gateway = await gatewayOn({ ...ports, journal }, start);
      await gateway.start();
      loop.enable();
    },
    measure: (): void => {
      watched.events = 0;
      writtenBefore = bytesWritten() ?? Number.NaN;
      loop.reset();
    },
    report: (): GatewayReport => {
      const written = bytesWritten();
      return {
        ...watched,
        bytesWritten: written === undefined ? undefined : written - writtenBefore,
        loopDelayP99Ms: Math.max(0, loop.percentile(99) / 1e6 - loopSampleMs),
        loopDelayMaxMs: Math.max(0, loop.max / 1e6 - loopSampleMs),
        rssMB: process.memoryUsage.rss() / 1e6,
      };
    },
    stop: async (): Promise<void> => gateway?.stop(),
  };
};

const bench = createBenchGateway();

const obey = (order: GatewayOrder): unknown => {
  if (order.order === 'setUp') return bench.setUp(order);
  return order.order === 'start' ? bench.start(order) : bench[order.order]();
};

process.on('message', (order) => {
  const carryOut = async (): Promise<void> => {
    // The bench sends nothing else.
    const value = await obey(order as GatewayOrder);
    process.send?.({ value });
  };
  void carryOut(); // what fails ends the process, and the bench hears of that
});
process.once('disconnect', () => process.exit());
