import {
  Delta,
  digestText,
  fromBase64Url,
  Manifest,
  parseJson,
  RevocationEntry,
  UnknownRevocation,
} from '@gatehouse/protocols';
import type { Held } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import type { Conditions } from '../conditions.ts';
import type { Ports, ProfileKept } from '../ports.ts';
import { readOps } from './delta-ops.ts';
import { createRoster } from './roster.ts';
import type { ProfileRow, Roster } from './roster.ts';
import { fetchSnapshot } from './snapshot.ts';
import { createRevocations, createTrust } from './trust.ts';
import type { Revocations, Trust } from './trust.ts';

const Revocation = Type.Union([RevocationEntry, UnknownRevocation]);

export type KeeperOptions = {
  readonly ports: Pick<
    Ports,
    'clock' | 'http' | 'zstd' | 'jws' | 'policyStore' | 'primitives' | 'log'
  >;
  readonly gateway: string;
  readonly root: Readonly<Record<string, unknown>>;
  readonly conditions: Conditions;
  /** Runs after each change of what is held. */
  readonly onApplied: (how: 'snapshot' | 'delta' | 'loaded') => void;
  /** It is at least this late, says something signed; unix ms. */
  readonly onSignedAt: (atMs: number) => void;
};

/** Everything signed that this gateway holds: keys, policy, revocations. */
export type Keeper = {
  /** What was held before the start; nothing where the store cannot be read. */
  readonly load: () => Promise<void>;
  readonly held: () => Held;
  readonly roster: () => Roster;
  readonly revocations: Revocations;
  readonly trust: Trust;
  /** The custom profiles as they were signed; nobody has checked them yet. */
  readonly profiles: () => readonly ProfileRow[];
  /** What this box made of them before the start. */
  readonly profilesKept: () => readonly ProfileKept[];
  /** How long ago the policy was last known to be the newest, milliseconds. */
  readonly ageMs: () => number;
  /** The cloud answered: what we hold is what it has, or it will send the rest. */
  readonly touch: () => void;
  readonly onKeys: (jws: string) => Promise<void>;
  readonly onManifest: (jws: string) => Promise<void>;
  readonly onDelta: (jws: string) => Promise<void>;
  readonly onRevocation: (jws: string) => Promise<void>;
};

type Parts = {
  readonly options: KeeperOptions;
  readonly trust: Trust;
  readonly revocations: Revocations;
  roster: Roster;
  profilesKept: readonly ProfileKept[];
  policyEpoch: number;
  version: number;
  touchedAtMono: number;
  /** The state in memory is not what a delta says: report version 0, so that a snapshot comes. */
  astray: boolean;
};

export const createKeeper = (options: KeeperOptions): Keeper => {
  const { clock, jws, log, policyStore, primitives } = options.ports;
  const parts: Parts = {
    options,
    trust: createTrust(options.root, jws),
    revocations: createRevocations(),
    roster: createRoster(primitives),
    profilesKept: [],
    policyEpoch: 0,
    version: 0,
    touchedAtMono: clock.monoMs(),
    astray: false,
  };
  const { trust, revocations } = parts;
  // One after the other: a delta must not overtake the snapshot that it builds on.
  let queue: Promise<void> = Promise.resolve();
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    queue = queue.then(run).catch((error: unknown) => {
      log.warn('policy.failed', { error });
    });
    return queue;
  };
  const takeKeys = async (text: string): Promise<void> => {
    const answer = await trust.offerKeys(text);
    if (answer === 'refused') refused(parts, 'keys');
    if (answer === 'taken') await policyStore.saveKeys(text);
  };
  return {
    load: () => inTurn(() => load(parts)),
    held: () => ({
      keysSerial: trust.keysSerial(),
      policyEpoch: parts.policyEpoch,
      policyVersion: parts.astray ? 0 : parts.version,
      revocationEpoch: revocations.epoch(),
      revocation: revocations.n(),
    }),
    roster: () => parts.roster,
    revocations,
    trust,
    profiles: () => parts.roster.profiles(),
    profilesKept: () => parts.profilesKept,
    ageMs: () => Math.max(0, Math.round(clock.monoMs() - parts.touchedAtMono)),
    touch: () => touch(parts),
    onKeys: (text) => inTurn(() => takeKeys(text)),
    onManifest: (text) => inTurn(() => takeManifest(parts, text)),
    onDelta: (text) => inTurn(() => takeDelta(parts, text)),
    onRevocation: (text) => inTurn(() => takeRevocation(parts, text)),
  };
};

const touch = (parts: Parts): void => {
  parts.touchedAtMono = parts.options.ports.clock.monoMs();
};

const refused = ({ options }: Parts, what: string): void => {
  options.ports.log.warn('policy.refused', { what });
  options.conditions.raise('policy_refused', options.gateway, what);
};

/** Something signed has verified: whatever was refused before, this is not an impostor's link. */
const believed = ({ options }: Parts, atMs: number): void => {
  options.conditions.clear('policy_refused', options.gateway);
  options.onSignedAt(atMs);
};

