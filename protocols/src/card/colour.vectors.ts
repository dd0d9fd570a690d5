/**
 * Worked by hand from the definitions of WCAG 2.2 (relative luminance, contrast ratio), rounded to
 * two places. #767676 and #777777 are the greys on either side of 4.5:1 on white, as the W3C's
 * techniques G18 and G145 use them.
 */
export const contrastVectors: readonly (readonly [a: string, b: string, ratio: number])[] = [
  ['#000000', '#ffffff', 21],
  ['#ffffff', '#ffffff', 1],
  ['#767676', '#ffffff', 4.54],
  ['#777777', '#ffffff', 4.48],
  ['#ff0000', '#ffffff', 4],
  ['#00ff00', '#ffffff', 1.37],
  ['#0000ff', '#ffffff', 8.59],
  ['#ff0000', '#000000', 5.25],
  ['#808080', '#ffffff', 3.95],
  ['#0a0a0a', '#000000', 1.06],
];
