import { keyRows, keys } from './keys.ts';
import type { KeyRow } from './keys.ts';
import { layouts, none } from './layouts.table.ts';
import type { LayoutName } from './layouts.table.ts';

/** Which of its meanings a key has. */
export type Level = 'plain' | 'shift' | 'altGr';
export const levels: readonly Level[] = ['plain', 'shift', 'altGr'];

/** What one key means; absent = nothing. */
export type KeyMeaning = Readonly<Partial<Record<Level, string>>> & {
  /** Caps lock exchanges plain and shift: xkb's type ALPHABETIC. */
  readonly isLetter: boolean;
};

export type Layout = {
  readonly name: LayoutName;
  readonly keys: ReadonlyMap<number, KeyMeaning>;
  /** Of the levels plain and shift. */
  readonly dead: ReadonlySet<string>;
  readonly hasAltGr: boolean;
};

/** Accents that dead keys put above a letter, as combining characters. */
const combining: Readonly<Record<string, string>> = {
  '^': '\u0302',
  '´': '\u0301',
  '`': '\u0300',
  '¨': '\u0308',
};

/**
 * What a dead key and the next character make: the accent itself before a space, one letter where
 * there is such a letter, else both, as Windows types them.
 */
export const withAccent = (accent: string, char: string): string => {
  if (char === ' ') return accent;
  const letter = (char + (combining[accent] ?? '')).normalize('NFC');
  return [...letter].length === 1 && letter !== char ? letter : accent + char;
};

const meaningOf = (plain: string, shift: string, altGr: string | undefined): KeyMeaning => ({
  ...(plain === none ? {} : { plain }),
  ...(shift === none ? {} : { shift }),
  ...(altGr === undefined ? {} : { altGr }),
  isLetter: plain !== shift && plain.toUpperCase() === shift,
});

const rowNames: readonly KeyRow[] = ['digits', 'upper', 'home', 'lower', 'keypad'];

export const layoutOfName = (name: LayoutName): Layout => {
  const { rows, altGr, dead } = layouts[name];
  const meanings = new Map<number, KeyMeaning>();
  for (const row of rowNames) {
    const [plain, shift] = rows[row].map((text) => [...text]);
    for (const [i, code] of keyRows[row].entries()) {
      const own = plain?.[i] ?? none;
      const third = row !== 'keypad' && Object.hasOwn(altGr, own) ? altGr[own] : undefined;
      meanings.set(code, meaningOf(own, shift?.[i] ?? none, third));
    }
  }
  meanings.set(keys.space, { plain: ' ', shift: ' ', altGr: ' ', isLetter: false });
  const hasAltGr = Object.keys(altGr).length > 0;
  return { name, keys: meanings, dead: new Set(dead), hasAltGr };
};
