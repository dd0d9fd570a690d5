import { crc16Modbus, fromHex, toHex } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRtuDecoder, createTcpDecoder } from './modbus-frames.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const shown = (frames: ReturnType<ReturnType<typeof createTcpDecoder>['push']>) =>
  frames?.map(({ unit, pdu }) => `${unit} ${toHex(pdu)}`);

/** MODBUS Messaging on TCP/IP Implementation Guide V1.0b, its ADU that reads register 5. */
const readRegister5 = '15 01 00 00 00 06 ff 03 00 04 00 01';

describe('Modbus TCP frames', () => {
  it('reads the request of the guide and wraps its answer', () => {
    const frames = createTcpDecoder().push(bytes(readRegister5), 0);
    expect(shown(frames)).toEqual(['255 0300040001']);
    expect(toHex(frames?.[0]?.answer(bytes('03 02 00 05')) ?? bytes(''))).toBe(
      '150100000005ff03020005',
    );
  });

  it('reads two requests in one chunk, cut at every place', () => {
    const all = bytes(`${readRegister5} 15 02 00 00 00 06 01 05 00 00 00 00`);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const decoder = createTcpDecoder();
      const parts = [all.subarray(0, cut), all.subarray(cut)];
      expect(parts.flatMap((part) => shown(decoder.push(part, 0)) ?? ['gone'])).toEqual([
        '255 0300040001',
        '1 0500000000',
      ]);
    }
  });

  it.each([
    ['another protocol', '00 01 00 01 00 06 01 03 00 00 00 01'],
    ['a length without a function code', '00 01 00 00 00 01 01'],
    ['a length above 254', '00 01 00 00 00 ff 01 03'],
    ['a browser', toHex(new TextEncoder().encode('GET / HTTP/1.1\r\n'))],
  ])('gives up on %s', (_case, hex) => {
    expect(createTcpDecoder().push(bytes(hex), 0)).toBeUndefined();
  });
});

describe('Modbus RTU frames', () => {
  it('computes the CRC of the specification', () => {
    // MODBUS over Serial Line V1.02 §6.2.2, example: frame 02 07 is sent as 02 07 41 12
    expect(crc16Modbus(bytes('02 07'))).toBe(0x1241);
  });

  it('reads a request and wraps its answer', () => {
    const frames = createRtuDecoder().push(bytes('02 07 41 12'), 0);
    expect(shown(frames)).toEqual(['2 07']);
    expect(toHex(frames?.[0]?.answer(bytes('07')) ?? bytes(''))).toBe('02074112');
  });

  it('never acts on a frame with one flipped bit', () => {
    const good = bytes('02 07 41 12');
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const flipped = good.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(createRtuDecoder().push(flipped, 0)).toEqual([]);
    }
  });

  it('puts a cut frame together, and begins anew after silence', () => {
    const decoder = createRtuDecoder();
    expect(decoder.push(bytes('02'), 0)).toEqual([]);
    expect(shown(decoder.push(bytes('07 41 12'), 19))).toEqual(['2 07']);
    expect(decoder.push(bytes('ff ff ff'), 30)).toEqual([]);
    expect(decoder.push(bytes('02 07 41 12'), 35)).toEqual([]);
    expect(shown(decoder.push(bytes('02 07 41 12'), 60))).toEqual(['2 07']);
  });

  it('reads the next frame after any noise and silence, in bounded memory', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (noise) => {
        const decoder = createRtuDecoder();
        for (const chunk of noise) decoder.push(chunk, 0);
        expect(shown(decoder.push(bytes('02 07 41 12'), 20))).toEqual(['2 07']);
      }),
    );
  });
});
