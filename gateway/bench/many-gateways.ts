/**
 * The far half of `bench -- revoke`: many real gateways in one process, each with its own link
 * behind mutual TLS and a head in memory, before which one person stands with fresh codes. Journal
 * and policy store are in memory: the disks of so many boxes are not in one machine.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '@gatehouse/protocols';
import { createSystemClock } from '../src/adapters/clock.ts';
import { createCloudHttp } from '../src/adapters/cloud-http.ts';
import { createJwsVerifier } from '../src/adapters/jws.ts';
import { createMqttLink } from '../src/adapters/mqtt-link.ts';
import { pinHashAtOnce } from '../src/adapters/pin-hash.ts';
import { createPrimitives } from '../src/adapters/primitives.ts';
import { createZstd } from '../src/adapters/zstd.ts';
import { createGateway } from '../src/gateway.ts';
import { createDirectJournal } from '../src/journal/direct-journal.ts';
import { openJournalFile } from '../src/journal/journal-file.ts';
import type { CloudLink, Journal, PolicyStore, Ports } from '../src/ports.ts';
import { createMemoryPolicyStore } from '../src/testing/memory-policy-store.ts';
import { createMemorySerial } from '../src/testing/memory-serial.ts';
import { createPhone } from '../src/testing/phone.ts';
import { scannerProfile } from '../src/testing/profiles.ts';
import { createSilentLog } from '../src/testing/silent-log.ts';

type Setup = {
  readonly gateways: readonly string[];
  readonly campus: string;
  readonly broker: string;
  readonly listener: string;
  /** Holds a folder for each gateway, as the cloud's development trust writes them. */
  readonly dir: string;
};

const journalBytesMax = 64 * 1024 * 1024;
const againMs = 5;
const bareTopic = '/down/bench';

/** One clock for all processes of a machine. */
const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const tell = (message: Readonly<Record<string, unknown>>): void => void process.send?.(message);
const random = (length: number): Uint8Array => randomBytes(length);
const clock = createSystemClock();
const log = createSilentLog();
const unused = { file: 'unused' };

/** What the last scan of a gateway came to, in the moment in which its head shows it. */
type Scene = { reason: string | undefined; decided: (reason: string) => void };

const memoryJournal = (gateway: string, onDecision: (event: NewEvent) => void): Journal => {
  const freshEpoch = Buffer.from(random(4)).toString('hex');
  const next = Buffer.from(random(8)).toString('hex');
  const db = new DatabaseSync(':memory:');
  const journal = createDirectJournal({
    open: () =>
      openJournalFile({
        ...{ db, gateway, bytesMax: journalBytesMax, freshEpoch },
        instance: { held: undefined, next },
      }),
    random,
    nowMs: clock.nowMs,
  });
  return {
    ...journal,
    append: (asked) => {
      asked.events.forEach(onDecision);
      return journal.append(asked);
    },
  };
};

/** Says when a bare message of the bench came; the gateway never sees it. */
const tappedLink = (gateway: string, link: CloudLink): CloudLink => ({
  connect: async (asked) => {
    const connection = await link.connect(asked);
    return {
      ...connection,
      onMessage: (run) =>
        connection.onMessage((topic, payload) => {
          if (topic.endsWith(bareTopic)) tell({ kind: 'bare', gateway, atMs: machineMs() });
          else run(topic, payload);
        }),
    };
  },
});

const tappedStore = (onRevoked: () => void): PolicyStore => {
  const { port } = createMemoryPolicyStore();
  return {
    ...port,
    addRevocations: async (jws) => {
      await port.addRevocations(jws);
      onRevoked();
    },
  };
};

const phone = createPhone('revoke', 'ES256');

const createCodes = (campus: string): (() => string) => {
  let counter = 0;
  return () => {
    counter += 1;
    return phone.text({ iat: Math.floor(Date.now() / 1000), counter, audience: campus });
  };
};

type Bench = Setup & {
  readonly freshCode: () => string;
  /** Whether the card is to be refused as frozen, as was pressed last. */
  readonly expected: { isFrozen: boolean };
};