const applied = (parts: Parts, how: 'snapshot' | 'delta' | 'loaded'): void => {
  const { conditions, gateway, onApplied } = parts.options;
  touch(parts);
  conditions.clear('policy_missing', gateway);
  onApplied(how);
};

/** What is in force stays in force where the disk refuses it: the next start asks for it again. */
const stored = async (parts: Parts, write: Promise<void>): Promise<void> =>
  write.catch((error: unknown) => {
    parts.options.ports.log.error('policy.not_stored', { error });
  });

const isNewer = (parts: Parts, { policyEpoch, version }: Manifest): boolean =>
  policyEpoch > parts.policyEpoch ||
  (policyEpoch === parts.policyEpoch &&
    (version > parts.version || (parts.astray && version === parts.version)));

const takeManifest = async (parts: Parts, jws: string): Promise<void> => {
  const { gateway, ports } = parts.options;
  const manifest = await parts.trust.open('manifest', Manifest, jws, ports.clock.nowMs());
  if (manifest?.gateway !== gateway) return refused(parts, 'manifest');
  const { policyEpoch, version, state } = manifest;
  if (!isNewer(parts, manifest)) {
    believed(parts, manifest.issuedAt);
    if (policyEpoch === parts.policyEpoch && version === parts.version) touch(parts);
    return;
  }
  const snapshot = await fetchSnapshot(manifest, ports);
  if (snapshot === undefined) return refused(parts, 'snapshot');
  Object.assign(parts, { roster: snapshot.roster, policyEpoch, version, astray: false });
  believed(parts, manifest.issuedAt);
  applied(parts, 'snapshot');
  const head = { policyEpoch, version, state };
  await stored(parts, ports.policyStore.replace(head, snapshot.chunks()));
};

const takeDelta = async (parts: Parts, jws: string): Promise<void> => {
  const { gateway, ports } = parts.options;
  const delta = await parts.trust.open('delta', Delta, jws, ports.clock.nowMs());
  if (delta?.gateway !== gateway) return refused(parts, 'delta');
  const { policyEpoch, version, roster } = parts;
  const follows = delta.policyEpoch === policyEpoch && delta.from === version;
  if (!follows || parts.astray) return;
  const change = readOps(delta.ops);
  if (change === undefined) return refused(parts, 'delta');
  for (const { section, key } of change.del) roster.del(section, key);
  for (const row of change.put) roster.put(row);
  believed(parts, delta.issuedAt);
  if (digestText(roster.digest()) !== delta.state) {
    parts.astray = true;
    return ports.log.warn('policy.astray', { version: delta.to });
  }
  parts.version = delta.to;
  applied(parts, 'delta');
  const head = { policyEpoch, version: delta.to, state: delta.state };
  await stored(parts, ports.policyStore.apply(head, change));
};

const takeRevocation = async (parts: Parts, jws: string): Promise<void> => {
  const { ports } = parts.options;
  const entry = await parts.trust.open('revocation', Revocation, jws, ports.clock.nowMs());
  if (entry === undefined) return refused(parts, 'revocation');
  believed(parts, entry.at);
  if (parts.revocations.offer(entry) !== 'taken') return;
  touch(parts);
  await stored(parts, ports.policyStore.addRevocations([jws]));
};

const load = async (parts: Parts): Promise<void> => {
  const { gateway, conditions, ports } = parts.options;
  const missing = (why: string): void => {
    parts.roster = createRoster(ports.primitives);
    conditions.raise('policy_missing', gateway, why);
  };
  const kept = await ports.policyStore
    .load((rows) => {
      for (const row of rows) parts.roster.put(row);
    })
    .catch((error: unknown) => {
      ports.log.error('policy.not_loaded', { error });
    });
  if (kept === undefined) return missing('not readable');
  if (kept.signed.keys !== undefined) await parts.trust.offerKeys(kept.signed.keys);
  const { floorMs } = kept.signed;
  if (floorMs !== undefined) parts.options.onSignedAt(floorMs);
  parts.profilesKept = kept.signed.profiles;
  for (const jws of kept.signed.revocations) takeKeptRevocation(parts, jws);
  const { policy } = kept;
  if (policy === undefined) return missing('');
  if (digestText(parts.roster.digest()) !== policy.state) {
    ports.log.warn('policy.damaged', { version: policy.version });
    return missing('damaged');
  }
  Object.assign(parts, { policyEpoch: policy.policyEpoch, version: policy.version });
  applied(parts, 'loaded');
};

/**
 * Verified when it came, and not again: what was accepted once stays in force, also when the key
 * that signed it has run out or left the key list since.
 */
const takeKeptRevocation = ({ revocations, options }: Parts, jws: string): void => {
  const body = fromBase64Url(jws.split('.')[1] ?? '') ?? new Uint8Array();
  const entry = parseJson(new TextDecoder().decode(body));
  if (!Value.Check(Revocation, entry)) return;
  if (revocations.offer(entry) === 'taken') options.onSignedAt(entry.at);
};
