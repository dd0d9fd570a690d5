import { fromHex, toHex, utf8 } from '../bytes.ts';
import type { FieldType } from './field.ts';
import { failed, isFailed } from './step.ts';
import type { Failed } from './step.ts';
import { decodeUtf8 } from './utf8.ts';

/** What a type whose size is not its own says in its bytes: a raw number or text. */
export type Content = {
  readonly isNumber: boolean;
  readonly parse: (bytes: Uint8Array, from: number, to: number) => number | string | Failed;
  /** @param width fills numbers with leading zeros up to it */
  readonly format: (raw: number | string, width: number | undefined) => Uint8Array | Failed;
};

/** Longer runs of digits hold no number that we could keep exactly. */
const numberCharsMax = 32;
const decimalPlacesMax = 9;
const controls = /[\u0000-\u001f\u007f-\u009f]/g;
const decimal = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const asciiText = /^[\u0020-\u007e]*$/;

/** What a person or a policy wrote never ends a line or starts a frame on a wire. */
const withoutControls = (text: string): string => text.replace(controls, ' ');

const asciiAt = (bytes: Uint8Array, from: number, to: number): string | Failed => {
  let text = '';
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return failed.badText;
    text += String.fromCharCode(byte);
  }
  return text;
};

const textOf = (raw: number | string): string =>
  withoutControls(typeof raw === 'number' ? decimalText(raw) : raw);

const text: Content = {
  isNumber: false,
  parse: asciiAt,
  format: (raw) => {
    const clean = textOf(raw);
    return asciiText.test(clean) ? utf8(clean) : failed.badText;
  },
};

const unicode: Content = {
  isNumber: false,
  parse: (bytes, from, to) => {
    const parsed = decodeUtf8(bytes.subarray(from, to));
    return parsed === undefined || withoutControls(parsed) !== parsed ? failed.badText : parsed;
  },
  format: (raw) => utf8(textOf(raw).toWellFormed()),
};

const hex: Content = {
  isNumber: false,
  parse: (bytes, from, to) => toHex(bytes.subarray(from, to)),
  format: (raw) => fromHex(String(raw).replaceAll(' ', '').toLowerCase()) ?? failed.badText,
};

/** Never with an exponent; no more places behind the point than mean something. */
const decimalText = (raw: number): string => {
  const plain = String(raw);
  if (!plain.includes('e')) return plain;
  return raw.toFixed(decimalPlacesMax).replace(/\.?0+$/, '');
};

const withZeros = (digits: string, width: number | undefined): string => {
  const sign = digits.startsWith('-') ? '-' : '';
  return sign + digits.slice(sign.length).padStart((width ?? 0) - sign.length, '0');
};

const exact = (value: number): number | Failed =>
  Math.abs(value) > Number.MAX_SAFE_INTEGER ? failed.outOfRange : value + 0;

const digits: Content = {
  isNumber: true,
  parse: (bytes, from, to) => {
    if (to - from > numberCharsMax) return failed.badText;
    const written = asciiAt(bytes, from, to);
    if (isFailed(written) || !decimal.test(written)) return failed.badText;
    return exact(Number(written));
  },
  format: (raw, width) =>
    typeof raw === 'number' ? utf8(withZeros(decimalText(raw), width)) : failed.badText,
};

const hexValue = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & 0xdf;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
};

const hexdigits: Content = {
  isNumber: true,
  parse: (bytes, from, to) => {
    if (to === from || to - from > numberCharsMax) return failed.badText;
    let raw = 0;
    for (let at = from; at < to; at += 1) {
      const digit = hexValue(bytes[at] ?? 0);
      if (digit < 0) return failed.badText;
      raw = raw * 16 + digit;
    }
    return exact(raw);
  },
  format: (raw, width) => {
    if (typeof raw !== 'number') return failed.badText;
    return raw < 0 ? failed.outOfRange : utf8(withZeros(raw.toString(16).toUpperCase(), width));
  },
};

/** Two digits a byte, the first byte highest. */
const bcd: Content = {
  isNumber: true,
  parse: (bytes, from, to) => {
    let raw = 0;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >> 4 > 9 || (byte & 15) > 9) return failed.badText;
      raw = raw * 100 + (byte >> 4) * 10 + (byte & 15);
    }
    return exact(raw);
  },
  format: (raw, width) => {
    if (typeof raw !== 'number') return failed.badText;
    if (raw < 0) return failed.outOfRange;
    const written = String(raw);
    const size = width ?? Math.ceil(written.length / 2);
    if (written.length > 2 * size) return failed.outOfRange;
    return fromHex(written.padStart(2 * size, '0')) ?? failed.outOfRange;
  },
};

export const contents: Readonly<Partial<Record<FieldType, Content>>> = {
  text,
  utf8: unicode,
  hex,
  digits,
  hexdigits,
  bcd,
};
