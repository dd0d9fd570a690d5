import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes.ts';
import { hexBytes } from '../framing/layout.ts';
import { compileFields } from './compile.ts';
import { fieldTypes } from './field.ts';
import type { Field, FieldType, PlainField, Value } from './field.ts';
import { fieldRefusals, fieldVectors } from './field.vectors.ts';
import { decodeOnlyReason, fieldsFault } from './fields-fault.ts';
import { numberTypes } from './numbers.ts';

const bytesOf = (hex: string): Uint8Array => hexBytes(hex) ?? new Uint8Array();
const optionsOf = (geometry?: { readonly head: number; readonly tail: number }) =>
  geometry === undefined ? {} : { geometry };
const written = fieldVectors.filter(({ isOnlyRead }) => isOnlyRead !== true);

describe('fields: vectors', () => {
  it.each(fieldVectors)('reads: $source', ({ fields, geometry, params = {}, hex, values }) => {
    expect(fieldsFault(fields, optionsOf(geometry))).toBeUndefined();
    const codec = compileFields(fields, optionsOf(geometry));
    expect(codec.decode(bytesOf(hex), { params })).toEqual({ ok: true, values });
  });

  it.each(written)('writes: $source', ({ fields, geometry, hex, values }) => {
    const { head, tail } = geometry ?? { head: 0, tail: 0 };
    const expected = bytesOf(hex);
    const frame = expected.fill(0, 0, head).fill(0, expected.length - tail);
    const codec = compileFields(fields, optionsOf(geometry));
    const got = codec.encode(values);
    expect(got.ok ? toHex(got.bytes) : got).toBe(toHex(frame));
  });

  it.each(fieldRefusals)('$fault: $source', ({ fields, geometry, params = {}, hex, ...rest }) => {
    const codec = compileFields(fields, optionsOf(geometry));
    const got = codec.decode(bytesOf(hex), { params });
    expect(got).toEqual({ ok: false, fault: rest.fault, at: rest.at });
  });

  it('has a vector or a row below for every type', () => {
    const used = new Set<FieldType>(
      fieldVectors.flatMap(({ fields }) => fields.flatMap((field) => typesIn(field))),
    );
    const numbers = new Set(numberRows.map(([type]) => type));
    expect(fieldTypes.filter((type) => !used.has(type) && !numbers.has(type))).toEqual([]);
  });

  it('names every cut as an error or as another message', () => {
    for (const { fields, geometry, hex, isOnlyRead } of fieldVectors) {
      if (isOnlyRead === true) continue;
      const codec = compileFields(fields, optionsOf(geometry));
      const bytes = bytesOf(hex);
      for (let cut = 0; cut < bytes.length; cut += 1) {
        const got = codec.decode(bytes.subarray(0, cut));
        // A text that takes the rest is whole wherever it ends, and an empty one needs nothing.
        expect(got.ok, `${hex} to ${cut}`).toBe(false);
      }
    }
  });
});

const typesIn = (field: Field): readonly FieldType[] => {
  if ('repeat' in field) return field.repeat.fields.flatMap(typesIn);
  if ('tlv' in field) {
    return Object.values(field.tlv.items).flatMap((items) => items.flatMap(typesIn));
  }
  return [field.type];
};

/** Two's complement and IEEE 754 by hand. */
const numberRows: readonly (readonly [FieldType, string, number])[] = [
  ['u8', 'FE', 254],
  ['i8', 'FE', -2],
  ['u16', '12 34', 0x1234],
  ['u16le', '12 34', 0x3412],
  ['i16', 'FF FE', -2],
  ['i16le', 'FE FF', -2],
  ['u24', '01 86 9F', 99_999],
  ['u24le', '9F 86 01', 99_999],
  ['i24', 'FF FF FE', -2],
  ['i24le', 'FE FF FF', -2],
  ['u32', '00 1C 96 2C', 1_873_452],
  ['u32le', '2C 96 1C 00', 1_873_452],
  ['i32', '80 00 00 00', -(2 ** 31)],
  ['i32le', 'FE FF FF FF', -2],
  ['u48', '00 01 00 00 00 00', 2 ** 32],
  ['u48le', '00 00 00 00 01 00', 2 ** 32],
  ['u64', '00 00 00 01 00 00 00 02', 2 ** 32 + 2],
  ['u64le', '02 00 00 00 01 00 00 00', 2 ** 32 + 2],
  ['i64', 'FF FF FF FE FF FF FF FF', -(2 ** 32) - 1],
  ['i64le', 'FF FF FF FF FE FF FF FF', -(2 ** 32) - 1],
  ['f32', '42 C8 00 00', 100],
  ['f32le', '00 00 C8 42', 100],
  ['f64', '40 35 80 00 00 00 00 00', 21.5],
  ['f64le', '00 00 00 00 00 80 35 40', 21.5],
];

