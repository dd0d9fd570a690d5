import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { createJwsVerifier } from '../adapters/jws.ts';
import { pinHashAtOnce } from '../adapters/pin-hash.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { createZstd } from '../adapters/zstd.ts';
import { createGateway } from '../gateway.ts';
import type { Gateway } from '../gateway.ts';
import { openJournalFile } from '../journal/journal-file.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import type { Journal, Ports, SerialPorts } from '../ports.ts';
import { createDirectJournal } from '../journal/direct-journal.ts';
import { createFakeCloud } from './fake-cloud.ts';
import { createMemoryClaims } from './memory-claims.ts';
import { createMemoryLink } from './memory-link.ts';
import type { MemoryLink } from './memory-link.ts';
import { createMemoryModbus } from './memory-modbus.ts';
import { createMemoryPolicyStore } from './memory-policy-store.ts';
import { createMemorySerial } from './memory-serial.ts';
import { scannerProfile, turnstileProfile } from './profiles.ts';
import { createSigner, snapshotOf } from './signer.ts';
import { createSilentLog } from './silent-log.ts';
import { policyRows, tuesdayTenMs } from './small-campus.ts';
import { createVirtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';

export const signer = createSigner();
const snapshot = snapshotOf(policyRows, { gateway: 'gw-1', policyEpoch: 1, version: 1 });

const profiles = new Map<string, DeviceProfile>([
  [scannerProfile.id, scannerProfile],
  [turnstileProfile.id, turnstileProfile],
]);
const secret = { file: 'secret' };
const config = {
  gateway: 'gw-1',
  dataDir: 'data',
  cloud: {
    broker: 'mqtts://cloud:8883',
    listener: 'https://cloud:8443',
    ca: secret,
    certificate: secret,
    key: secret,
  },
  rootKey: secret,
  displayLanguage: 'en' as const,
  devices: [
    { id: 'scan-in', profile: 'test-scanner', port: 'in', door: 'lab', side: 'entry' as const },
    { id: 'scan-out', profile: 'test-scanner', port: 'out', door: 'lab', side: 'exit' as const },
    { id: 'turnstile-1', profile: 'test-turnstile', port: 'bus', unit: 1, door: 'lab' },
  ],
};

/** A journal whose file outlives each run of the box. */
const createLastingJournal = (clock: VirtualClock, random: Ports['random']) => {
  const db = new DatabaseSync(':memory:');
  const lasting = { exec: db.exec.bind(db), prepare: db.prepare.bind(db), close: () => undefined };
  let runs = 0;
  const open = (): JournalFile => {
    runs += 1;
    return openJournalFile({
      db: lasting,
      gateway: 'gw-1',
      bytesMax: 64 * 1024 * 1024,
      freshEpoch: `0000000${runs}`,
      instance: { held: runs === 1 ? undefined : `run-${runs - 1}`, next: `run-${runs}` },
      ...(runs === 1 ? {} : { fenceOnNewEpochMs: clock.nowMs() }),
    });
  };
  return () => createDirectJournal({ open, random, nowMs: clock.nowMs });
};

/** The far end of the link: stores batches, answers births, says the policy. */
const createFarEnd = (clock: VirtualClock, link: MemoryLink) => {
  const cloud = createFakeCloud(createZstd());
  const last = () => {
    const connection = link.connections.at(-1);
    if (connection === undefined) throw new Error('no connection');
    return connection;
  };
  link.cloud = ({ say }, topic, bytes) => {
    if (!topic.endsWith('/up/batch')) return;
    say('gh/v1/gw-1/down/cursor', JSON.stringify(cloud.ingest(bytes)));
  };
  const until = async (is: () => boolean) => {
    for (let n = 0; n < 20_000; n += 1) {
      if (is()) return;
      await clock.advance(1);
    }
    throw new Error('it did not come');
  };
  /**
   * What verifying a signature needs is done by real threads, which a busy machine gives their turn
   * late: virtual time goes no faster than real time meanwhile, or what is under way expires.
   */
  const untilVerified = async (is: () => boolean) => {
    for (let n = 0; n < 10_000; n += 1) {
      if (is()) return;
      await sleep(1);
      await clock.advance(1);
    }
    throw new Error('it was not verified');
  };
  return {
    last,
    until,
    untilVerified,
    stored: () => cloud.stored('00000001', 'main').events,
    hello: async () => {
      await until(() => last().isOpen() && last().bodies('birth').length > 0);
      const { session } = last().bodies('birth')[0] ?? {};
      const body = { ...cloud.hello(), session, at: clock.nowMs() };
      last().say('gh/v1/gw-1/down/hello', JSON.stringify(body));
    },
    sayPolicy: async () => {
      last().say('gh/v1/gw-1/down/keys', await signer.keys());
      last().say('gh/v1/gw-1/down/manifest', await signer.manifest(snapshot.manifest));
    },
  };
};

/** What a test brings itself: a journal on a real disk, say. */
type Own = { readonly journal?: (clock: VirtualClock) => Journal };

/** For tests: a box with a disk, a turnstile with two scanners, a broker, and a cloud behind it. */
export const createBuilding = (own: Own = {}) => {
  const clock = createVirtualClock(tuesdayTenMs);
  const heads = { in: createMemorySerial(), out: createMemorySerial() };
  const serial: SerialPorts = {
    open: (options) => (options.port === 'in' ? heads.in : heads.out).ports.open(options),
  };
  const modbus = createMemoryModbus(clock);
  const link = createMemoryLink();
  const claims = createMemoryClaims(clock);
  const store = createMemoryPolicyStore();
  const cloud = createFarEnd(clock, link);
  let seed = 0;
  const random = (length: number) => new Uint8Array(length).fill((seed += 1));
  const journal = createLastingJournal(clock, random);
  const boot = async (): Promise<Gateway> => {
    const ports: Ports = {
      clock,
      timeSigns: () => Promise.resolve({ synchronised: true, rtc: true }),
      random,
      primitives: createPrimitives(),
      pinHash: pinHashAtOnce,
      serial,
      modbus: modbus.ports,
      journal: own.journal?.(clock) ?? journal(),
      policyStore: store.port,
      link: link.port,
      claims: claims.ports,
      http: { get: () => Promise.resolve(snapshot.body) },
      zstd: createZstd(),
      jws: createJwsVerifier(),
      log: createSilentLog(),
    };
    const gateway = createGateway(ports, { config, profiles, rootKey: signer.rootKey });
    await gateway.start();
    return gateway;
  };
  const scan = async (head: 'in' | 'out', text: string) => {
    heads[head].come(`${text}\r`);
    await clock.advance(300);
  };
  const iat = () => Math.floor(clock.nowMs() / 1000);
  return { clock, heads, modbus, link, claims, store, cloud, boot, scan, iat };
};

/** With a policy, past the fence of a first start, and a door that has shown itself locked. */
export const createReadyBuilding = async (own: Own = {}) => {
  const building = createBuilding(own);
  const { clock, cloud, store } = building;
  const gateway = await building.boot();
  await clock.advance(1_000);
  await cloud.hello();
  await cloud.sayPolicy();
  await cloud.until(() => store.head !== undefined);
  await clock.advance(31_000);
  return { ...building, gateway };
};
