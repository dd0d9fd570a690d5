import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../bytes.ts';
import { createInputEventReader, formatInputEvent, inputEventBytes } from './input-event.ts';
import { createKeyFrameDecoder, createKeyLineDecoder, endKeys } from './key-lines.ts';
import type { KeyLineOptions, KeyLineOutput } from './key-lines.ts';
import { keyLineVectors } from './key-lines.vectors.ts';
import { layoutOfName, levels } from './layout.ts';
import { layoutNames } from './layouts.table.ts';
import { createTyping } from './typing.ts';

const silenceMs = 200;
const common: KeyLineOptions = {
  layout: 'us',
  endKey: 'enter',
  charsMax: 64,
  silenceMs,
  eventBytes: 24,
};

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

/** Pieces one ms apart, then a long silence. */
const heard = (options: KeyLineOptions, pieces: readonly Uint8Array[]): KeyLineOutput[] => {
  const decoder = createKeyLineDecoder(options);
  const out = pieces.flatMap((piece, i) => [...decoder.push(piece, i)]);
  return [...out, ...decoder.expire(pieces.length + 10_000)];
};

describe('lines that a keyboard types', () => {
  for (const { name, layout, endKey, hex64, hex32, out } of keyLineVectors) {
    it(name, () => {
      const options = { ...common, layout, endKey };
      expect(heard(options, [bytesOf(hex64)])).toEqual(out);
      expect(heard({ ...options, eventBytes: 16 }, [bytesOf(hex32)])).toEqual(out);
    });

    it(`${name}: cut at every byte`, () => {
      const bytes = bytesOf(hex64);
      const options = { ...common, layout, endKey };
      for (let at = 0; at <= bytes.length; at += 1) {
        const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
        expect(heard(options, pieces)).toEqual(out);
      }
    });
  }

  it('comes whatever pieces the bytes come in', () => {
    const type = createTyping(common);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), (sizes) => {
        const bytes = type('Room 7/A') ?? new Uint8Array();
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const size of sizes) {
          pieces.push(bytes.subarray(at, at + size));
          at += size;
        }
        pieces.push(bytes.subarray(at));
        expect(heard(common, pieces)).toEqual([{ kind: 'line', text: 'Room 7/A' }]);
      }),
    );
  });

  it('gives what was typed, in every layout and with both end keys', () => {
    for (const layout of layoutNames) {
      const { keys } = layoutOfName(layout);
      const chars = [...keys.values()].flatMap((key) => levels.flatMap((at) => key[at] ?? []));
      const text = fc.array(fc.constantFrom(...new Set(chars)), { minLength: 1, maxLength: 30 });
      for (const endKey of endKeys) {
        for (const eventBytes of inputEventBytes) {
          const options = { ...common, layout, endKey, eventBytes };
          const type = createTyping(options);
          fc.assert(
            fc.property(text, (parts) => {
              const bytes = type(parts.join(''));
              expect(bytes).toBeDefined();
              const out = heard(options, [bytes ?? new Uint8Array()]);
              expect(out).toEqual([{ kind: 'line', text: parts.join('') }]);
            }),
            { numRuns: 30 },
          );
        }
      }
    }
  });

  it('has the whole alphabet of a pass in every layout', () => {
    const base45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
    for (const layout of layoutNames) {
      const options = { ...common, layout };
      const bytes = createTyping(options)(base45);
      expect(heard(options, [bytes ?? new Uint8Array()])).toEqual([{ kind: 'line', text: base45 }]);
    }
  });

  it('cannot type what the layout lacks', () => {
    expect(createTyping(common)('é')).toBeUndefined();
    expect(createTyping({ ...common, layout: 'fr' })('é')).toBeDefined();
  });

  it('bounds a line, and skips to its end', () => {
    const type = createTyping(common);
    const options = { ...common, charsMax: 4 };
    const bytes = ['12345678', '1234'].map((text) => type(text) ?? new Uint8Array());
    expect(heard(options, bytes)).toEqual([
      { kind: 'fault', fault: 'too_long', presses: 8 },
      { kind: 'line', text: '1234' },
    ]);
  });

  it('gives half a line up after a silence and reads the next one whole', () => {
    const type = createTyping(common);
    const decoder = createKeyLineDecoder(common);
    const half = (type('12') ?? new Uint8Array()).subarray(0, 8 * 24);
    expect(decoder.push(half, 0)).toEqual([]);
    expect(decoder.wakeAtMs()).toBe(silenceMs);
    expect(decoder.expire(silenceMs - 1)).toEqual([]);
    // A late timer changes nothing: the next bytes find the silence too.
    expect(decoder.push(type('34') ?? new Uint8Array(), silenceMs)).toEqual([
      { kind: 'fault', fault: 'half_line', presses: 2 },
      { kind: 'line', text: '34' },
    ]);
    expect(decoder.wakeAtMs()).toBeUndefined();
  });

  it('is not kept waiting by a key that is stuck', () => {
    const decoder = createKeyLineDecoder(common);
    const repeat = formatInputEvent({ type: 1, code: 2, value: 2 }, 24);
    decoder.push(formatInputEvent({ type: 1, code: 2, value: 1 }, 24), 0);
    for (let ms = 30; ms < silenceMs; ms += 30) expect(decoder.push(repeat, ms)).toEqual([]);
    expect(decoder.push(repeat, silenceMs)).toEqual([
      { kind: 'fault', fault: 'half_line', presses: 1 },
    ]);
  });

  it('tells a flood once every silence', () => {
    const decoder = createKeyLineDecoder(common);
    const f5 = formatInputEvent({ type: 1, code: 63, value: 1 }, 24);
    const told: number[] = [];
    for (let ms = 0; ms < 10 * silenceMs; ms += 10) {
      for (const output of decoder.push(f5, ms)) {
        expect(output).toEqual({ kind: 'fault', fault: 'unknown_key', presses: 20 });
        told.push(ms);
      }
    }
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => n * silenceMs));
  });

  it('takes any bytes, stays bounded and reads the next line after a silence', () => {
    const event = fc.record({
      type: fc.constantFrom(0, 0, 1, 1, 1, 4, 17, 65_535),
      code: fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 65_535 })),
      value: fc.constantFrom(0, 1, 1, 1, 2, -1, 2_147_483_647),
    });
    const type = createTyping(common);
    fc.assert(
      fc.property(fc.array(event, { maxLength: 300 }), fc.uint8Array(), (events, noise) => {
        const decoder = createKeyLineDecoder(common);
        const bytes = events.map((one) => formatInputEvent(one, 24));
        for (const [ms, piece] of bytes.entries()) {
          for (const output of decoder.push(piece, ms)) {
            if (output.kind === 'line') expect(output.text.length).toBeLessThanOrEqual(64);
          }
        }
        // Whole events, as the kernel gives them: what is no event cannot come.
        decoder.push(noise.subarray(0, noise.length - (noise.length % 24)), 1_000);
        decoder.expire(100_000);
        // Everything is let go; caps lock, which may be on, touches no digits.
        const up = Array.from({ length: 200 }, (_, code) => ({ type: 1, code, value: 0 }));
        for (const one of up) decoder.push(formatInputEvent(one, 24), 100_000);
        decoder.push(formatInputEvent({ type: 0, code: 0, value: 0 }, 24), 100_000);
        const [last] = decoder.push(type('1 2') ?? new Uint8Array(), 200_000).slice(-1);
        expect(last).toEqual({ kind: 'line', text: '1 2' });
      }),
      { numRuns: 300 },
    );
  });

  it('is a decoder of frames like others', () => {
    const decoder = createKeyFrameDecoder({ ...common, layout: 'fr' });
    const type = createTyping({ ...common, layout: 'fr' });
    expect(decoder.push(type('é1') ?? new Uint8Array(), 0)).toEqual([
      { kind: 'frame', bytes: new TextEncoder().encode('é1') },
    ]);
    const f5 = formatInputEvent({ type: 1, code: 63, value: 1 }, 24);
    const two = Uint8Array.from([...(type('a') ?? []), ...(type('b') ?? [])]);
    const first = decoder.take(two, 0);
    expect(first).toEqual({
      outputs: [{ kind: 'frame', bytes: new TextEncoder().encode('a') }],
      used: two.length / 2 - 3 * 24,
    });
    expect(decoder.take(two.subarray(first.used), 0).outputs).toEqual([
      { kind: 'frame', bytes: new TextEncoder().encode('b') },
    ]);
    decoder.push(f5, 1);
    expect(decoder.expire(1_000)).toEqual([{ kind: 'fault', fault: 'not_text', bytes: 1 }]);
  });
});

describe('struct input_event', () => {
  it('comes back as it was written', () => {
    for (const size of inputEventBytes) {
      fc.assert(
        fc.property(fc.nat(65_535), fc.nat(65_535), fc.integer(), (type, code, value) => {
          const event = { type, code, value };
          const bytes = formatInputEvent(event, size);
          expect(bytes.length).toBe(size);
          expect(createInputEventReader(size).push(bytes)).toEqual([event]);
        }),
      );
    }
  });
});
