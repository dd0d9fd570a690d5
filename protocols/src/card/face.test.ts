import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { affiliationKinds } from './affiliation.ts';
import { contrast } from './colour.ts';
import { darkenForWhiteText } from './readable-colour.ts';
import { defaultFace } from './default-face.table.ts';
import { CardFace } from './face.ts';
import { faceCovers, faceFields } from './face-choices.ts';
import { faceFaults, lookOf, safeLink } from './face-rules.ts';
import { maskNumber } from './mask-number.ts';

const face = defaultFace(null);
const link = (url: string) => ({ label: { zh: '图书馆', en: 'Library' }, url });

const hostileForms: readonly (readonly [why: string, value: unknown])[] = [
  ['nothing', {}],
  ['a colour by name', { ...face, colour: 'red' }],
  ['a colour that goes on', { ...face, colour: '#000000;background:url(//x)' }],
  ['a short colour', { ...face, colour: '#000' }],
  ['a cover of its own', { ...face, cover: 'https://x.example/a.svg' }],
  ['a field that is none', { ...face, fields: ['name', 'pin'] }],
  ['no field', { ...face, fields: [] }],
  ['a field twice', { ...face, fields: ['name', 'name'] }],
  ['every field', { ...face, fields: [...faceFields] }],
  ['a title without end', { ...face, title: { zh: '卡'.repeat(21), en: 'x' } }],
  ['a title in one language', { ...face, title: { zh: '卡' } }],
  ['seven shortcuts', { ...face, shortcuts: Array(7).fill(link('https://a.example/')) }],
  ['a kind that is none', { ...face, kinds: { dog: { colour: '#000000' } } }],
  ['a prototype', JSON.parse(`{"__proto__": {}, "colour": "#000000"}`)],
  ['something more', { ...face, script: 'x' }],
  ['something more of a kind', { ...face, kinds: { student: { cover: 'plain' } } }],
];

describe('the form of a face', () => {
  it('fits the default', () => {
    expect(Value.Check(CardFace, face)).toBe(true);
    expect(faceFaults(face)).toEqual([]);
  });
  for (const [why, value] of hostileForms) {
    it(`refuses ${why}`, () => {
      expect(Value.Check(CardFace, value)).toBe(false);
    });
  }
});

describe('what a form cannot say', () => {
  for (const [why, given, faults] of [
    ['too light', { colour: '#777777' }, [['colour', 'contrast', '#767676']]],
    ['an empty title', { title: { zh: ' ', en: 'x' } }, [['title.zh', 'words', undefined]]],
    [
      'a title that turns the writing round',
      { title: { zh: '卡', en: 'a\u202eb' } },
      [['title.en', 'words', undefined]],
    ],
    ['a zero', { title: { zh: '卡\u0000', en: 'b' } }, [['title.zh', 'words', undefined]]],
    [
      'a kind of its own',
      { kinds: { visitor: { colour: '#ffff00' } } },
      [['kinds.visitor.colour', 'contrast', darkenForWhiteText('#ffff00')]],
    ],
    [
      'a link',
      { shortcuts: [link('https://a.example/'), link('http://a.example/')] },
      [['shortcuts.1.url', 'link', undefined]],
    ],
  ] as const) {
    it(`is refused: ${why}`, () => {
      const found = faceFaults({ ...face, ...given } as CardFace); // rows of the right form
      expect(found.map(({ at, fault, offer }) => [at, fault, offer])).toEqual(faults);
    });
  }
});

