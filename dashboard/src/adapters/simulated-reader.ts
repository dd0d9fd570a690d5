const hexDigits = '0123456789ABCDEF';

/** Demo: a blank card on the desk reader. A chip of seven bytes, as a card maker's begins. */
export const simulatedUid = (): string => {
  const drawn = crypto.getRandomValues(new Uint8Array(12));
  return `04${[...drawn].map((byte) => hexDigits[byte % hexDigits.length] ?? '0').join('')}`;
};