describe('fields: numbers', () => {
  it.each(numberRows)('%s: %s is %d', (type, hex, value) => {
    const codec = compileFields([{ type, value: 'state.x' }]);
    expect(codec.decode(bytesOf(hex))).toEqual({ ok: true, values: { 'state.x': value } });
    expect(codec.encode({ 'state.x': value })).toEqual({ ok: true, bytes: bytesOf(hex) });
  });

  it('writes the nearest and refuses what does not fit', () => {
    const cases: readonly (readonly [PlainField, Value, string])[] = [
      [{ type: 'u8', value: 'state.x' }, 1.4, '01'],
      [{ type: 'u8', value: 'state.x' }, 255.6, 'out_of_range'],
      [{ type: 'u8', value: 'state.x' }, -1, 'out_of_range'],
      [{ type: 'u8', value: 'state.x' }, NaN, 'out_of_range'],
      [{ type: 'u8', value: 'state.x' }, '1', 'out_of_range'],
      [{ type: 'u8', value: 'state.x' }, true, '01'],
      [{ type: 'u8', value: 'state.x' }, null, 'missing'],
      [{ type: 'u8', value: 'state.x' }, [1], 'missing'],
      [{ type: 'u8', value: 'state.x', unknown: [255] }, null, 'ff'],
      [{ type: 'u8', value: 'state.x', scale: 100 }, 3000, '1e'],
      [{ type: 'u8', value: 'state.x', bits: '0..1' }, 4, 'out_of_range'],
      [{ type: 'f32', value: 'state.x' }, 1e300, 'out_of_range'],
      [{ type: 'bcd', length: 1, value: 'state.x' }, 100, 'out_of_range'],
      [{ type: 'bcd', length: 2, value: 'state.x' }, 5, '0005'],
      [{ type: 'digits', length: 2, value: 'state.x' }, 100, 'out_of_range'],
      [{ type: 'digits', length: 'rest', value: 'state.x' }, 21.5, '32312e35'],
      [{ type: 'digits', length: 3, pad: ' ', value: 'state.x' }, 7, '372020'],
      [{ type: 'hexdigits', length: 4, value: 'state.x' }, 0xab, '30304142'],
      [{ type: 'hex', length: 2, value: 'state.x' }, 'A1 60', 'a160'],
      [{ type: 'hex', length: 2, value: 'state.x' }, 'A1', 'out_of_range'],
      [{ type: 'text', length: 2, value: 'state.x' }, 'abc', 'out_of_range'],
      [{ type: 'text', length: 'rest', value: 'state.x' }, '请', 'bad_text'],
      [{ type: 'text', length: 'rest', value: 'state.x' }, 'a\r\nb', '61202062'],
      [{ type: 'utf8', length: 'rest', value: 'state.x' }, '\u001b\u0085', '2020'],
      [{ type: 'text', until: ';', value: 'state.x' }, 'a;b', 'bad_text'],
      [{ type: 'u8', enum: { 0: 'off', 1: 'on' }, value: 'state.x' }, 'maybe', 'unknown_value'],
      [{ type: 'u8', enum: { 3: 'off', 7: 'off' }, value: 'state.x' }, 'off', '03'],
    ];
    for (const [field, value, expected] of cases) {
      const got = compileFields([field]).encode({ 'state.x': value });
      expect(got.ok ? toHex(got.bytes) : got.fault, JSON.stringify([field, value])).toBe(expected);
    }
  });

  it('says 21.5 for 215 at a scale of 0.1, whatever the decimals', () => {
    const scale = fc.constantFrom(0.1, 0.01, 0.001, 0.5, 0.25, 10, 100, 1e-6);
    const offset = fc.constantFrom(0, -40, 0.5, -273.15);
    fc.assert(
      fc.property(scale, offset, fc.integer({ min: -32768, max: 32767 }), (s, o, raw) => {
        const codec = compileFields([{ type: 'i16', value: 'state.x', scale: s, offset: o }]);
        const bytes = Uint8Array.of((raw >> 8) & 0xff, raw & 0xff);
        const got = codec.decode(bytes);
        if (!got.ok) throw new Error(got.fault);
        const value = Number(got.values['state.x']);
        expect(value).toBe(Number((raw * s + o).toPrecision(12)) || 0);
        expect(codec.encode({ 'state.x': value })).toEqual({ ok: true, bytes });
      }),
    );
  });
});

