import { generateKeyPairSync } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import {
  addRow,
  digestText,
  emptyDigest,
  keyUses,
  rowDigest,
  signedTypes,
  toHex,
  utf8,
} from '@gatehouse/protocols';
import type {
  Delta,
  KeyList,
  KeyUse,
  Manifest,
  PolicyRow,
  RevocationEntry,
  SignedType,
} from '@gatehouse/protocols';
import { CompactSign } from 'jose';
import { createPrimitives } from '../adapters/primitives.ts';

const newKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk: { kty: 'EC', crv: 'P-256', x, y } } as const;
};

const primitives = createPrimitives();

export const stateOf = (rows: readonly PolicyRow[]): string =>
  digestText(
    rows
      .map((row) => rowDigest(row, primitives))
      .reduce((sum, row) => addRow(sum, row), emptyDigest),
  );

/** A root and one key for each use, as the cloud's signer has them. */
export const createSigner = () => {
  const root = newKey();
  const keys = new Map(keyUses.map((use) => [use, newKey()]));
  const sign = (
    body: object,
    { typ, kid }: { readonly typ: string; readonly kid: string },
  ): Promise<string> => {
    // The kid names the use: `policy`, or `policy-2` after a rotation.
    const use = kid.split('-')[0] as KeyUse;
    const key = kid === 'root' ? root : keys.get(use);
    if (key === undefined) throw new Error(`no key ${kid}`);
    return new CompactSign(utf8(JSON.stringify(body)))
      .setProtectedHeader({ alg: 'ES256', typ, kid })
      .sign(key.privateKey);
  };
  const of = (type: SignedType, kid: string) => (body: object) =>
    sign(body, { typ: signedTypes[type], kid });
  return {
    rootKey: root.jwk,
    sign,
    /** @param change what differs from a list in which every key holds for ever */
    keys: (change: Partial<KeyList> = {}): Promise<string> =>
      of(
        'keys',
        'root',
      )({
        serial: 1,
        issuedAt: 0,
        keys: [...keys].map(([use, { jwk }]) => ({
          kid: use,
          use,
          jwk,
          from: 0,
          to: Number.MAX_SAFE_INTEGER,
        })),
        ...change,
      }),
    /** A list in which the key of one use holds for a time. */
    keyRow: (use: KeyUse, from: number, to: number): KeyList['keys'][number] => ({
      kid: use,
      use,
      jwk: keys.get(use)?.jwk ?? root.jwk,
      from,
      to,
    }),
    manifest: (body: Manifest) => of('manifest', 'policy')(body),
    delta: (body: Delta) => of('delta', 'policy')(body),
    revocation: (body: RevocationEntry) => of('revocation', 'revocation')(body),
    command: (body: object) => of('command', 'command')(body),
  };
};
export type Signer = ReturnType<typeof createSigner>;

/** A snapshot as the cloud compiles it, with the manifest that names it. */
export const snapshotOf = (
  rows: readonly PolicyRow[],
  head: { readonly gateway: string; readonly policyEpoch: number; readonly version: number },
): { readonly body: Uint8Array; readonly manifest: Manifest } => {
  const body = new Uint8Array(
    zstdCompressSync(utf8(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))),
  );
  const manifest: Manifest = {
    ...head,
    sha256: toHex(primitives.sha256(body)),
    bytes: body.length,
    format: 'ndjson+zstd',
    state: stateOf(rows),
    issuedAt: 1,
  };
  return { body, manifest };
};
