import { createHash, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Ports } from '../ports.ts';

export const random: Ports['random'] = (length) => randomBytes(length);

export const primitives: Ports['primitives'] = {
  sha256: (data) => createHash('sha256').update(data).digest(),
};

export const zstd: Ports['zstd'] = {
  compress: (bytes) => zstdCompressSync(bytes),
  inflate: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
};
