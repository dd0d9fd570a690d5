import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacketMeter } from './packet-meter.ts';

/** Remaining length as MQTT 3.1.1 §2.2.3 codes it. */
const packet = (length: number): Uint8Array => {
  const header = [0x30];
  let left = length;
  do {
    const digit = left % 128;
    left = Math.floor(left / 128);
    header.push(left > 0 ? digit | 0x80 : digit);
  } while (left > 0);
  return Uint8Array.from([...header, ...new Uint8Array(length).fill(0xff)]);
};

/** Table 2.4 of MQTT 3.1.1: the first and the last length of each size. */
const lengths = [
  { bytes: [0x30, 0x00], max: 0, fits: true },
  { bytes: [0x30, 0x7f], max: 127, fits: true },
  { bytes: [0x30, 0x80, 0x01], max: 127, fits: false },
  { bytes: [0x30, 0x80, 0x01], max: 128, fits: true },
  { bytes: [0x30, 0xff, 0x7f], max: 16_383, fits: true },
  { bytes: [0x30, 0x80, 0x80, 0x01], max: 16_383, fits: false },
  { bytes: [0x30, 0xff, 0xff, 0xff, 0x7f], max: 268_435_455, fits: true },
  { bytes: [0x30, 0xff, 0xff, 0xff, 0x7f], max: 268_435_454, fits: false },
  { bytes: [0x30, 0xff, 0xff, 0xff, 0xff], max: 1e12, fits: false },
];

describe('the meter of MQTT packets', () => {
  it.each(lengths)('reads a length', ({ bytes, max, fits }) => {
    expect(createPacketMeter(max).see(Uint8Array.from(bytes))).toBe(fits);
  });

  it('lets packets pass, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (sizes, cuts) => {
          const bytes = Uint8Array.from(sizes.flatMap((size) => [...packet(size)]));
          const meter = createPacketMeter(300);
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const to = at + (cuts[i % cuts.length] ?? 1);
            if (!meter.see(bytes.subarray(at, to))) return false;
            at = to;
          }
          return true;
        },
      ),
    );
  });

  it('finds the one that is too long among others, by its header alone', () => {
    const meter = createPacketMeter(300);
    expect(meter.see(packet(300))).toBe(true);
    expect(meter.see(packet(0))).toBe(true);
    expect(meter.see(packet(301).subarray(0, 2))).toBe(true);
    expect(meter.see(packet(301).subarray(2, 3))).toBe(false);
  });
});
