import fc from 'fast-check';
import { fromHex, parseRtu, rtuFrame, toHex } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createMbapSplitter, createRtuSplitter, mbapFrame } from './modbus-frames.ts';

const bytes = (hex: string): Uint8Array =>
  fromHex(hex.replaceAll(' ', '').toLowerCase()) ?? new Uint8Array();

const heard = (splitter: ReturnType<typeof createRtuSplitter>, ...chunks: readonly string[]) =>
  [...chunks.flatMap((hex, i) => splitter.push(bytes(hex), i)), ...splitter.expire(1_000_000)].map(
    (one) => (one.kind === 'frame' ? toHex(one.bytes) : `${one.fault} ${one.bytes}`),
  );

describe('RTU frames on a line that one only listens to', () => {
  // XY-MD02: a request and its reply (see its profile).
  const request = '01 04 00 01 00 01 60 0A';
  const reply = '01 04 02 01 31 79 74';
  const exception = '01 84 02 C2 C1';
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['together', [`${request} ${reply}`], ['010400010001600a', '01040201317974']],
    [
      'in pieces',
      ['01 04 00', '01 00 01 60', '0A 01 04 02 01 31', '79 74'],
      ['010400010001600a', '01040201317974'],
    ],
    ['noise before', [`FF 00 FF ${request}`], ['noise 3', '010400010001600a']],
    ['an exception', [exception], ['018402c2c1']],
    ['a broken checksum', ['01 04 02 01 31 79 75'], ['noise 7']],
    ['half a frame', ['01 04 02'], ['noise 3']],
  ])('%s', (_name, chunks, expected) => {
    expect(heard(createRtuSplitter(), ...chunks)).toEqual(expected);
  });

  it('tells every byte once and finds the next good frame, whatever came before', () => {
    const good = bytes(request);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => {
        const splitter = createRtuSplitter();
        const first = [...splitter.push(noise, 0), ...splitter.expire(1_000)];
        const told = first.reduce(
          (sum, one) => sum + (one.kind === 'frame' ? one.bytes.length : one.bytes),
          0,
        );
        expect(told).toBe(noise.length);
        expect(splitter.push(good, 2_000)).toEqual([{ kind: 'frame', bytes: good }]);
      }),
    );
  });
});

describe('frames of Modbus TCP', () => {
  it('become RTU frames that say the same', () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.integer({ min: 1, max: 247 }),
        fc.uint8Array({ minLength: 1, maxLength: 253 }),
        fc.nat(300),
        (transaction, unit, pdu, cut) => {
          const frame = mbapFrame(transaction, unit, pdu);
          const splitter = createMbapSplitter();
          const out = [
            ...splitter.push(frame.slice(0, cut), 0),
            ...splitter.push(frame.slice(cut), 1),
          ];
          expect(out).toEqual([{ kind: 'frame', bytes: rtuFrame(unit, pdu) }]);
          expect(parseRtu(out[0]?.kind === 'frame' ? out[0].bytes : frame).ok).toBe(true);
        },
      ),
    );
  });

  it('drops what speaks another protocol, and what stays half', () => {
    expect(heard(createMbapSplitter(), '00 01 12 34 00 06 01 03 00 00 00 01')).toEqual([
      'noise 12',
    ]);
    expect(heard(createMbapSplitter(), '00 01 00 00 00 06 01 03')).toEqual(['truncated 8']);
  });
});
