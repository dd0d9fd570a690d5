import type { KeyRow } from './keys.ts';

/**
 * What the keys of a country's keyboard mean, row by row in the order of `keyRows`, without and
 * with shift; `none` stands for nothing. Source: xkeyboard-config 2.35, symbols/us, gb, de and fr,
 * each "basic", as far as the country's usual keyboard on Windows says the same: that is what
 * scanners imitate.
 */
export type LayoutRow = {
  readonly rows: Readonly<Record<KeyRow, readonly [plain: string, shift: string]>>;
  /** By what the key means without shift. */
  readonly altGr: Readonly<Record<string, string>>;
  /** Wait for the next key: with a space they are themselves, with a letter its accent. */
  readonly dead: string;
};

export const none = '\u0000';

const keypad = (decimal: string): readonly [string, string] => {
  const row = `789-456+1230${decimal}*/=`;
  return [row, row];
};

export const layoutNames = ['us', 'gb', 'de', 'fr'] as const;
export type LayoutName = (typeof layoutNames)[number];

export const layouts: Readonly<Record<LayoutName, LayoutRow>> = {
  us: {
    rows: {
      digits: ['`1234567890-=', '~!@#$%^&*()_+'],
      upper: ['qwertyuiop[]', 'QWERTYUIOP{}'],
      home: ["asdfghjkl;'\\", 'ASDFGHJKL:"|'],
      lower: [`${none}zxcvbnm,./`, `${none}ZXCVBNM<>?`],
      keypad: keypad('.'),
    },
    altGr: {},
    dead: '',
  },
  gb: {
    rows: {
      digits: ['`1234567890-=', '¬!"£$%^&*()_+'],
      upper: ['qwertyuiop[]', 'QWERTYUIOP{}'],
      home: ["asdfghjkl;'#", 'ASDFGHJKL:@~'],
      lower: ['\\zxcvbnm,./', '|ZXCVBNM<>?'],
      keypad: keypad('.'),
    },
    altGr: { 4: '€' },
    dead: '',
  },
  de: {
    rows: {
      digits: ['^1234567890ß´', '°!"§$%&/()=?`'],
      upper: ['qwertzuiopü+', 'QWERTZUIOPÜ*'],
      home: ['asdfghjklöä#', "ASDFGHJKLÖÄ'"],
      lower: ['<yxcvbnm,.-', '>YXCVBNM;:_'],
      keypad: keypad(','),
    },
    altGr: {
      ...{ 2: '²', 3: '³', 7: '{', 8: '[', 9: ']', 0: '}' },
      ...{ ß: '\\', q: '@', e: '€', '+': '~', '<': '|', m: 'µ' },
    },
    dead: '^´`',
  },
  fr: {
    rows: {
      digits: ['²&é"\'(-è_çà)=', `${none}1234567890°+`],
      upper: ['azertyuiop^$', 'AZERTYUIOP¨£'],
      home: ['qsdfghjklmù*', 'QSDFGHJKLM%µ'],
      lower: ['<wxcvbn,;:!', '>WXCVBN?./§'],
      keypad: keypad('.'),
    },
    altGr: {
      ...{ é: '~', '"': '#', "'": '{', '(': '[', '-': '|', è: '`' },
      ...{ _: '\\', ç: '^', à: '@', ')': ']', '=': '}', e: '€', $: '¤' },
    },
    dead: '^¨',
  },
};
