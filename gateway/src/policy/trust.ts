import { isRevocationKind, KeyList, SignedTime, signedTypes } from '@gatehouse/protocols';
import type { KeyUse, RevocationEntry, SignedType, UnknownRevocation } from '@gatehouse/protocols';
import type Type from 'typebox';
import Value from 'typebox/value';
import type { JwsVerifier } from '../ports.ts';

export type Trust = {
  readonly keysSerial: () => number;
  /** Takes a key list that the root signed and whose serial is higher. */
  readonly offerKeys: (jws: string) => Promise<'taken' | 'not_higher' | 'refused'>;
  /** Its payload, or undefined where signature, key use, time or form is wrong. */
  readonly open: <T extends Type.TSchema>(
    type: SignedType,
    schema: T,
    jws: string,
    nowMs: number,
  ) => Promise<Type.Static<T> | undefined>;
  /** Signed time: its key must hold at the moment that it names, for ours is in question. */
  readonly openTime: (jws: string) => Promise<SignedTime | undefined>;
};

const useOf = {
  manifest: 'policy',
  delta: 'policy',
  revocation: 'revocation',
  command: 'command',
  time: 'time',
} as const satisfies Readonly<Record<Exclude<SignedType, 'keys'>, KeyUse>>;

/**
 * Which keys may say what. The root is pinned in the configuration and signs key lists only; all
 * else is signed by a key of the newest list that has that use.
 * @param root public JWK
 */
export const createTrust = (root: Readonly<Record<string, unknown>>, jws: JwsVerifier): Trust => {
  let list: KeyList | undefined;

  const offerKeys: Trust['offerKeys'] = async (text) => {
    const opened = await jws.verify({ jws: text, typ: signedTypes.keys, key: () => root });
    if (opened === undefined || !Value.Check(KeyList, opened.payload)) return 'refused';
    if (list !== undefined && opened.payload.serial <= list.serial) return 'not_higher';
    list = opened.payload;
    return 'taken';
  };

  const open: Trust['open'] = async (type, schema, text, nowMs) => {
    if (type === 'keys') return undefined;
    const use = useOf[type];
    const opened = await jws.verify({
      jws: text,
      typ: signedTypes[type],
      key: (kid) => {
        const key = list?.keys.find((k) => k.kid === kid && k.use === use);
        return key !== undefined && key.from <= nowMs && nowMs < key.to ? key.jwk : undefined;
      },
    });
    return opened !== undefined && Value.Check(schema, opened.payload) ? opened.payload : undefined;
  };

  const openTime: Trust['openTime'] = async (text) => {
    const opened = await jws.verify({
      jws: text,
      typ: signedTypes.time,
      key: (kid) => list?.keys.find((k) => k.kid === kid && k.use === 'time')?.jwk,
    });
    if (opened === undefined || !Value.Check(SignedTime, opened.payload)) return undefined;
    const { at } = opened.payload;
    const key = list?.keys.find((k) => k.kid === opened.kid && k.use === 'time');
    return key !== undefined && key.from <= at && at < key.to ? opened.payload : undefined;
  };

  return { openTime, keysSerial: () => list?.serial ?? 0, offerKeys, open };
};

/** What the campus-wide revocation stream says up to entry n; a snapshot never lifts it. */
export type Revocations = {
  readonly epoch: () => number;
  readonly n: () => number;
  /** Takes the next entry; another is `held` (old) or `gap` (entries between are missing). */
  readonly offer: (entry: RevocationEntry | UnknownRevocation) => 'taken' | 'held' | 'gap';
  readonly frozen: (card: string) => boolean;
  readonly revoked: (credential: string) => boolean;
  /** @param card whose it is said to be; undefined: revoked of any card */
  readonly uidRevoked: (uid: string, card: string | undefined) => boolean;
  /** Revoked because its phone was not online for long: the next step is another one. */
  readonly lapsed: (credential: string) => boolean;
};

type Known = RevocationEntry['what'];
type OfKind<K extends Known['kind']> = Extract<Known, { readonly kind: K }>;

export const createRevocations = (): Revocations => {
  const frozen = new Set<string>();
  const revoked = new Set<string>();
  const uids = new Map<string, Set<string>>();
  const lapsed = new Set<string>();
  let epoch = 0;
  let n = 0;

  const takes: { readonly [K in Known['kind']]: (what: OfKind<K>) => void } = {
    'credential.revoked': ({ credential, why }) => {
      (why === 'lapsed' ? lapsed : revoked).add(credential);
    },
    'card.frozen': ({ card }) => void frozen.add(card),
    'card.unfrozen': ({ card }) => void frozen.delete(card),
    'uid.revoked': ({ uid, card }) => {
      uids.set(uid, (uids.get(uid) ?? new Set()).add(card));
    },
    'uid.restored': ({ uid, card }) => {
      const cards = uids.get(uid);
      cards?.delete(card);
      if (cards?.size === 0) uids.delete(uid);
    },
    // The brokers and listeners of the cloud act on this one.
    'gateway.revoked': () => undefined,
  };
  const take = <K extends Known['kind']>(what: OfKind<K>): void => {
    // The compiler cannot see that the row of a kind takes just that kind.
    const row = takes[what.kind] as (what: OfKind<K>) => void;
    row(what);
  };

  const offer: Revocations['offer'] = (entry) => {
    const older = entry.policyEpoch < epoch || (entry.policyEpoch === epoch && entry.n <= n);
    if (older) return 'held';
    const next = entry.policyEpoch > epoch ? 1 : n + 1;
    if (entry.n !== next) return 'gap';
    // A later epoch numbers from 1 again; what was held before stays in force.
    epoch = entry.policyEpoch;
    n = entry.n;
    if (isKnown(entry)) take(entry.what);
    return 'taken';
  };

  return {
    epoch: () => epoch,
    n: () => n,
    offer,
    frozen: (card) => frozen.has(card),
    revoked: (credential) => revoked.has(credential),
    uidRevoked: (uid, card) => {
      const cards = uids.get(uid);
      return cards !== undefined && (card === undefined || cards.has(card));
    },
    lapsed: (credential) => lapsed.has(credential),
  };
};

const isKnown = (entry: RevocationEntry | UnknownRevocation): entry is RevocationEntry =>
  isRevocationKind(entry.what.kind);
