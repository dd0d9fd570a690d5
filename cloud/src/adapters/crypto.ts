import { createHash, randomBytes, verify } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { SignatureAlgorithm } from '@gatehouse/protocols';
import type { Ports } from '../ports.ts';

export const random: Ports['random'] = (length) => randomBytes(length);

type AlgorithmRow = {
  readonly digest: 'sha256' | null;
  readonly isRawKey: (raw: Uint8Array) => boolean;
  /** What stands before the raw key in a SubjectPublicKeyInfo (RFC 5480 §2, RFC 8410 §4). */
  readonly spkiHeader: Buffer;
};

const algorithms: Readonly<Record<SignatureAlgorithm, AlgorithmRow>> = {
  ES256: {
    digest: 'sha256',
    // SEC 1 §2.3.3: uncompressed. OpenSSL would also take hybrid points.
    isRawKey: (raw) => raw.length === 65 && raw[0] === 0x04,
    spkiHeader: Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
  },
  EdDSA: {
    digest: null,
    isRawKey: (raw) => raw.length === 32,
    spkiHeader: Buffer.from('302a300506032b6570032100', 'hex'),
  },
};

export const primitives: Ports['primitives'] = {
  verify: (alg, rawKey, data, signature) => {
    const { digest, isRawKey, spkiHeader } = algorithms[alg];
    if (signature.length !== 64 || !isRawKey(rawKey)) return false;
    const key = Buffer.concat([spkiHeader, rawKey]);
    try {
      // r ‖ s, as JWS and WebCrypto have it, not DER.
      const spki = { key, format: 'der', type: 'spki', dsaEncoding: 'ieee-p1363' } as const;
      return verify(digest, data, spki, signature);
    } catch {
      // Bytes that are no point of the curve verify nothing.
      return false;
    }
  },
  sha256: (data) => createHash('sha256').update(data).digest(),
};

export const zstd: Ports['zstd'] = {
  compress: (bytes) => zstdCompressSync(bytes),
  inflate: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
};
