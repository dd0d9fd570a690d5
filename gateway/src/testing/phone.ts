import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import {
  assemblePass,
  buildPassBody,
  passText,
  signingInput,
  toBase64Url,
} from '@gatehouse/protocols';
import type { PolicyRowOf, SignatureAlgorithm } from '@gatehouse/protocols';

/** A phone for tests: its key comes from its name, so every run signs with the same one. */
export type Phone = {
  readonly credential: string;
  readonly row: (card: string) => PolicyRowOf<'credential'>;
  /** The bytes of a pass; signed with ECDSA they differ each time, their first 17 do not. */
  readonly pass: (fields: PassWish) => Uint8Array;
  /** What the scanner reads. */
  readonly text: (fields: PassWish) => string;
};

export type PassWish = {
  /** Unix seconds. */
  readonly iat: number;
  readonly counter: number;
  readonly audience?: string;
  /** Said in the pass, whatever the key is. */
  readonly alg?: SignatureAlgorithm;
};

const ed25519Pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** SEC 1 §C.4 in PKCS #8, without the optional public key. */
const p256Pkcs8 = Buffer.from(
  '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420',
  'hex',
);
const keyRows = {
  EdDSA: { header: ed25519Pkcs8, digest: null, rawBytes: 32 },
  ES256: { header: p256Pkcs8, digest: 'sha256', rawBytes: 65 },
} as const;

const keyOf = (name: string, alg: SignatureAlgorithm): KeyObject => {
  const seed = hash('sha256', `phone ${name}`, 'buffer');
  const key = Buffer.concat([keyRows[alg].header, seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
};

export const createPhone = (name: string, alg: SignatureAlgorithm = 'EdDSA'): Phone => {
  const { digest, rawBytes } = keyRows[alg];
  const key = keyOf(name, alg);
  const credential = hash('sha256', `credential ${name}`, 'hex').slice(0, 16);
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const raw = new Uint8Array(spki.subarray(-rawBytes));
  const pass = (wish: PassWish): Uint8Array => {
    const fields = { alg: wish.alg ?? alg, credential, iat: wish.iat, counter: wish.counter };
    const input = signingInput(fields, wish.audience ?? 'campus-01');
    const signature = sign(digest, input, { key, dsaEncoding: 'ieee-p1363' });
    return assemblePass(buildPassBody(fields), new Uint8Array(signature));
  };
  return {
    credential,
    row: (card) => ({ section: 'credential', id: credential, card, alg, key: toBase64Url(raw) }),
    pass,
    text: (wish) => passText(pass(wish)),
  };
};
