import Type from 'typebox';
import { DeviceValues, ValueName } from '../device-values.ts';
import { CredentialId, Cursor, Id, Uid, Uuid } from '../ids.ts';
import { At } from '../time.ts';
import { SessionId } from './session.ts';

/**
 * The small things that are signed. Each travels as a compact JWS (ES256) whose protected header is
 * `{alg, kid, typ}`; the typ of one is never accepted for another.
 */
export const signedTypes = {
  keys: 'gh-keys+jws',
  manifest: 'gh-manifest+jws',
  delta: 'gh-delta+jws',
  revocation: 'gh-revocation+jws',
  command: 'gh-command+jws',
  time: 'gh-time+jws',
} as const;
export type SignedType = keyof typeof signedTypes;

export const keyUses = ['policy', 'revocation', 'command', 'time'] as const;
export type KeyUse = (typeof keyUses)[number];

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const PublicJwk = Type.Object({
  kty: Type.Literal('EC'),
  crv: Type.Literal('P-256'),
  x: Type.String({ maxLength: 60 }),
  y: Type.String({ maxLength: 60 }),
});

/** Signed by the offline root, which the gateway pins; a gateway takes only higher serials. */
export const KeyList = Type.Object({
  serial: Cursor,
  issuedAt: At,
  keys: Type.Array(
    Type.Object({
      kid: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }),
      use: Type.Enum([...keyUses]),
      jwk: PublicJwk,
      from: At,
      to: At,
    }),
    { maxItems: 64 },
  ),
});
export type KeyList = Type.Static<typeof KeyList>;

/** Points to a snapshot: zstd NDJSON of PolicyRow, fetched over HTTPS from the cloud. */
export const Manifest = Type.Object({
  gateway: Id,
  policyEpoch: Cursor,
  version: Cursor,
  /** Of the compressed bytes. */
  sha256: Sha256,
  bytes: Cursor,
  format: Type.Literal('ndjson+zstd'),
  /** Digest of the state itself, see policy/digest.ts. */
  state: Sha256,
  issuedAt: At,
});
export type Manifest = Type.Static<typeof Manifest>;

/** From one version to a later one. `from` is not what is held: fetch the snapshot. */
export const Delta = Type.Object({
  gateway: Id,
  policyEpoch: Cursor,
  from: Cursor,
  to: Cursor,
  ops: Type.Array(
    Type.Union([
      Type.Object({ put: Type.Unknown() }),
      Type.Object({ del: Type.Object({ section: Id, key: Type.String({ maxLength: 120 }) }) }),
    ]),
    { maxItems: 2000 },
  ),
  /** Digest of the state at `to`. */
  state: Sha256,
  issuedAt: At,
});
export type Delta = Type.Static<typeof Delta>;

const revocationPlace = { policyEpoch: Cursor, n: Cursor, at: At };

/**
 * One entry of the campus-wide revocation stream: the same bytes for every gateway, ordered by
 * (policyEpoch, n), never lifted by a snapshot. A UID is revoked of one card: what one has lost may
 * be given to another. `uid.restored` lets the card that lost it have it again.
 */
export const RevocationEntry = Type.Object({
  ...revocationPlace,
  what: Type.Union([
    Type.Object({
      kind: Type.Literal('credential.revoked'),
      credential: CredentialId,
      /** Not seen online for longer than the school allows. Older gateways say `revoked`. */
      why: Type.Optional(Type.Literal('lapsed')),
    }),
    Type.Object({ kind: Type.Literal('card.frozen'), card: Uuid }),
    Type.Object({ kind: Type.Literal('card.unfrozen'), card: Uuid }),
    Type.Object({ kind: Type.Literal('uid.revoked'), uid: Uid, card: Uuid }),
    Type.Object({ kind: Type.Literal('uid.restored'), uid: Uid, card: Uuid }),
    Type.Object({ kind: Type.Literal('gateway.revoked'), serial: Type.String({ maxLength: 64 }) }),
  ]),
});
export type RevocationEntry = Type.Static<typeof RevocationEntry>;

const revocationKinds: readonly string[] = RevocationEntry.properties.what.anyOf.map(
  ({ properties }) => properties.kind.const,
);

export const isRevocationKind = (kind: string): boolean => revocationKinds.includes(kind);

/**
 * An entry of a kind that is not known here. It counts all the same: without it every later one
 * would be a gap, and nothing would be revoked any more.
 */
export const UnknownRevocation = Type.Object({
  ...revocationPlace,
  what: Type.Object({
    kind: Type.String({
      pattern: `^(?!(?:${revocationKinds.join('|').replaceAll('.', '\\.')})$)[a-z]+\\.[a-z_]+$`,
      maxLength: 60,
    }),
  }),
});
export type UnknownRevocation = Type.Static<typeof UnknownRevocation>;
/** The answer to `GET /v1/time?nonce=`: the asker's own nonce makes it fresh. */
export const SignedTime = Type.Object({ nonce: Type.String({ maxLength: 64 }), at: At });
export type SignedTime = Type.Static<typeof SignedTime>;

/** `unlock` opens a door; `run` carries out a command of a device's profile. */
export const commandActions = ['unlock', 'run'] as const;
export const commandTtlMsMax = 10_000;

/**
 * Runs only in the session that it names, and only while monotonic now minus the monotonic time of
 * beat `beat` is at most ttlMs: no wall clock decides.
 */
export const Command = Type.Object({
  id: Uuid,
  gateway: Id,
  session: SessionId,
  beat: Cursor,
  ttlMs: Type.Integer({ minimum: 100, maximum: commandTtlMsMax }),
  /** Of `unlock`. */
  door: Type.Optional(Id),
  /** Of `run`: the device, the command's name in its profile, and its arguments. */
  device: Type.Optional(Id),
  run: Type.Optional(Type.Object({ command: ValueName, args: DeviceValues })),
  action: Type.Enum([...commandActions]),
  actor: Uuid,
  reason: Type.String({ maxLength: 200 }),
});
export type Command = Type.Static<typeof Command>;
