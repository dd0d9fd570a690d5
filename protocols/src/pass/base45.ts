/**
 * Base45 (RFC 9285), strict: what the RFC calls invalid is refused, nothing is trimmed and nothing
 * is folded to upper case. A space is a digit of this alphabet, so trimming would change the bytes.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const base = 45;
const noDigit = -1;

/** Value of each ASCII character, or `noDigit`. */
const digitOfCharCode: Readonly<Int8Array> = Int8Array.from({ length: 128 }, (_, code) =>
  alphabet.indexOf(String.fromCharCode(code)),
);

const digitAt = (text: string, at: number): number =>
  digitOfCharCode[text.charCodeAt(at)] ?? noDigit;

/** Two bytes become three characters, a single last byte becomes two. */
export const encodeBase45 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    const value = isPair ? (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0) : (bytes[at] ?? 0);
    text += alphabet.charAt(value % base) + alphabet.charAt(Math.floor(value / base) % base);
    if (isPair) text += alphabet.charAt(Math.floor(value / (base * base)));
  }
  return text;
};

/**
 * The bytes, or undefined where the text is not Base45: a character outside the alphabet, a length
 * of 1 modulo 3, or a group above the largest value of its bytes (RFC 9285 §6: `:::`, `GGX`).
 * Takes time in proportion to the text: the caller bounds its length.
 */
export const decodeBase45 = (text: string): Uint8Array | undefined => {
  const rest = text.length % 3;
  if (rest === 1) return undefined;
  const wholeLength = text.length - rest;
  const bytes = new Uint8Array((wholeLength / 3) * 2 + (rest === 2 ? 1 : 0));
  let end = 0;
  for (let at = 0; at < wholeLength; at += 3) {
    const c = digitAt(text, at);
    const d = digitAt(text, at + 1);
    const e = digitAt(text, at + 2);
    const value = c + d * base + e * base * base;
    if ((c | d | e) < 0 || value > 0xffff) return undefined;
    bytes[end] = value >> 8;
    bytes[end + 1] = value & 0xff;
    end += 2;
  }
  if (rest === 2) {
    const c = digitAt(text, wholeLength);
    const d = digitAt(text, wholeLength + 1);
    const value = c + d * base;
    if ((c | d) < 0 || value > 0xff) return undefined;
    bytes[end] = value;
  }
  return bytes;
};
