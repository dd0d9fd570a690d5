import { contrast, hexOfRgb, rgbOfHex, textContrastMin } from './colour.ts';

export const carriesWhiteText = (colour: string): boolean =>
  contrast('#ffffff', colour) >= textContrastMin;

/** The same hue, darker by as little as white text on it needs; in lower case. */
export const darkenForWhiteText = (colour: string): string => {
  const [red, green, blue] = rgbOfHex(colour);
  for (let share = 255; share > 0; share -= 1) {
    const scale = share / 255;
    const darker = hexOfRgb([red * scale, green * scale, blue * scale]);
    if (carriesWhiteText(darker)) return darker;
  }
  return '#000000';
};
