import { fromBase64Url, parseJson, toBase64Url } from '@gatehouse/protocols';
import type { SignatureAlgorithm } from '@gatehouse/protocols';
import { compactVerify, importJWK } from 'jose';
import type { JWK } from 'jose';
import Type from 'typebox';
import Value from 'typebox/value';

/** A key that its holder has shown to hold. */
export type ProvenKey = {
  readonly nonce: string;
  readonly alg: SignatureAlgorithm;
  /** ES256: 65 bytes (0x04 ‖ x ‖ y); EdDSA: 32 bytes. */
  readonly rawKey: Uint8Array;
};

const closed = { additionalProperties: false } as const;
/** Nothing else: no key, certificate or `crit` of the sender's choosing. */
const Header = Type.Object(
  {
    alg: Type.Union([Type.Literal('ES256'), Type.Literal('EdDSA')]),
    typ: Type.Literal('gate-enrol+jws'),
  },
  closed,
);
const KeepHeader = Type.Object(
  { ...Header.properties, typ: Type.Literal('gate-keep+jws') },
  closed,
);
const KeepPayload = Type.Object({
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  credential: Type.String({ pattern: '^[0-9a-f]{16}$' }),
});
const Payload = Type.Object({
  nonce: Type.String({ pattern: '^[0-9a-f]{32}$' }),
  key: Type.String({ pattern: '^[A-Za-z0-9_-]{43,87}$' }),
});

const part = (text: string): unknown => {
  const bytes = fromBase64Url(text);
  return bytes === undefined ? undefined : parseJson(new TextDecoder().decode(bytes));
};

const signatureBytes = 64;
const es256Bytes = 65;
const eddsaBytes = 32;
const uncompressed = 0x04;

/** Raw public key → JWK; undefined where the bytes have another form. */
const jwkForms: Readonly<Record<SignatureAlgorithm, (raw: Uint8Array) => JWK | undefined>> = {
  ES256: (raw) =>
    raw.length === es256Bytes && raw[0] === uncompressed
      ? {
          kty: 'EC',
          crv: 'P-256',
          x: toBase64Url(raw.subarray(1, 33)),
          y: toBase64Url(raw.subarray(33)),
        }
      : undefined,
  EdDSA: (raw) =>
    raw.length === eddsaBytes ? { kty: 'OKP', crv: 'Ed25519', x: toBase64Url(raw) } : undefined,
};

const isSignedBy = async (proof: string, alg: SignatureAlgorithm, jwk: JWK): Promise<boolean> => {
  try {
    await compactVerify(proof, await importJWK(jwk, alg), { algorithms: [alg] });
    return true;
  } catch {
    // Not a point of the curve, not the signature: for the phone it is one answer.
    return false;
  }
};

/** Of a compact JWS; undefined where it has another form. */
const partsOf = (
  proof: string,
): { readonly header: unknown; readonly payload: unknown } | undefined => {
  const [headerText = '', payloadText = '', signatureText = '', ...more] = proof.split('.');
  // Strict, so that one proof has one spelling; jose itself would take padding.
  const signature = fromBase64Url(signatureText);
  if (more.length > 0 || signature?.length !== signatureBytes) return undefined;
  return { header: part(headerText), payload: part(payloadText) };
};

/**
 * Reads a compact JWS `gate-enrol+jws` over {nonce, key} and verifies it by the very key that it
 * carries. Whether the nonce is ours is another question.
 */
export const readEnrolProof = async (proof: string): Promise<ProvenKey | undefined> => {
  const { header, payload } = partsOf(proof) ?? {};
  if (!Value.Check(Header, header) || !Value.Check(Payload, payload)) return undefined;
  const { alg } = header;
  const rawKey = fromBase64Url(payload.key);
  const jwk = rawKey === undefined ? undefined : jwkForms[alg](rawKey);
  if (rawKey === undefined || jwk === undefined) return undefined;
  return (await isSignedBy(proof, alg, jwk)) ? { nonce: payload.nonce, alg, rawKey } : undefined;
};

/**
 * Reads a compact JWS `gate-keep+jws` over {nonce, credential} and verifies it by the key that is
 * enrolled under that credential.
 * @returns the nonce
 */
export const readKeepProof = async (
  proof: string,
  held: Pick<ProvenKey, 'alg' | 'rawKey'> & { readonly credential: string },
): Promise<string | undefined> => {
  const { header, payload } = partsOf(proof) ?? {};
  if (!Value.Check(KeepHeader, header) || !Value.Check(KeepPayload, payload)) return undefined;
  if (header.alg !== held.alg || payload.credential !== held.credential) return undefined;
  const jwk = jwkForms[held.alg](held.rawKey);
  if (jwk === undefined) return undefined;
  return (await isSignedBy(proof, held.alg, jwk)) ? payload.nonce : undefined;
};
