import { contrast } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accentOf } from './contrast.ts';
import { colours, schemes, shapePairs, textPairs } from './tokens.ts';
import { themeCss } from './theme-css.ts';

describe('tokens', () => {
  for (const scheme of schemes) {
    for (const [text, ground] of textPairs) {
      it(`${scheme}: ${text} is readable on ${ground}`, () => {
        const found = contrast(colours[text][scheme], colours[ground][scheme]);
        expect(found).toBeGreaterThanOrEqual(4.5);
      });
    }
    for (const [shape, ground] of shapePairs) {
      it(`${scheme}: ${shape} is seen on ${ground}`, () => {
        const found = contrast(colours[shape][scheme], colours[ground][scheme]);
        expect(found).toBeGreaterThanOrEqual(3);
      });
    }
  }

  it('reach the page as variables of both schemes', () => {
    for (const { light, dark } of Object.values(colours)) {
      expect(themeCss()).toContain(light);
      expect(themeCss().split(dark).length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the school’s colour', () => {
  const channel = fc.integer({ min: 0, max: 255 });
  const colour = fc
    .tuple(channel, channel, channel)
    .map((parts) => `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`);

  it('stays readable whatever it is', () => {
    fc.assert(
      fc.property(colour, fc.constantFrom(...schemes), (school, scheme) => {
        const { accent, onAccent, accentSoft } = accentOf(school, scheme);
        const grounds = [colours.ground[scheme], colours.surface[scheme], accentSoft];
        for (const ground of grounds) expect(contrast(accent, ground)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('is kept as it is where it is readable already', () => {
    expect(accentOf('#7A1F2B', 'light').accent.toLowerCase()).toBe('#7a1f2b');
  });

  it('is ours where the school has none or something that is no colour', () => {
    expect(accentOf(null, 'light').accent).toBe(colours.accent.light);
    expect(accentOf('red', 'dark').accent).toBe(colours.accent.dark);
  });
});