/** Fields that can be written, each with a value that fits. */
type Plain = readonly [Omit<PlainField, 'value'>, Value];
const plain: fc.Arbitrary<Plain> = fc.oneof(
  fc
    .constantFrom(...(['u8', 'i16', 'u24le', 'i32le', 'u48', 'i64', 'f64'] as const))
    .chain((type) => {
      const { min = 0, max = 0 } = numberTypes[type] ?? {};
      const bound = (value: number) => Math.max(-(2 ** 52), Math.min(2 ** 52, value));
      return fc
        .integer({ min: bound(min), max: bound(max) })
        .map((value): Plain => [{ type }, value]);
    }),
  fc.nat(9999).map((value): Plain => [{ type: 'bcd', length: 2 }, value]),
  fc.nat(0xffff).map((value): Plain => [{ type: 'hexdigits', length: 4 }, value]),
  fc
    .integer({ min: -999, max: 9999 })
    .map((value): Plain => [{ type: 'digits', length: 4 }, value]),
  fc
    .string({ unit: fc.constantFrom(...'aZ 09|'), maxLength: 8 })
    .map((value): Plain => [{ type: 'text', until: ';;' }, value]),
  fc
    .uint8Array({ minLength: 3, maxLength: 3 })
    .map((b): Plain => [{ type: 'hex', length: 3 }, toHex(b)]),
  fc
    .constantFrom('on', 'off', true, null)
    .map((value): Plain => [
      { type: 'u8', enum: { 1: 'on', '0x02': 'off', 3: true }, unknown: [255] },
      value,
    ]),
);

const message = fc.array(plain, { minLength: 1, maxLength: 8 }).map((rows) => ({
  fields: rows.map(([field], i): PlainField => ({ ...field, value: `state.v${i}` })),
  values: Object.fromEntries(rows.map(([, value], i) => [`state.v${i}`, value])),
}));

