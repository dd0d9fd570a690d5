import {
  addRow,
  emptyDigest,
  fromBase64Url,
  pinSaltBytes,
  policyKey,
  removeRow,
  rowDigest,
  scheduleRuns,
  toBase64Url,
  wallClock,
} from '@gatehouse/protocols';
import type {
  PolicyDigest,
  PolicyRow,
  PolicyRowOf,
  Primitives,
  SignatureAlgorithm,
  WallTime,
} from '@gatehouse/protocols';
import { createKeySlab } from './key-slab.ts';
import type { KeySlab } from './key-slab.ts';

export type RosterCard = {
  readonly person: string;
  readonly groups: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
};

export type RosterCredential = {
  readonly card: string;
  readonly alg: SignatureAlgorithm;
  readonly rawKey: Uint8Array;
  /** Labs and stores wait for this moment, unix ms. */
  readonly waitsUntil?: number;
};

export type RosterPin = {
  readonly card: string;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes, see `PinRow`. */
  readonly hash: Uint8Array;
};

export type DoorRow = PolicyRowOf<'door'>;
export type ProfileRow = PolicyRowOf<'profile'>;
type Schedule = PolicyRowOf<'schedule'>['windows'];
type Site = PolicyRowOf<'site'>;
export type ClaimRow = PolicyRowOf<'claim'>;

/** The policy in memory, as the scan path reads it: never from disk. */
export type Roster = {
  readonly site: () => Site | undefined;
  readonly door: (id: string) => DoorRow | undefined;
  readonly doors: () => readonly DoorRow[];
  readonly card: (id: string) => RosterCard | undefined;
  readonly credential: (id: string) => RosterCredential | undefined;
  /** The card of a UID, see `parseUid`. */
  readonly uid: (uid: string) => string | undefined;
  /** By the number that is typed first. */
  readonly pin: (number: string) => RosterPin | undefined;
  /** The rules of a door, and whether a schedule runs at a moment. */
  readonly rules: (
    door: string,
  ) => readonly { readonly group: string; readonly schedule: string }[];
  readonly runs: (schedule: string, atMs: number) => boolean;
  /** Custom profiles as they were signed; nobody has read them yet. */
  readonly profiles: () => readonly ProfileRow[];
  /** The claim group that this gateway is of; the first, should there be several. */
  readonly claim: () => ClaimRow | undefined;
  readonly digest: () => PolicyDigest;
  readonly put: (row: PolicyRow) => void;
  readonly del: (section: string, key: string) => void;
};

const rawKeyBytes: Readonly<Record<SignatureAlgorithm, number>> = { ES256: 65, EdDSA: 32 };

/** What very many cards have in common is kept once. */
type Terms = Pick<RosterCard, 'groups' | 'validFrom' | 'validTo'>;
type StoredCard = { readonly id: string; readonly person: string; readonly terms: Terms };

type StoredCredential = {
  /** Where the card is held too, the very string that it has. */
  readonly card: string;
  readonly alg: SignatureAlgorithm;
  readonly slot: number;
};

/** Salt ‖ hash in one slot. */
type StoredPin = { readonly card: string; readonly slot: number };

type Tables = {
  site: Site | undefined;
  readonly doors: Map<string, DoorRow>;
  readonly schedules: Map<string, Schedule>;
  readonly rules: Map<string, PolicyRowOf<'rule'>>;
  readonly rulesByDoor: Map<string, PolicyRowOf<'rule'>[]>;
  readonly cards: Map<string, StoredCard>;
  readonly credentials: Map<string, StoredCredential>;
  readonly profiles: Map<string, ProfileRow>;
  readonly claims: Map<string, ClaimRow>;
  /** UID → card: 140,000 of them are 12 MB. */
  readonly uids: Map<string, string>;
  readonly pins: Map<string, StoredPin>;
  readonly terms: Map<string, Terms>;
  readonly keys: KeySlab;
  readonly pinSecrets: KeySlab;
  /** By credential: few ever wait, so none pays for it in memory. */
  readonly waits: Map<string, number>;
  /** Keys whose length is not their algorithm's: they verify nothing, and count in the digest. */
  readonly oddKeys: Map<string, PolicyRowOf<'credential'>>;
  /** As with keys: not 16 and 32 bytes, or not in the one form that base64url has. */
  readonly oddPins: Map<string, PolicyRowOf<'pin'>>;
  digest: PolicyDigest;
};

/** One section: how a row is kept in little memory, given back, and forgotten. */
type Section<R extends PolicyRow> = {
  readonly get: (t: Tables, key: string) => R | undefined;
  readonly set: (t: Tables, row: R) => void;
  readonly drop: (t: Tables, key: string) => void;
};