const links: readonly (readonly [text: string, host: string | undefined])[] = [
  ['https://library.example.org/a?b=c#d', 'library.example.org'],
  ['HTTPS://Library.Example.org', 'library.example.org'],
  ['https://library.example.org:8443/', 'library.example.org:8443'],
  // Cyrillic а: the host that is told reads differently.
  ['https://\u0430pple.example/', 'xn--pple-43d.example'],
  // As IANA writes that top-level domain.
  ['https://中国.example/', 'xn--fiqs8s.example'],
  ['http://library.example.org/', undefined],
  ['javascript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)//https://a.example/', undefined],
  ['java\tscript:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['//library.example.org/', undefined],
  ['https:/library.example.org/', undefined],
  ['https:library.example.org', undefined],
  ['https:///library.example.org/', undefined],
  ['https://user@library.example.org/', undefined],
  ['https://user:word@library.example.org/', undefined],
  ['https://@library.example.org/', undefined],
  ['https://library.example.org@evil.example/', undefined],
  ['https://library.example.org\\@evil.example/', undefined],
  ['https://lib rary.example.org/', undefined],
  ['https://library.example.org/\n', undefined],
  ['https://library.example.org/\u202e', undefined],
  ['https://lib\u200brary.example.org/', undefined],
  ['https://', undefined],
  ['https://a.example:99999/', undefined],
  ['', undefined],
  [`https://a.example/${'x'.repeat(300)}`, undefined],
  // Short as typed, and too long as a browser writes it.
  [`https://a.example/${'图'.repeat(60)}`, undefined],
];

describe('a link', () => {
  for (const [text, host] of links) {
    it(`${JSON.stringify(text.slice(0, 50))} leads to ${host ?? 'nowhere'}`, () => {
      expect(safeLink(text)?.host).toBe(host);
    });
  }

  it('is https, without credentials, and stays so when it is read again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withFragments: true }), fc.string()), (text) => {
        const found = safeLink(text);
        if (found === undefined) return;
        const { protocol, username, password } = new URL(found.url);
        expect([protocol, username, password]).toEqual(['https:', '', '']);
        expect(safeLink(found.url)).toEqual(found);
      }),
    );
  });
});

describe('a number', () => {
  for (const [number, shown] of [
    ['20240103721', '****3721'],
    ['A1234', '****34'],
    ['12', '****2'],
    ['1', '****'],
  ] as const) {
    it(`${number} is masked as ${shown}`, () => {
      expect(maskNumber(number)).toBe(shown);
    });
  }
});

const hex = fc
  .array(fc.constantFrom(...'0123456789abcdefABCDEF'), { minLength: 6, maxLength: 6 })
  .map((digits) => `#${digits.join('')}`);
const words = fc.record({
  zh: fc.string({ minLength: 1, maxLength: 12 }),
  en: fc.string({ minLength: 1, maxLength: 12 }),
});
const override = fc.record({ colour: hex, title: words }, { requiredKeys: [] });
const faces = fc.record({
  colour: hex,
  title: words,
  cover: fc.constantFrom(...faceCovers),
  fields: fc.uniqueArray(fc.constantFrom(...faceFields), { minLength: 1, maxLength: 6 }),
  number: fc.constantFrom('masked' as const, 'whole' as const),
  shortcuts: fc.array(fc.record({ label: words, url: fc.webUrl({ validSchemes: ['https'] }) }), {
    maxLength: 6,
  }),
  kinds: fc.record(
    {
      student: override,
      teacher: override,
      staff: override,
      guardian: override,
      visitor: override,
    },
    { requiredKeys: [] },
  ),
});

describe('any face that is taken', () => {
  it('can be read on every kind of card, whatever its cover; any other is offered a way', () => {
    fc.assert(
      fc.property(faces, (given) => {
        if (!Value.Check(CardFace, given)) return;
        const faults = faceFaults(given);
        for (const { fault, offer } of faults) {
          if (fault === 'contrast') {
            expect(contrast('#ffffff', offer ?? '#fff')).toBeGreaterThan(4.5);
          }
        }
        if (faults.length > 0) return;
        for (const kind of [...affiliationKinds, 'external']) {
          const look = lookOf(given, kind);
          // Covers only darken: the bare colour is the worst that text stands on.
          expect(contrast('#ffffff', look.colour)).toBeGreaterThanOrEqual(4.5);
          expect(look.shortcuts.length).toBe(given.shortcuts.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has what a kind has of its own, and the rest in common', () => {
    const own = { ...face, kinds: { teacher: { colour: '#6b3a2e' } } };
    expect(lookOf(own, 'teacher')).toEqual({ ...lookOf(own, 'student'), colour: '#6b3a2e' });
    expect(lookOf(own, '__proto__').colour).toBe(face.colour);
  });

  it('begins with the school’s colour, as dark as white text needs', () => {
    for (const [site, colour] of [
      [null, '#1f6f5c'],
      ['#7A1F2B', '#7a1f2b'],
      ['#ffff00', darkenForWhiteText('#ffff00')],
      ['red', '#1f6f5c'],
    ] as const) {
      expect(defaultFace(site).colour).toBe(colour);
    }
  });
});
