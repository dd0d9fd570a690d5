import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Zstd } from '../ports.ts';

/** Synchronous: what a batch holds takes less time than a trip to the thread pool. */
export const createZstd = (): Zstd => ({
  compress: (bytes) => zstdCompressSync(bytes),
  inflate: (bytes, bytesMax) => zstdDecompressSync(bytes, { maxOutputLength: bytesMax }),
});
