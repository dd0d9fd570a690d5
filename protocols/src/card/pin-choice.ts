import { pinDigitsMax, pinDigitsMin } from './pin.ts';

/** As many as a random one has. */
export const pinDigitsDrawn = 6;

const digitsOnly = /^[0-9]+$/;

/** Each digit the former plus `step`; nine goes on to nought. */
const isRun = (pin: string, step: number): boolean =>
  [...pin].every((digit, i) => i === 0 || (Number(pin[i - 1]) + step + 10) % 10 === Number(digit));

/** One digit, or two by turns. */
const isRepeated = (pin: string): boolean => [...pin].every((digit, i) => digit === pin[i % 2]);

/**
 * What everybody tries first: runs, repeats, and what stands on the card or is typed before it.
 * @param numbers the number of the PIN and that of the card; only their digits count
 */
export const isWeakPin = (pin: string, numbers: readonly string[]): boolean =>
  [0, 1, -1].some((step) => isRun(pin, step)) ||
  isRepeated(pin) ||
  numbers.some((number) => number.replaceAll(/\D/g, '').includes(pin));

export type PinRefusal = 'not_digits' | 'weak';

/** Undefined: it may be the PIN of this card. */
export const pinRefusal = (pin: string, numbers: readonly string[]): PinRefusal | undefined => {
  const fits = digitsOnly.test(pin) && pin.length >= pinDigitsMin && pin.length <= pinDigitsMax;
  if (!fits) return 'not_digits';
  return isWeakPin(pin, numbers) ? 'weak' : undefined;
};

/** Above it a byte would favour the low digits. */
const fairBytesMax = 250;

/**
 * Digits from random bytes, each as likely as the others; shorter where too few bytes are fair.
 * @param random some four times as many as digits are wanted
 */
export const digitsOf = (random: Uint8Array, count: number): string =>
  [...random]
    .filter((byte) => byte < fairBytesMax)
    .slice(0, count)
    .map((byte) => String(byte % 10))
    .join('');
