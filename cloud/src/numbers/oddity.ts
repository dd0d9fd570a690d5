import type { Oddity, RatioBasis } from '@gatehouse/protocols';

/** What is usual among some phone keys: natural logarithms of made : used. */
export type Usual = {
  readonly keys: number;
  readonly median: number;
  /** Median absolute deviation. */
  readonly mad: number;
};

export type RatioLimit = { readonly limit: number; readonly basis: RatioBasis };

/** Fewer uses say nothing about a habit. */
export const usualUsesMin = 5;
/** Fewer keys say nothing about a group. */
const usualKeysMin = 20;
/**
 * Median and MAD, because a few filmed phones among honest ones must not raise the bound that is to
 * find them (their breakdown point is one half; that of mean and deviation is zero). 1.4826 makes
 * the MAD of a normal distribution its deviation, 3.5 is the usual bound (Iglewicz and Hoaglin,
 * "How to Detect and Handle Outliers", 1993). Of logarithms, because ratios are skewed.
 */
const madFactor = 3.5 * 1.4826;
/** Where everybody is alike, four times the usual is still no outlier. */
const timesUsualMin = 4;
/** Before there is a usual: a code is shown 15 s, so this is twelve minutes of showing per use. */
const limitFixed = 50;
/** Fewer codes are somebody who likes to look at the card. */
export const hoardedMadeMin = 200;
/** A person's phone makes codes that nobody scans; a program that makes one per door does not. */
export const everywhereUsesMin = 30;
export const everywhereRatioMax = 1.05;
export const everywhereDoorsMin = 8;

/** Above which ratio made : used is odd, in a group that is usually like this. */
export const ratioLimit = (own: Usual | undefined, all: Usual | undefined): RatioLimit => {
  const rows: readonly (readonly [RatioBasis, Usual | undefined])[] = [
    ['affiliation', own],
    ['all', all],
  ];
  for (const [basis, usual] of rows) {
    if (usual === undefined || usual.keys < usualKeysMin) continue;
    const above = Math.max(usual.mad * madFactor, Math.log(timesUsualMin));
    return { basis, limit: Math.exp(usual.median + above) };
  }
  return { basis: 'fixed', limit: limitFixed };
};

export type KeyUse = { readonly made: number; readonly used: number; readonly doors: number };

/** @returns why somebody should look at this phone key, or null */
export const oddityOf = ({ made, used, doors }: KeyUse, limit: number): Oddity | null => {
  if (used === 0) return null;
  const ratio = Math.max(made, used) / used;
  if (made >= hoardedMadeMin && ratio > limit) return 'hoarded';
  const isEverywhere =
    used >= everywhereUsesMin && ratio <= everywhereRatioMax && doors >= everywhereDoorsMin;
  return isEverywhere ? 'everywhere' : null;
};