const dropRule = (t: Tables, key: string): void => {
  const rule = t.rules.get(key);
  if (rule === undefined) return;
  t.rules.delete(key);
  const left = (t.rulesByDoor.get(rule.door) ?? []).filter((r) => r.id !== key);
  if (left.length === 0) t.rulesByDoor.delete(rule.door);
  else t.rulesByDoor.set(rule.door, left);
};

const dropCredential = (t: Tables, key: string): void => {
  t.oddKeys.delete(key);
  t.waits.delete(key);
  const held = t.credentials.get(key);
  if (held === undefined) return;
  t.keys.free(held.slot);
  t.credentials.delete(key);
};

const siteSection: Section<Site> = {
  get: (t, key) => (t.site?.site === key ? t.site : undefined),
  set: (t, row) => {
    t.site = row;
  },
  drop: (t) => {
    t.site = undefined;
  },
};

const cardSection: Section<PolicyRowOf<'card'>> = {
  get: (t, id) => {
    const held = t.cards.get(id);
    if (held === undefined) return undefined;
    const { person, terms } = held;
    return { section: 'card', id, person, ...terms, groups: [...terms.groups] };
  },
  set: (t, { id, person, groups, validFrom, validTo }) => {
    const key = `${validFrom} ${validTo} ${groups.join(' ')}`;
    const terms = t.terms.get(key) ?? { groups, validFrom, validTo };
    t.terms.set(key, terms);
    t.cards.set(id, { id, person, terms });
  },
  drop: (t, id) => {
    t.cards.delete(id);
  },
};

/** Left out where there is none: a row is digested with the fields that it came with. */
const waitOf = ({ waits }: Tables, id: string): { readonly waitsUntil?: number } => {
  const waitsUntil = waits.get(id);
  return waitsUntil === undefined ? {} : { waitsUntil };
};

const credentialSection: Section<PolicyRowOf<'credential'>> = {
  get: (t, id) => {
    const held = t.credentials.get(id);
    if (held === undefined) return t.oddKeys.get(id);
    const key = toBase64Url(t.keys.get(held.slot, rawKeyBytes[held.alg]));
    return { section: 'credential', id, card: held.card, alg: held.alg, key, ...waitOf(t, id) };
  },
  set: (t, row) => {
    const { id, alg, key, waitsUntil } = row;
    if (waitsUntil !== undefined) t.waits.set(id, waitsUntil);
    const card = cardOf(t, row.card);
    const raw = fromBase64Url(key);
    if (raw?.length !== rawKeyBytes[alg]) t.oddKeys.set(id, row);
    else t.credentials.set(id, { card, alg, slot: t.keys.put(raw) });
  },
  drop: dropCredential,
};

/** The very string that the card has, where it is held. */
const cardOf = (t: Tables, card: string): string => t.cards.get(card)?.id ?? card;

const uidSection: Section<PolicyRowOf<'uid'>> = {
  get: (t, id) => {
    const card = t.uids.get(id);
    return card === undefined ? undefined : { section: 'uid', id, card };
  },
  set: (t, { id, card }) => void t.uids.set(id, cardOf(t, card)),
  drop: (t, id) => void t.uids.delete(id),
};

const pinHashBytes = 32;
const pinSecretBytes = pinSaltBytes + pinHashBytes;

const pinOf = (t: Tables, number: string): RosterPin | undefined => {
  const held = t.pins.get(number);
  if (held === undefined) return undefined;
  const secret = t.pinSecrets.get(held.slot, pinSecretBytes);
  const salt = secret.subarray(0, pinSaltBytes);
  return { card: held.card, salt, hash: secret.subarray(pinSaltBytes) };
};

const pinSection: Section<PolicyRowOf<'pin'>> = {
  get: (t, id) => {
    const held = pinOf(t, id);
    if (held === undefined) return t.oddPins.get(id);
    const { card, salt, hash } = held;
    return { section: 'pin', id, card, salt: toBase64Url(salt), hash: toBase64Url(hash) };
  },
  set: (t, row) => {
    const salt = fromBase64Url(row.salt);
    const hash = fromBase64Url(row.hash);
    if (salt?.length !== pinSaltBytes || hash?.length !== pinHashBytes) {
      t.oddPins.set(row.id, row);
      return;
    }
    const slot = t.pinSecrets.put(Uint8Array.of(...salt, ...hash));
    t.pins.set(row.id, { card: cardOf(t, row.card), slot });
  },
  drop: (t, id) => {
    t.oddPins.delete(id);
    const held = t.pins.get(id);
    if (held === undefined) return;
    t.pinSecrets.free(held.slot);
    t.pins.delete(id);
  },
};

