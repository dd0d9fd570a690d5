import type { DeviceValues } from '@gatehouse/protocols';

export type TypedHex =
  | { readonly ok: true; readonly hex: string }
  | { readonly ok: false; readonly problem: 'needed' | 'not_hex' | 'half_byte' };

/** As people copy them: `02 1A`, `021a`, `0x02, 0x1A`, `02:1A`, over several lines. */
export const readHex = (text: string): TypedHex => {
  const digits = text.replaceAll(/0x/gi, '').replaceAll(/[\s,;:-]+/g, '');
  if (digits === '') return { ok: false, problem: 'needed' };
  if (!/^[0-9a-f]+$/i.test(digits)) return { ok: false, problem: 'not_hex' };
  if (digits.length % 2 !== 0) return { ok: false, problem: 'half_byte' };
  return { ok: true, hex: (digits.toUpperCase().match(/../g) ?? []).join(' ') };
};

const escapes: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '\\': '\\' };

/** A line's end cannot be typed into a field: `\r`, `\n`, `\t`, `\\`; all else stays as typed. */
export const readEscapes = (text: string): string =>
  text.replaceAll(/\\([rnt\\])/g, (whole, letter: string) => escapes[letter] ?? whole);

type ParamValue = DeviceValues[string];

/** A parameter as it stands in its field. */
export const paramText = (value: ParamValue): string =>
  Array.isArray(value) ? value.join(', ') : String(value ?? '');

const scalarLike = (model: unknown, text: string): string | number | boolean | null => {
  const trimmed = text.trim();
  if (typeof model === 'boolean') return trimmed === 'true';
  if (typeof model !== 'number') return text;
  const number = Number(trimmed);
  // What is no number goes out as it was typed: the server says what it wants instead.
  return trimmed === '' || !Number.isFinite(number) ? text : number;
};

/** What was typed, as the kind of value that stood there. */
export const paramLike = (model: ParamValue, text: string): ParamValue =>
  Array.isArray(model)
    ? text
        .split(/[,，]/)
        .filter((part) => part.trim() !== '')
        .map((part) => scalarLike(model[0] ?? '', part.trim()))
    : scalarLike(model ?? '', text);

export const paramsLike = (
  models: DeviceValues,
  texts: Readonly<Record<string, string>>,
): DeviceValues =>
  Object.fromEntries(
    Object.entries(models).map(([name, model]) => [
      name,
      paramLike(model, texts[name] ?? paramText(model)),
    ]),
  );

/** Where a line and column stand in a text; both from 1. Past the end is the end. */
export const offsetOf = (text: string, line: number, column: number): number => {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(text.length, before + Math.min(column - 1, lines[line - 1]?.length ?? 0));
};
