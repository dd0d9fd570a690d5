import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { photoBytesMax, photoTypeOf } from './photo-check.ts';

const side = (value: number, bytes: number): readonly number[] =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) % 256);

const png = (width: number, height: number): Uint8Array =>
  Uint8Array.of(
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
    ...[...side(width, 4), ...side(height, 4), 8, 2, 0, 0, 0, 0, 0, 0, 0],
  );

/** With a comment before the frame, as cameras write it. */
const jpeg = (width: number, height: number, frame = 0xc0): Uint8Array =>
  Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xfe, 0, 4, 0xc0, 0xff, 0xff, frame, 0, 17, 8],
    ...[...side(height, 2), ...side(width, 2), 3, 1, 0x22, 0],
  );

const padded = (start: Uint8Array, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  bytes.set(start);
  return bytes;
};

describe('a photo', () => {
  it.each([
    ['a PNG', png(480, 640), 'image/png'],
    ['a JPEG', jpeg(480, 640), 'image/jpeg'],
    ['a progressive JPEG', jpeg(480, 640, 0xc2), 'image/jpeg'],
    ['the smallest', png(120, 120), 'image/png'],
    ['one that is too small', png(119, 640), undefined],
    ['one that is too large', jpeg(480, 2_001), undefined],
    ['a bomb of 4 gigapixels', png(65_536, 65_536), undefined],
    ['as many bytes as there may be', padded(png(480, 640), photoBytesMax), 'image/png'],
    ['one byte more', padded(png(480, 640), photoBytesMax + 1), undefined],
    ['a PNG without a header', png(480, 640).subarray(0, 20), undefined],
    ['a JPEG whose segment has no length', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 0), undefined],
    ['an SVG', new TextEncoder().encode('<svg onload="alert(1)"/>'), undefined],
    ['a page', new TextEncoder().encode('<html><script>'), undefined],
    ['a GIF', new TextEncoder().encode('GIF89a'), undefined],
    ['nothing', new Uint8Array(), undefined],
  ])('%s', (_, bytes, type) => {
    expect(photoTypeOf(bytes)).toBe(type);
  });

  it('of any bytes is judged, and never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isJpeg) => {
        const start = isJpeg ? jpeg(300, 300).subarray(0, 6) : png(300, 300).subarray(0, 16);
        photoTypeOf(Uint8Array.of(...start, ...bytes));
        expect(photoTypeOf(bytes)).toBeUndefined();
      }),
    );
  });
});
