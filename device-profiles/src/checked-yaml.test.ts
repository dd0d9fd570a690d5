import fc from 'fast-check';
import Type from 'typebox';
import { describe, expect, it } from 'vitest';
import { checkedYaml, faultText, yamlCharsMax } from './checked-yaml.ts';

const closed = { additionalProperties: false } as const;
const Schema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z]+$' }),
    side: Type.Optional(Type.Union([Type.Literal('entry'), Type.Literal('exit')])),
    units: Type.Optional(
      Type.Array(Type.Object({ port: Type.Integer({ minimum: 1 }) }, closed), { maxItems: 3 }),
    ),
  },
  closed,
);

const faultsOf = (text: string): readonly string[] => {
  const checked = checkedYaml(text, Schema, 'a.yaml');
  return checked.ok ? [] : checked.faults.map(faultText);
};

const laughs = `name: [&a [x, x], &b [*a, *a], *b]`;
const nineKeys = Array.from({ length: 9 }, (_, i) => `k${i}: 1\n`).join('');

describe('checked YAML', () => {
  it.each([
    ['good', 'name: gate\nunits: [{ port: 1 }]\n', []],
    ['wrong value', 'name: gate\nunits:\n  - port: 0\n', ['a.yaml:3:11 units.0.port must be >= 1']],
    ['wrong type', 'name: 7\n', ['a.yaml:1:7 name must be string']],
    ['fixed values', 'name: gate\nside: up\n', ['a.yaml:2:7 side must be "entry" or "exit"']],
    [
      'unknown key',
      'name: gate\nsid: exit\n',
      ['a.yaml:2:1 sid is not an option here: did you mean side?'],
    ],
    [
      'unknown key, deep',
      'name: gate\nunits:\n  - { port: 1, prot: 2 }\n',
      ['a.yaml:3:16 units.0.prot is not an option here'],
    ],
    ['missing key', 'side: entry\n', ['a.yaml:1:1 lacks name']],
    ['missing key, deep', 'name: gate\nunits:\n  - {}\n', ['a.yaml:3:5 units.0 lacks port']],
    ['not a map', '- name\n', ['a.yaml:1:1 must be object']],
    ['duplicate key', 'name: gate\nname: door\n', ['a.yaml:2:1 Map keys must be unique']],
    ['empty', '', ['a.yaml:1:1 is empty']],
    ['a comment only', '# nothing\n', ['a.yaml:1:1 is empty']],
    ['null', '~\n', ['a.yaml:1:1 must be object']],
    [
      'an alias',
      'name: &n gate\nside: *n\n',
      ['a.yaml:2:7 aliases are refused: write the value again'],
    ],
    [
      'billion laughs',
      laughs,
      Array(3).fill(expect.stringContaining('aliases are refused')) as string[],
    ],
    [
      'two documents',
      'name: a\n---\nname: b\n',
      [expect.stringMatching(/^a\.yaml:2:1 Source contains multiple documents/)],
    ],
  ])('%s', (_case, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('names every unknown key that the schema library reports, in the order of the file', () => {
    const faults = faultsOf(`name: gate\n${nineKeys}`);
    expect(faults.length).toBeGreaterThanOrEqual(8);
    expect(faults.slice(0, 2)).toEqual([
      'a.yaml:2:1 k0 is not an option here',
      'a.yaml:3:1 k1 is not an option here',
    ]);
  });

  it('tells where a syntax error is', () => {
    const [first] = faultsOf('name: gate\nunits: [{ port: 1 }\n');
    expect(first).toMatch(/^a\.yaml:3:1 .*\]/);
  });

  it('refuses a huge file before reading it', () => {
    expect(faultsOf(`name: ${'a'.repeat(yamlCharsMax)}`)).toEqual([
      `a.yaml:1:1 is longer than ${yamlCharsMax} characters`,
    ]);
  });

  it.each([
    ['lists', '['.repeat(20_000)],
    ['closed lists', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['dashes', '- '.repeat(20_000) + 'a'],
  ])('answers %s that are nested too deep with few faults', (_case, text) => {
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(20);
  });

  it('puts a fault of the caller at the value', () => {
    const checked = checkedYaml('name: gate\nunits:\n  - port: 5\n', Schema, 'a.yaml');
    const at = (path: string): string =>
      checked.ok ? faultText(checked.faultAt(path, 'is taken')) : '';
    expect(at('units.0.port')).toBe('a.yaml:3:11 units.0.port is taken');
    expect(at('units.7.port')).toBe('a.yaml:3:3 units.7.port is taken');
    expect(at('')).toBe('a.yaml:1:1 is taken');
  });

  it('answers any text with a value or with faults that have a place', () => {
    const piece = fc.constantFrom(
      'name',
      ': ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '<<',
      '"',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
        const checked = checkedYaml(pieces.join(''), Schema, 'a.yaml');
        if (checked.ok) return;
        expect(checked.faults.length).toBeGreaterThan(0);
        for (const fault of checked.faults) {
          expect(fault.line).toBeGreaterThan(0);
          expect(fault.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
