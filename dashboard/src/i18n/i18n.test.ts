import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const source = join(import.meta.dirname, '..');

type Catalogue = { readonly [key: string]: string | Catalogue };

const read = (name: string): Catalogue =>
  JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')) as Catalogue;

const keysOf = (catalogue: Catalogue, prefix = ''): readonly string[] =>
  Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );

const valuesOf = (catalogue: Catalogue): readonly string[] =>
  Object.values(catalogue).flatMap((value) =>
    typeof value === 'string' ? [value] : valuesOf(value),
  );

const sources = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .filter(({ name }) => !name.includes('.test.'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
const code = sources.join('\n');

/** `t('a.b')`, and names of keys that stand in tables and conditionals. */
const namedKeys = new Set([...code.matchAll(/'([a-zA-Z_]+(?:\.[a-zA-Z_]+)*)'/g)].map((m) => m[1]));
/** Beginnings of keys that are put together: `role.` of `role.${role}.name`. */
const madeKeys = [...code.matchAll(/`([a-zA-Z_.]+)\.\$\{[^}]*\}([a-zA-Z_.]*)`/g)].map(
  ([, head = '', tail = '']) => ({ head: `${head}.`, tail }),
);

const plural = /_(?:one|other)$/;
const isUsed = (key: string): boolean =>
  namedKeys.has(key) ||
  madeKeys.some(({ head, tail }) => key.startsWith(head) && key.endsWith(tail));

const pairs = [
  ['zh.json', 'en.json'],
  ['console-zh.json', 'console-en.json'],
  ['phone-zh.json', 'phone-en.json'],
  ['cards-zh.json', 'cards-en.json'],
  ['mine-zh.json', 'mine-en.json'],
  ['numbers-zh.json', 'numbers-en.json'],
  ['people-zh.json', 'people-en.json'],
  ['bulk-zh.json', 'bulk-en.json'],
  ['face-zh.json', 'face-en.json'],
  ['choose-zh.json', 'choose-en.json'],
] as const;

describe('the catalogues', () => {
  for (const [zhName, enName] of pairs) {
    const zh = read(zhName);
    const en = read(enName);

    it(`${zhName} and ${enName} have the same keys`, () => {
      expect(keysOf(zh)).toEqual(keysOf(en));
    });

    it(`${zhName} and ${enName} fill the same values in`, () => {
      const names = (text: string) =>
        [...text.matchAll(/\{\{?(\w+)\}?\}/g)].map((m) => m[1] ?? '').sort();
      const english = valuesOf(en);
      valuesOf(zh).forEach((text, i) => {
        // A plural may leave its number out: "See its door".
        const wanted = names(english[i] ?? '');
        expect(names(text), text).toEqual(expect.arrayContaining(wanted));
      });
    });

    it(`${zhName} has no word that no page uses`, () => {
      const unused = keysOf(zh)
        .map((key) => key.replace(plural, ''))
        .filter((key) => !isUsed(key));
      expect(unused).toEqual([]);
    });
  }

  it('have every key that a page asks for', () => {
    const known = new Set(
      pairs.flatMap(([zhName]) => keysOf(read(zhName)).map((key) => key.replace(plural, ''))),
    );
    const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1] ?? '');
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !known.has(key))).toEqual([]);
  });
});

describe('the sources', () => {
  it('hold no Chinese: words stand in the catalogues', () => {
    for (const text of sources) expect(text).not.toMatch(/\p{Script=Han}/u);
  });
});
