import { utf8 } from '../bytes.ts';

/**
 * A PIN opens nothing by itself: a number is typed before it, which looks the card up and is no
 * secret. Typed as one: six digits, then the PIN, then `#` where the keypad sends it.
 */
export const pinNumberDigits = 6;
export const pinDigitsMin = 4;
export const pinDigitsMax = 8;
/** More was never typed on a keypad. */
export const pinEntryCharsMax = 16;

/** RFC 7914. One check is 16 MiB and some 50 ms of a core. */
export const pinScrypt = { cost: 16_384, blockSize: 8, parallelization: 1, bytes: 32 } as const;
export const pinSaltBytes = 16;
export const pinPepperBytes = 32;

export type PinEntry = {
  readonly number: string;
  /** The digits as bytes: a secret, in memory only until it is checked. */
  readonly pin: Uint8Array;
};

const entry = /^([0-9]{6})([0-9]{4,8})#?$/;

/** What was typed, or undefined where the text is no such entry. */
export const parsePinEntry = (text: string): PinEntry | undefined => {
  if (text.length > pinEntryCharsMax) return undefined;
  const [, number, pin] = entry.exec(text) ?? [];
  return number === undefined || pin === undefined ? undefined : { number, pin: utf8(pin) };
};

/** So many wrong tries of one number, or at one reader, and it is not looked at for a while. */
export const pinTriesPerNumber = 5;
export const pinTriesPerReader = 20;
export const pinTriesWithinMs = 600_000;
export const pinLockedForMs = 600_000;
