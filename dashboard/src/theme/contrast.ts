import { colours } from './tokens.ts';
import type { Scheme } from './tokens.ts';

type Rgb = readonly [number, number, number];

const hexColour = /^#[0-9a-fA-F]{6}$/;

const rgbOf = (hex: string): Rgb => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
];

const hexOf = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const linear = (part: number): number => {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

const luminance = (hex: string): number => {
  const [red, green, blue] = rgbOf(hex);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};

/** WCAG 2.2 contrast of two `#rrggbb`, 1 … 21. */
export const contrast = (a: string, b: string): number => {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};

/** `share` of `b` in `a`, 0 … 1. */
export const mix = (a: string, b: string, share: number): string => {
  const to = rgbOf(b);
  const [red, green, blue] = rgbOf(a);
  return hexOf([
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

const aa = 4.5;
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
    if (grounds.every((ground) => contrast(accent, ground) >= aa)) {
      const onAccent = ['#FFFFFF', '#0E1513'].find((text) => contrast(text, accent) >= aa);
      return { accent, accentSoft, onAccent: onAccent ?? '#FFFFFF' };
    }
  }
  return own;
};
