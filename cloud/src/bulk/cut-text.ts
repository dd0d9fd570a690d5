/** The first characters of a text; no character is cut in two, as a rare name's would be. */
export const cutText = (text: string, charsMax: number): string =>
  text.length <= charsMax
    ? text
    : Array.from(text.slice(0, 2 * charsMax))
        .slice(0, charsMax)
        .join('');
