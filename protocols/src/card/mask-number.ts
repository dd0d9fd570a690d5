const maskedChars = 4;

/** A card's number with its end alone, of a short one its half. */
export const maskNumber = (number: string): string => {
  const shown = Math.min(maskedChars, Math.floor(number.length / 2));
  return `****${number.slice(number.length - shown)}`;
};
