type Rgb = readonly [red: number, green: number, blue: number];

/** `#rrggbb` */
export const hexColour = /^#[0-9a-fA-F]{6}$/;

/** @param hex `#rrggbb`; each part 0 … 255 */
export const rgbOfHex = (hex: string): Rgb => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
];

export const hexOfRgb = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

const linear = (part: number): number => {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance, 0 … 1 */
const luminance = (hex: string): number => {
  const [red, green, blue] = rgbOfHex(hex);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio of two `#rrggbb`, 1 … 21. */
export const contrast = (a: string, b: string): number => {
  const [one, other] = [luminance(a), luminance(b)];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
};

/** WCAG 2.2, 1.4.3 (AA), for text of any size. */
export const textContrastMin = 4.5;
