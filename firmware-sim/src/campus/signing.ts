import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Signer } from '@gatehouse/cloud';
import type { JwsVerifier } from '@gatehouse/gateway';
import { fromBase64Url, keyUses, signedTypes, toBase64Url, utf8 } from '@gatehouse/protocols';
import type { KeyList } from '@gatehouse/protocols';

/**
 * The signatures of this campus: the same compact JWS with EdDSA in place of ES256, whose
 * signatures differ each time. A key list has room for P-256 alone, so `x` carries the raw key.
 */
export type Signing = {
  readonly signer: Signer;
  readonly verifier: JwsVerifier;
  readonly rootKey: Readonly<Record<string, unknown>>;
};

/** PKCS #8 and SubjectPublicKeyInfo of an Ed25519 key (RFC 8410 §4, §7), up to its 32 bytes. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const dayMs = 24 * 3600 * 1000;

export const secretOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const privateKeyOf = (secret: string): KeyObject => {
  const der = Buffer.concat([pkcs8Head, Buffer.from(secret, 'hex')]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
};

/** The raw public key, 32 bytes. */
export const publicKeyOf = (secret: string): Uint8Array => {
  const spki = createPublicKey(privateKeyOf(secret)).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(spkiHead.length));
};

const jwkOf = (secret: string) => ({
  kty: 'EC' as const,
  crv: 'P-256' as const,
  x: toBase64Url(publicKeyOf(secret)),
  y: '',
});

const json = (value: unknown): string => toBase64Url(utf8(JSON.stringify(value)));

const signWith = (
  { kid, key }: { readonly kid: string; readonly key: KeyObject },
  typ: string,
  payload: unknown,
): string => {
  const input = `${json({ alg: 'EdDSA', kid, typ })}.${json(payload)}`;
  return `${input}.${toBase64Url(sign(null, utf8(input), key))}`;
};

/** @param atMs unix milliseconds of the key list */
export const createSigning = (seed: number, atMs: number): Signing => {
  const secret = (name: string): string => secretOf(`campus ${seed} ${name}`);
  const root = { kid: 'root', key: privateKeyOf(secret('root')) };
  const keys = new Map(keyUses.map((use) => [use, privateKeyOf(secret(use))]));
  const list: KeyList = {
    serial: Math.floor(atMs / 1000),
    issuedAt: atMs,
    keys: keyUses.map((use) => ({
      ...{ kid: use, use, jwk: jwkOf(secret(use)) },
      ...{ from: atMs - dayMs, to: atMs + 365 * dayMs },
    })),
  };
  const keyList = { serial: list.serial, jws: signWith(root, signedTypes.keys, list) };
  return {
    rootKey: jwkOf(secret('root')),
    signer: {
      keyList: () => keyList,
      sign: (use, typ, payload) => {
        const key = keys.get(use);
        if (key === undefined) return Promise.reject(new Error(`no key for ${use}`));
        return Promise.resolve(signWith({ kid: use, key }, typ, payload));
      },
    },
    verifier: { verify: (asked) => Promise.resolve(verifyJws(asked)) },
  };
};

const textOf = (part: string): string => new TextDecoder().decode(fromBase64Url(part));

const verifyJws = ({ jws, typ, key }: Parameters<JwsVerifier['verify']>[0]) => {
  const [head = '', body = '', signature = ''] = jws.split('.');
  // Signed by the code above, or refused by the line after the next.
  const header = JSON.parse(textOf(head)) as { alg?: unknown; kid?: unknown; typ?: unknown };
  const { kid } = header;
  if (header.alg !== 'EdDSA' || header.typ !== typ || typeof kid !== 'string') return undefined;
  const x = key(kid)?.['x'];
  const raw = typeof x === 'string' ? fromBase64Url(x) : undefined;
  if (raw === undefined) return undefined;
  const der = Buffer.concat([spkiHead, raw]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const given = fromBase64Url(signature) ?? new Uint8Array();
  if (!verify(null, utf8(`${head}.${body}`), publicKey, given)) return undefined;
  return { kid, payload: JSON.parse(textOf(body)) as unknown };
};
