import type { ProfileListItem } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileFits, sourceKindOf, standingOf } from './standing.ts';
import { offsetOf, paramLike, paramText, readEscapes, readHex } from './typed.ts';

const item = (
  running: readonly (readonly [string, boolean, string | null])[],
): ProfileListItem => ({
  ...{ id: 'kerong-cu24', origin: 'custom', state: 'live', version: '1.1.0' },
  ...{ draft: null, shadow: null, family: 'locker', vendor: 'Kerong', product: 'CU24' },
  title: { zh: '柜锁板', en: 'Locker board' },
  source: null,
  vectors: { count: 2, fromManual: 1, invented: 1, failed: 0 },
  coverage: { needed: 2, covered: 2 },
  devices: running.length,
  running: running.map(([gateway, fresh, version]) => ({
    ...{ gateway, gatewayName: { zh: gateway, en: gateway }, fresh, devices: 1, version },
  })),
});

describe('how far a version has come', () => {
  const cases: readonly (readonly [string, Parameters<typeof item>[0], object])[] = [
    ['no device', [], { kind: 'none' }],
    ['all run it', [['a', true, '1.1.0']], { kind: 'all' }],
    ['one runs another', [['a', true, '1.0.0']], { kind: 'behind', gateways: 1 }],
    ['one never said', [['a', true, null]], { kind: 'behind', gateways: 1 }],
    ['a silent one is unknown', [['a', false, '1.1.0']], { kind: 'silent', gateways: 1 }],
    [
      'behind comes before silent, a gateway once',
      [
        ['a', true, '1.0.0'],
        ['a', true, null],
        ['b', false, '1.1.0'],
      ],
      { kind: 'behind', gateways: 1 },
    ],
  ];
  for (const [name, running, expected] of cases) {
    it(name, () => {
      expect(standingOf(item(running))).toEqual(expected);
    });
  }
});

describe('the search', () => {
  for (const [q, expected] of [
    ['', true],
    [' KERONG ', true],
    ['柜锁', true],
    ['cu24', true],
    ['scanner', false],
  ] as const) {
    it(`'${q}' ${expected ? 'finds' : 'does not find'} it`, () => {
      expect(profileFits(item([]), q)).toBe(expected);
    });
  }
});

describe('typed bytes', () => {
  for (const [text, expected] of [
    ['02 1a', { ok: true, hex: '02 1A' }],
    ['0x02, 0x1A', { ok: true, hex: '02 1A' }],
    ['02:1A\n03', { ok: true, hex: '02 1A 03' }],
    ['', { ok: false, problem: 'needed' }],
    ['02 1', { ok: false, problem: 'half_byte' }],
    ['hello', { ok: false, problem: 'not_hex' }],
  ] as const) {
    it(`'${text}'`, () => {
      expect(readHex(text)).toEqual(expected);
    });
  }

  it('are the bytes that were written, in each of these ways', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom(' ', '', ':', ', ', '\n'),
        (bytes, between) => {
          const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
          expect(readHex(pairs.join(between))).toEqual({
            ok: true,
            hex: pairs.join(' ').toUpperCase(),
          });
        },
      ),
    );
  });

  for (const [text, expected] of [
    ['A1\\r\\n', 'A1\r\n'],
    ['\\\\r', '\\r'],
    ['\\x', '\\x'],
    ['plain', 'plain'],
  ] as const) {
    it(`read '${text}' as a line with its end`, () => {
      expect(readEscapes(text)).toBe(expected);
    });
  }
});

describe('parameters', () => {
  for (const [model, text, expected] of [
    [3, ' 7 ', 7],
    [3, 'x', 'x'],
    [3, '', ''],
    [true, 'false', false],
    ['a', 'b c', 'b c'],
    [[1, 2], '3, 4', [3, 4]],
    [null, 'x', 'x'],
  ] as const) {
    it(`${JSON.stringify(model)} typed '${text}'`, () => {
      const value = Array.isArray(model) ? [...model] : (model as string | number | boolean | null);
      expect(paramLike(value, text)).toEqual(expected);
    });
  }

  it('come back as they stood', () => {
    expect(paramLike([1, 2], paramText([1, 2]))).toEqual([1, 2]);
  });
});

describe('places in a text', () => {
  for (const [line, column, expected] of [
    [1, 1, 0],
    [2, 3, 6],
    [2, 99, 7],
    [9, 1, 8],
  ] as const) {
    it(`line ${line}, column ${column}`, () => {
      expect(offsetOf('abc\ndef\n', line, column)).toBe(expected);
    });
  }
});

describe('sources', () => {
  for (const [source, expected] of [
    ['invented', 'invented'],
    ['session', 'session'],
    ['capture 2026-11-02', 'capture'],
    ['Kerong CU24 manual, p. 7', 'manual'],
  ] as const) {
    it(source, () => {
      expect(sourceKindOf(source)).toBe(expected);
    });
  }
});
