import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumTypes } from '../framing/framing.ts';
import { hexBytes } from '../framing/layout.ts';
import { checksum, checksumBytes, crc16Modbus } from './checksum.ts';
import { checksumVectors } from './checksum.vectors.ts';

const bytesOf = (hex: string): Uint8Array => hexBytes(hex) ?? new Uint8Array();

describe('checksum', () => {
  it.each(checksumVectors)('$type: $source', ({ type, hex, value }) => {
    expect(checksum(type, bytesOf(hex))).toBe(value);
  });

  it('has a vector for every name', () => {
    const proven = new Set(checksumVectors.map(({ type }) => type));
    expect(checksumTypes.filter((type) => !proven.has(type))).toEqual([]);
  });

  it('fits its size and sees every flipped bit', () => {
    const type = fc.constantFrom(...checksumTypes);
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(type, bytes, fc.nat(), (name, data, place) => {
        const value = checksum(name, data);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(256 ** checksumBytes(name));
        const flipped = data.slice();
        const bit = place % (8 * data.length);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(checksum(name, flipped)).not.toBe(value);
      }),
    );
  });

  it('gives zero over a frame with its own CRC, as the register then holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        const crc = crc16Modbus(data);
        expect(crc16Modbus(Uint8Array.of(...data, crc & 0xff, crc >> 8))).toBe(0);
      }),
    );
  });
});
