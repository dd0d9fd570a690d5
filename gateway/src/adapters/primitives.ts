import { createPublicKey, hash, verify } from 'node:crypto';
import type { KeyObject, VerifyKeyObjectInput, VerifyPublicKeyInput } from 'node:crypto';
import type { Primitives, SignatureAlgorithm } from '@gatehouse/protocols';

/**
 * Imported keys are kept for people who pass often, not for the roster: a P-256 key object costs
 * about 2.5 KB, its raw bytes 65. 4,096 of them are some 10 MB.
 */
export const importedKeysMax = 4096;

const signatureBytes = 64;
/** r ‖ s, as JWS and WebCrypto have it, not DER. */
const dsaEncoding = 'ieee-p1363';
/** SEC 1 §2.3.3: an uncompressed point. OpenSSL would also take hybrid ones (0x06, 0x07). */
const uncompressed = 0x04;

type AlgorithmRow = {
  readonly digest: 'sha256' | null;
  readonly isRawKey: (raw: Uint8Array) => boolean;
  /** What stands before the raw key in a SubjectPublicKeyInfo (RFC 5480 §2, RFC 8410 §4). */
  readonly spkiHeader: Buffer;
};

const algorithms: Readonly<Record<SignatureAlgorithm, AlgorithmRow>> = {
  ES256: {
    digest: 'sha256',
    isRawKey: (raw) => raw.length === 65 && raw[0] === uncompressed,
    spkiHeader: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  },
  EdDSA: {
    digest: null,
    isRawKey: (raw) => raw.length === 32,
    spkiHeader: Buffer.from('302a300506032b6570032100', 'hex'),
  },
};

/**
 * What node:crypto takes as the key. At first sight that is DER, imported for this one call: a
 * fifth cheaper than a key object that may never be used again. At the second sight, with fewer
 * than `keysMax` other keys between, it is a key object, which is kept. A Map keeps the order of
 * insertion and every use inserts again, so the least recently used goes first.
 * Throws where the bytes are no point of the curve.
 */
const createKeyInputs = (keysMax: number) => {
  const recent = new Map<string, KeyObject | undefined>();
  return (row: AlgorithmRow, rawKey: Uint8Array): VerifyKeyObjectInput | VerifyPublicKeyInput => {
    const raw = Buffer.from(rawKey.buffer, rawKey.byteOffset, rawKey.byteLength);
    // The lengths of the two kinds of keys differ, so the bytes alone name a key.
    const name = raw.toString('latin1');
    const spki = () =>
      ({ key: Buffer.concat([row.spkiHeader, raw]), format: 'der', type: 'spki' }) as const;
    const kept = recent.get(name) ?? (recent.has(name) ? createPublicKey(spki()) : undefined);
    recent.delete(name);
    recent.set(name, kept);
    if (recent.size > keysMax) {
      const [oldest = ''] = recent.keys();
      recent.delete(oldest);
    }
    return kept === undefined ? { ...spki(), dsaEncoding } : { key: kept, dsaEncoding };
  };
};

/** `Primitives` over node:crypto, synchronous: one verification holds the event loop 0.1 ms. */
export const createPrimitives = ({ keysMax = importedKeysMax } = {}): Primitives => {
  const keyInput = createKeyInputs(keysMax);
  return {
    verify: (alg, rawKey, data, signature) => {
      const row = algorithms[alg];
      if (signature.length !== signatureBytes || !row.isRawKey(rawKey)) return false;
      try {
        return verify(row.digest, data, keyInput(row, rawKey), signature);
      } catch {
        // Bytes that are no key verify nothing, and a scan must not end the gateway.
        return false;
      }
    },
    sha256: (data) => hash('sha256', data, 'buffer'),
  };
};