describe('fields: properties', () => {
  it('reads what it wrote, behind any head and before any tail', () => {
    fc.assert(
      fc.property(message, fc.nat(4), fc.nat(4), ({ fields, values }, head, tail) => {
        const geometry = { head, tail };
        expect(fieldsFault(fields, { geometry })).toBeUndefined();
        const codec = compileFields(fields, { geometry });
        const got = codec.encode(values);
        if (!got.ok) throw new Error(`${got.fault} at ${got.at}`);
        expect(codec.decode(got.bytes)).toEqual({ ok: true, values });
      }),
      { numRuns: 500 },
    );
  });

  it('reads lists that it wrote, whether counted or to the end', () => {
    const list = fc.array(fc.nat(255), { maxLength: 20 });
    fc.assert(
      fc.property(list, fc.boolean(), (values, counted) => {
        const repeated: Field = {
          repeat: {
            count: counted ? { of: 'count' } : 'rest',
            fields: [
              { type: 'u8', as: 'size' },
              { type: 'digits', length: { of: 'size' }, value: 'state.x' },
            ],
          },
        };
        const codec = compileFields(counted ? [{ type: 'u8', as: 'count' }, repeated] : [repeated]);
        const got = codec.encode({ 'state.x': values });
        if (!got.ok) throw new Error(`${got.fault} at ${got.at}`);
        expect(codec.decode(got.bytes)).toEqual({ ok: true, values: { 'state.x': values } });
      }),
    );
  });

  it('gives a value or a fault for any bytes, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...fieldVectors),
        fc.uint8Array({ maxLength: 60 }),
        (v, bytes) => {
          const { fields, geometry } = v;
          const got = compileFields(fields, optionsOf(geometry)).decode(bytes);
          expect(typeof got.ok).toBe('boolean');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('writes the case all of whose values are given', () => {
    const codec = compileFields([
      { type: 'u8', as: 'kind' },
      { type: 'u8', when: { field: 'kind', equals: 1 }, value: 'state.short' },
      { type: 'u16', when: { field: 'kind', equals: 2 }, value: 'state.long' },
    ]);
    expect(codec.encode({ 'state.short': 5 })).toEqual({ ok: true, bytes: bytesOf('01 05') });
    expect(codec.encode({})).toEqual({ ok: false, fault: 'missing', at: 'kind' });
  });

  it('reads a typical frame in a few microseconds', () => {
    const vector = fieldVectors[0];
    if (vector === undefined) throw new Error('no vectors');
    const codec = compileFields(vector.fields, optionsOf(vector.geometry));
    const bytes = bytesOf(vector.hex);
    const rounds = 20_000;
    const startedAt = performance.now();
    for (let i = 0; i < rounds; i += 1) codec.decode(bytes);
    // Far above what it takes, so that a busy machine does not matter.
    expect((performance.now() - startedAt) / rounds).toBeLessThan(0.05);
  });
});

const value = 'state.x';
const faults: readonly (readonly [
  string,
  readonly Field[],
  readonly (number | string)[],
  string,
])[] = [
  ['nothing', [], [], 'no field'],
  ['no purpose', [{ type: 'u8' }], [0], 'none of const'],
  ['const and value', [{ type: 'u8', const: 1, value }], [0], 'both const and value'],
  [
    'overlap',
    [
      { type: 'u16', value },
      { at: 1, type: 'u8', value },
    ],
    [1],
    'overlaps',
  ],
  [
    'shared bits',
    [
      { at: 0, type: 'u8', bits: '0..4', value },
      { at: 0, type: 'u8', bits: '4', value },
    ],
    [1],
    'overlaps',
  ],
  ['bits outside', [{ type: 'u8', bits: '7..8', value }], [0], 'outside u8'],
  ['bits of a float', [{ type: 'f32', bits: '0', value }], [0], 'unsigned'],
  ['bits upside down', [{ type: 'u8', bits: '4..2', value }], [0], 'lower one'],
  [
    'until and length',
    [{ type: 'text', until: ';', length: 2, value }],
    [0],
    'both length and until',
  ],
  ['length of a u8', [{ type: 'u8', length: 2, value }], [0], 'size of its own'],
  ['no length', [{ type: 'text', value }], [0], 'needs a length'],
  ['count of nothing', [{ type: 'text', length: { of: 'n' }, value }], [0], 'no earlier field'],
  [
    'count of text',
    [
      { type: 'text', length: 1, as: 'n' },
      { type: 'text', length: { of: 'n' }, value },
    ],
    [1],
    'no number',
  ],
  [
    'when of nothing',
    [{ type: 'u8', when: { field: 'n', equals: 1 }, value }],
    [0],
    'no earlier field',
  ],
  ['const too large', [{ type: 'u8', const: 256 }], [0], 'does not fit'],
  ['const as text', [{ type: 'u8', const: '1' }], [0], 'is a number'],
  ['scaled const', [{ type: 'u8', const: 1, scale: 2 }], [0], 'raw value'],
  ['scale 0', [{ type: 'u8', scale: 0, value }], [0], 'scale of 0'],
  ['scaled text', [{ type: 'text', length: 1, scale: 2, value }], [0], 'no scale'],
  ['enum out of range', [{ type: 'u8', enum: { 256: 'x' }, value }], [0], 'enum 256'],
  ['enum twice', [{ type: 'u8', enum: { 1: 'x', '0x01': 'y' }, value }], [0], 'twice'],
  ['unknown out of range', [{ type: 'u8', unknown: [-1], value }], [0], 'unknown'],
  [
    'name twice',
    [
      { type: 'u8', as: 'n' },
      { type: 'u8', as: 'n' },
    ],
    [1],
    'stands twice',
  ],
  [
    'behind the rest',
    [
      { type: 'text', length: 'rest', value },
      { type: 'u8', value },
    ],
    [1],
    'takes all',
  ],
  [
    'a round of nothing',
    [
      {
        repeat: {
          count: 'rest',
          fields: [{ type: 'u8', const: 1, when: { field: 'n', equals: 1 } }],
        },
      },
    ],
    [0, 'repeat', 'fields'],
    'no bytes',
  ],
  [
    'inside a repeat',
    [{ repeat: { count: 2, fields: [{ type: 'u8' }] } }],
    [0, 'repeat', 'fields', 0],
    'none of const',
  ],
  [
    'inside a tlv',
    [{ tlv: { tag: 'u8', items: { '0x01': [{ type: 'u8' }] } } }],
    [0, 'tlv', 'items', '0x01', 0],
    'none of const',
  ],
  [
    'a tag too large',
    [{ tlv: { tag: 'u8', items: { 256: [{ type: 'u8', value }] } } }],
    [0, 'tlv', 'items', '256'],
    'does not fit',
  ],
  [
    'too many bytes',
    [
      { type: 'text', length: 4000, value },
      { type: 'text', length: 100, value },
    ],
    [1],
    'behind',
  ],
];

describe('fieldsFault', () => {
  it.each(faults)('names %s', (_name, fields, at, text) => {
    const fault = fieldsFault(fields);
    expect(fault?.message).toContain(text);
    expect(fault?.at).toEqual(at);
  });

  it('refuses what the frame owns', () => {
    const geometry = { head: 2, tail: 1 };
    expect(fieldsFault([{ at: 1, type: 'u8', value }], { geometry })?.message).toContain('frame');
  });

  it('tells what is only read', () => {
    const ambiguous: Field = { type: 'u8', enum: { 1: 'bad', 2: 'bad' }, value };
    expect(decodeOnlyReason([{ type: 'u8', const: 1 }, ambiguous])).toEqual({
      at: [1],
      message: 'decode only: two raws read bad',
    });
    expect(decodeOnlyReason([{ tlv: { tag: 'u8', items: {} } }])?.message).toContain('tlv');
    expect(decodeOnlyReason([{ type: 'u8', value }])).toBeUndefined();
  });
});