const startOne = async (bench: Bench, gateway: string): Promise<() => Promise<string>> => {
  const dir = join(bench.dir, gateway);
  const [ca, cert, key, root] = await Promise.all(
    ['ca.pem', 'gateway.pem', 'gateway.key.pem', 'root.jwk'].map((name) =>
      readFile(join(dir, name)),
    ),
  );
  if (!ca || !cert || !key || !root) throw new Error(`no certificate for ${gateway}`);
  const secrets = { ca, cert, key };
  const head = createMemorySerial();
  const scene: Scene = { reason: undefined, decided: () => undefined };
  head.write = () => {
    if (scene.reason !== undefined) scene.decided(scene.reason);
    return Promise.resolve();
  };
  const scan = (): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    Object.assign(scene, { reason: undefined, decided: resolve });
    head.come(`${bench.freshCode()}\r`);
    return promise;
  };
  const onDecision = ({ kind, data }: NewEvent): void => {
    if (kind === 'access.granted' || kind === 'access.denied') scene.reason = String(data.reason);
  };
  const ports: Ports = {
    ...{ clock, random, log, primitives: createPrimitives(), zstd: createZstd() },
    pinHash: pinHashAtOnce,
    serial: head.ports,
    modbus: { open: () => Promise.reject(new Error('no such line')) },
    journal: memoryJournal(gateway, onDecision),
    policyStore: tappedStore(() => void untilExpected(bench, gateway, scan)),
    link: tappedLink(gateway, createMqttLink(bench.broker, secrets)),
    claims: {
      serve: () => Promise.reject(new Error('in no group')),
      connect: () => Promise.reject(new Error('in no group')),
    },
    http: createCloudHttp(bench.listener, secrets),
    jws: createJwsVerifier(),
    timeSigns: () => Promise.resolve({ synchronised: true, rtc: true }),
  };
  const { broker, listener } = bench;
  const config = {
    ...{ gateway, dataDir: 'unused', rootKey: unused },
    cloud: { broker, listener, ca: unused, certificate: unused, key: unused },
    devices: [
      {
        ...{ id: `${gateway}-in`, profile: scannerProfile.id, port: 'in' },
        ...{ door: `${gateway}-door`, side: 'entry' as const },
      },
    ],
  };
  const profiles = new Map([[scannerProfile.id, scannerProfile]]);
  // Written by the cloud's trust: a public key.
  const rootKey = JSON.parse(root.toString('utf8')) as Readonly<Record<string, unknown>>;
  await createGateway(ports, { config, profiles, rootKey }).start();
  return scan;
};

/** A code is there in the moment in which the gateway has stored the entry, and then again. */
const untilExpected = async (
  { expected }: Bench,
  gateway: string,
  scan: () => Promise<string>,
): Promise<void> => {
  const storedAtMs = machineMs();
  const wanted = expected.isFrozen;
  while (wanted === expected.isFrozen) {
    const reason = await scan();
    if ((reason === 'frozen') === wanted) {
      tell({ kind: 'scanned', gateway, reason, storedAtMs, atMs: machineMs() });
      return;
    }
    await new Promise((resolve) => void clock.after(againMs, () => resolve(undefined)));
  }
};

const main = async (): Promise<void> => {
  // Written by the bench that started us.
  const setup = JSON.parse(process.argv[2] ?? '') as Setup;
  const expected = { isFrozen: false };
  const bench: Bench = { ...setup, expected, freshCode: createCodes(setup.campus) };
  const scans: (() => Promise<string>)[] = [];
  for (const gateway of setup.gateways) scans.push(await startOne(bench, gateway));
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: { readonly kind: string; readonly isFrozen?: boolean }) => {
    if (message.kind === 'expect') {
      expected.isFrozen = message.isFrozen === true;
      tell({ kind: 'expecting' });
    }
    if (message.kind === 'scan') {
      void Promise.all(scans.map((scan) => scan())).then((reasons) => {
        tell({ kind: 'reasons', reasons });
      });
    }
  });
  const { credential } = phone;
  const { key } = phone.row('');
  tell({ kind: 'started', credential, key });
};

await main();
