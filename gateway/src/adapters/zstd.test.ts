import { describe, expect, it } from 'vitest';
import { createZstd } from './zstd.ts';

const text = new TextEncoder().encode('{"kind":"access.granted"}\n'.repeat(1_000));

describe('zstd', () => {
  const zstd = createZstd();

  it('gives back what it packed, an empty body too', () => {
    expect(zstd.compress(text).length).toBeLessThan(text.length / 20);
    expect(new Uint8Array(zstd.inflate(zstd.compress(text), text.length))).toEqual(text);
    expect(zstd.inflate(zstd.compress(new Uint8Array()), 1)).toHaveLength(0);
  });

  it('refuses what would inflate beyond the bound, cut short or changed', () => {
    const packed = zstd.compress(text);
    expect(() => zstd.inflate(packed, text.length - 1)).toThrow();
    expect(() => zstd.inflate(packed.subarray(0, -3), text.length)).toThrow();
    expect(() => zstd.inflate(new Uint8Array(20).fill(7), text.length)).toThrow();
  });
});
