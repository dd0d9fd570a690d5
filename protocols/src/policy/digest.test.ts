import { createHash } from 'node:crypto';
import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { addRow, canonicalJson, digestText, emptyDigest, removeRow, rowDigest } from './digest.ts';
import { policyKey, PolicyRow, policySections } from './rows.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const digestOf = (row: PolicyRow) => rowDigest(row, { sha256 });

const uuid = '019ab0c4-5d00-7000-8000-000000000001';
const rows: readonly PolicyRow[] = [
  { section: 'site', campus: 'campus-01', site: 'main', zone: 'Asia/Shanghai' },
  { section: 'door', id: 'lab', class: 'lab', nameZh: '实验室', nameEn: 'Lab', unlockMs: 3000 },
  { section: 'schedule', id: 'office', windows: [{ days: [1, 2], from: 480, to: 1080 }] },
  { section: 'rule', id: 'r1', group: 'staff', door: 'lab', schedule: 'office' },
  { section: 'card', id: uuid, person: uuid, groups: ['staff'], validFrom: 0, validTo: 1 },
  {
    section: 'credential',
    id: '00a1b2c3d4e5f607',
    card: uuid,
    alg: 'EdDSA',
    key: 'A'.repeat(43),
  },
  { section: 'profile', id: 'my-lock', mode: 'live', version: '1.2.0', text: 'id: my-lock' },
  {
    section: 'claim',
    id: 'east',
    authority: 'gw-1',
    host: 'gw-1.lan',
    port: 8884,
    members: ['gw-1', 'gw-2'],
  },
  { section: 'uid', id: '040CAC12ED4C81', card: uuid },
  { section: 'pin', id: '123456', card: uuid, salt: 'A'.repeat(22), hash: 'A'.repeat(43) },
];

describe('canonical JSON', () => {
  it.each([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    [{ b: { d: 1, c: [2, { f: 3, e: 4 }] } }, '{"b":{"c":[2,{"e":4,"f":3}],"d":1}}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [{ B: 1, a: 2, A: 3 }, '{"A":3,"B":1,"a":2}'],
    ['实\n"', '"实\\n\\""'],
    [[], '[]'],
    [{}, '{}'],
    [0.5, '0.5'],
    [false, 'false'],
  ])('of %j is %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is JSON, and the same whatever order the keys came in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(turned)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the digest of a policy', () => {
  it('is the SHA-256 of the canonical row, by sha256sum', () => {
    // printf '{"campus":"c","section":"site","site":"s","zone":"UTC"}' | sha256sum
    const row: PolicyRow = { zone: 'UTC', section: 'site', site: 's', campus: 'c' };
    expect(digestText(digestOf(row))).toBe(
      'faf552e1f7f2ed87e9a983f608ef1b3039b30544440dd6e2422841c20d0882b8',
    );
  });

  it('does not depend on the order of its rows', () => {
    const sum = (all: readonly PolicyRow[]) =>
      all.map(digestOf).reduce((digest, row) => addRow(digest, row), emptyDigest);
    fc.assert(
      fc.property(fc.shuffledSubarray([...rows], { minLength: rows.length }), (turned) => {
        expect(sum(turned)).toBe(sum(rows));
      }),
    );
  });

  it('forgets a row that is taken out again', () => {
    const number = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
    fc.assert(
      fc.property(number, number, (digest, row) => {
        expect(removeRow(addRow(digest, row), row)).toBe(digest);
        expect(addRow(removeRow(digest, row), row)).toBe(digest);
        expect(digestText(addRow(digest, row))).toMatch(/^[0-9a-f]{64}$/);
      }),
    );
  });

  it('is 64 digits also of nothing', () => {
    expect(digestText(emptyDigest)).toBe('0'.repeat(64));
  });
});

describe('policy rows', () => {
  it.each(rows.map((row) => [row.section, row] as const))('%s is one, with a key', (_, row) => {
    expect(Value.Check(PolicyRow, row)).toBe(true);
    expect(policyKey(row)).not.toBe('');
  });

  it('are of the sections that are listed', () => {
    expect(rows.map(({ section }) => section)).toEqual([...policySections]);
  });

  it.each([
    ['a section that we do not know', { section: 'robot', id: 'x' }],
    ['a door that opens for a minute', { ...rows[1], unlockMs: 60_000 }],
    ['a schedule on an eighth day', { ...rows[2], windows: [{ days: [8], from: 0, to: 1 }] }],
    ['a schedule beyond midnight', { ...rows[2], windows: [{ days: [1], from: 0, to: 1441 }] }],
    ['a key of SM2', { ...rows[5], alg: 'SM2' }],
    ['a key that is too short', { ...rows[5], key: 'A'.repeat(42) }],
    ['a profile of another mode', { ...rows[6], mode: 'draft' }],
    ['a profile of no version', { ...rows[6], version: '1.2' }],
    ['a profile of a megabyte', { ...rows[6], text: 'x'.repeat(1024 * 1024) }],
    ['a UID in small letters', { ...rows[8], id: '040cac12ed4c81' }],
    ['a UID of half a byte', { ...rows[8], id: '040CAC12E' }],
    ['a UID of three bytes', { ...rows[8], id: '040CAC' }],
    ['a PIN of five digits of number', { ...rows[9], id: '12345' }],
    ['a PIN without salt', { ...rows[9], salt: '' }],
    ['a site with a short pepper', { ...rows[0], pinPepper: 'A' }],
    ['a credential in capitals', { ...rows[5], id: '00A1B2C3D4E5F607' }],
  ])('%s is none', (_, row) => {
    expect(Value.Check(PolicyRow, row)).toBe(false);
  });
});
