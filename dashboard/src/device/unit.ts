import type { Language } from '@gatehouse/protocols';

/** How a unit of the profile language (UCUM) is read by people, in either language. */
type UnitRow = {
  readonly text: string;
  /** At most so many digits after the point; the device's own noise is not shown. */
  readonly decimals: number;
  /** Stands at the number without a space. */
  readonly isTight?: true;
};

const rows: Readonly<Record<string, UnitRow>> = {
  '1': { text: '', decimals: 2 },
  '%': { text: '%', decimals: 1, isTight: true },
  Cel: { text: '°C', decimals: 1 },
  '[ppm]': { text: 'ppm', decimals: 0 },
  'ug/m3': { text: 'µg/m³', decimals: 0 },
  lx: { text: 'lx', decimals: 0 },
  hPa: { text: 'hPa', decimals: 1 },
  dB: { text: 'dB', decimals: 1 },
  dBm: { text: 'dBm', decimals: 0 },
  V: { text: 'V', decimals: 1 },
  A: { text: 'A', decimals: 2 },
  W: { text: 'W', decimals: 0 },
  var: { text: 'var', decimals: 0 },
  VA: { text: 'VA', decimals: 0 },
  'kW.h': { text: 'kWh', decimals: 2 },
  'kvar.h': { text: 'kvarh', decimals: 2 },
  Hz: { text: 'Hz', decimals: 2 },
  s: { text: 's', decimals: 1 },
  min: { text: 'min', decimals: 1 },
  h: { text: 'h', decimals: 1 },
  mm: { text: 'mm', decimals: 0 },
  cm: { text: 'cm', decimals: 0 },
  m: { text: 'm', decimals: 2 },
  'm/s': { text: 'm/s', decimals: 2 },
  kg: { text: 'kg', decimals: 2 },
  deg: { text: '°', decimals: 0, isTight: true },
  Bd: { text: 'Bd', decimals: 0 },
};

const otherDecimals = 3;
const narrowSpace = '\u202f';
const locales: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

const digits = (value: number, language: Language, atMost: number, atLeast = 0): string =>
  new Intl.NumberFormat(locales[language], {
    minimumFractionDigits: atLeast,
    maximumFractionDigits: atMost,
  })
    .format(value)
    .replace(/^-/, '\u2212');

/** Below this a duration is read better in its own unit. */
const shortMs = 100;

/** What a person types and reads where the profile counts in `unit`: `ms` as `s`, `fen` as `¥`. */
export const unitText = (unit: string | null): string => {
  if (unit === 'fen') return '¥';
  if (unit === 'ms') return 's';
  return unit === null ? '' : (rows[unit]?.text ?? unit);
};

/** The least difference that is shown of a unit. */
export const stepOf = (unit: string | null): number => {
  if (unit === 'fen' || unit === 'ms') return 1;
  const row = unit === null ? undefined : rows[unit];
  return 10 ** -(row?.decimals ?? otherDecimals);
};

/** A number with its unit: `21.5 °C`, `¥12.50`, `3 s`. */
export const quantityText = (value: number, unit: string | null, language: Language): string => {
  if (unit === 'fen') {
    const yuan = digits(Math.abs(value) / 100, language, 2, 2);
    return `${value < 0 ? '\u2212' : ''}¥${yuan}`;
  }
  if (unit === 'ms') {
    return Math.abs(value) < shortMs && value !== 0
      ? `${digits(value, language, 1)}${narrowSpace}ms`
      : `${digits(value / 1000, language, 3)}${narrowSpace}s`;
  }
  const row = unit === null ? undefined : rows[unit];
  const number = digits(value, language, row?.decimals ?? otherDecimals);
  const text = unitText(unit);
  if (text === '') return number;
  return `${number}${row?.isTight === true ? '' : narrowSpace}${text}`;
};
