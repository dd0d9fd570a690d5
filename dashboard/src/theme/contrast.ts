import { contrast, hexColour, hexOfRgb, rgbOfHex, textContrastMin } from '@gatehouse/protocols';
import { colours } from './tokens.ts';
import type { Scheme } from './tokens.ts';

/** `share` of `b` in `a`, 0 … 1. */
export const mix = (a: string, b: string, share: number): string => {
  const to = rgbOfHex(b);
  const [red, green, blue] = rgbOfHex(a);
  return hexOfRgb([
    red + (to[0] - red) * share,
    green + (to[1] - green) * share,
    blue + (to[2] - blue) * share,
  ]);
};

export type Accent = {
  readonly accent: string;
  readonly onAccent: string;
  readonly accentSoft: string;
};

const steps = 40;

/**
 * The school's colour as our accent: moved towards black or white just as far as text in it stays
 * readable on ground, surface and its own soft ground. Anything that is not `#rrggbb` is ours.
 */
export const accentOf = (schoolColour: string | null, scheme: Scheme): Accent => {
  const own = {
    accent: colours.accent[scheme],
    onAccent: colours.onAccent[scheme],
    accentSoft: colours.accentSoft[scheme],
  };
  if (schoolColour === null || !hexColour.test(schoolColour)) return own;
  const pole = scheme === 'light' ? '#000000' : '#FFFFFF';
  const surface = colours.surface[scheme];
  for (let step = 0; step <= steps; step += 1) {
    const accent = mix(schoolColour, pole, step / steps);
    const accentSoft = mix(surface, accent, scheme === 'light' ? 0.1 : 0.16);
    const grounds = [surface, colours.ground[scheme], colours.sunken[scheme], accentSoft];
    if (grounds.every((ground) => contrast(accent, ground) >= textContrastMin)) {
      const onAccent = ['#FFFFFF', '#0E1513'].find(
        (text) => contrast(text, accent) >= textContrastMin,
      );
      return { accent, accentSoft, onAccent: onAccent ?? '#FFFFFF' };
    }
  }
  return own;
};