const sections: { readonly [S in PolicyRow['section']]: Section<PolicyRowOf<S>> } = {
  site: siteSection,
  door: {
    get: (t, id) => t.doors.get(id),
    set: (t, row) => void t.doors.set(row.id, row),
    drop: (t, id) => void t.doors.delete(id),
  },
  schedule: {
    get: (t, id) => {
      const windows = t.schedules.get(id);
      return windows && { section: 'schedule', id, windows };
    },
    set: (t, row) => void t.schedules.set(row.id, row.windows),
    drop: (t, id) => void t.schedules.delete(id),
  },
  rule: {
    get: (t, id) => t.rules.get(id),
    set: (t, row) => {
      t.rules.set(row.id, row);
      t.rulesByDoor.set(row.door, [...(t.rulesByDoor.get(row.door) ?? []), row]);
    },
    drop: dropRule,
  },
  card: cardSection,
  credential: credentialSection,
  profile: {
    get: (t, key) => t.profiles.get(key),
    set: (t, row) => void t.profiles.set(policyKey(row), row),
    drop: (t, key) => void t.profiles.delete(key),
  },
  claim: {
    get: (t, id) => t.claims.get(id),
    set: (t, row) => void t.claims.set(row.id, row),
    drop: (t, id) => void t.claims.delete(id),
  },
  uid: uidSection,
  pin: pinSection,
};

const isSection = (name: string): name is PolicyRow['section'] => Object.hasOwn(sections, name);

/** The section of a row, typed for that row: the table's key and the row's section are the same. */
const sectionOf = (name: PolicyRow['section']): Section<PolicyRow> =>
  // The compiler cannot see that `set` is only ever called with a row of the same section.
  sections[name] as unknown as Section<PolicyRow>;

const emptyTables = (): Tables => ({
  site: undefined,
  doors: new Map(),
  schedules: new Map(),
  rules: new Map(),
  rulesByDoor: new Map(),
  cards: new Map(),
  credentials: new Map(),
  profiles: new Map(),
  claims: new Map(),
  uids: new Map(),
  pins: new Map(),
  terms: new Map(),
  keys: createKeySlab(rawKeyBytes.ES256),
  pinSecrets: createKeySlab(pinSecretBytes),
  waits: new Map(),
  oddKeys: new Map(),
  oddPins: new Map(),
  digest: emptyDigest,
});

type Wall = (atMs: number) => WallTime | undefined;

/** A zone that this runtime does not know has no time: no schedule runs, and nothing throws. */
const wallOf = (zone: string): Wall => {
  try {
    return wallClock(zone);
  } catch (error) {
    if (error instanceof RangeError) return () => undefined;
    throw error;
  }
};

export const createRoster = (primitives: Pick<Primitives, 'sha256'>): Roster => {
  const t = emptyTables();
  let wall: { readonly zone: string; readonly at: Wall } | undefined;

  const wallAt = (atMs: number): WallTime | undefined => {
    const zone = t.site?.zone;
    if (zone === undefined) return undefined;
    if (wall?.zone !== zone) wall = { zone, at: wallOf(zone) };
    return wall.at(atMs);
  };
  const del = (section: string, key: string): void => {
    if (!isSection(section)) return;
    const held = sectionOf(section).get(t, key);
    if (held === undefined) return;
    t.digest = removeRow(t.digest, rowDigest(held, primitives));
    sectionOf(section).drop(t, key);
  };
  const credential = (id: string): RosterCredential | undefined => {
    const held = t.credentials.get(id);
    if (held === undefined) return undefined;
    const { card, alg, slot } = held;
    return { card, alg, rawKey: t.keys.get(slot, rawKeyBytes[alg]), ...waitOf(t, id) };
  };
  return {
    site: () => t.site,
    door: (id) => t.doors.get(id),
    doors: () => [...t.doors.values()],
    card: (id) => {
      const held = t.cards.get(id);
      return held && { person: held.person, ...held.terms };
    },
    credential,
    uid: (uid) => t.uids.get(uid),
    pin: (number) => pinOf(t, number),
    rules: (door) => t.rulesByDoor.get(door) ?? [],
    runs: (schedule, atMs) => {
      const windows = t.schedules.get(schedule);
      const now = windows === undefined ? undefined : wallAt(atMs);
      return now !== undefined && scheduleRuns(windows ?? [], now);
    },
    profiles: () => [...t.profiles.values()],
    claim: () => t.claims.values().next().value,
    digest: () => t.digest,
    put: (row) => {
      del(row.section, policyKey(row));
      t.digest = addRow(t.digest, rowDigest(row, primitives));
      sectionOf(row.section).set(t, row);
    },
    del,
  };
};
