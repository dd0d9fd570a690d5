import { wordOf } from '../check/model-rules.ts';
import type { Label } from '../language/model.ts';
import { enumValues, scalarType } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { both, cell, code } from './markdown.ts';
import { pageWords } from './words.table.ts';

/** What people call it: its own title, or that of the vocabulary. */
export const titleOf = (
  name: string,
  entry: { readonly norm?: string; readonly title?: Label },
): Label => entry.title ?? wordOf(entry.norm)?.title ?? { zh: name, en: name };

const shownUnits: Readonly<Record<string, string>> = {
  Cel: '°C',
  '[ppm]': 'ppm',
  'ug/m3': 'µg/m³',
  'kW.h': 'kWh',
  'kvar.h': 'kvarh',
  deg: '°',
  '1': '',
};

export const unitText = (unit: string | undefined): string =>
  unit === undefined ? '' : (shownUnits[unit] ?? unit);

const numberOf = (entry: object, key: string): number | undefined => {
  const value: unknown = Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined;
  return typeof value === 'number' ? value : undefined;
};

export const rangeText = (entry: ValueEntry): string => {
  const { min, max } = entry;
  const unit = unitText('unit' in entry ? entry.unit : undefined);
  const ends = min === undefined && max === undefined ? '' : `${min ?? '−∞'} … ${max ?? '∞'}`;
  return cell(`${ends} ${unit}`.trim());
};

/** `closed` 已关 closed<br>`open` 开着 open; or type and range. */
export const valuesText = (entry: ValueEntry): string => {
  const list = entry.type === 'list' ? listText(entry) : '';
  return [list, scalarText(entry)].filter((text) => text !== '').join('<br>');
};

const listText = (entry: ValueEntry): string => {
  const { zh, en } = pageWords.items;
  return cell(`list, ≤ ${numberOf(entry, 'itemsMax') ?? 256} ${zh} ${en}`);
};

const scalarText = (entry: ValueEntry): string => {
  const type = scalarType(entry);
  if (type === 'enum') {
    return enumValues(entry)
      .map((value) => `${code(value)} ${valueTitle(entry, value)}`)
      .join('<br>');
  }
  if (type === 'boolean') {
    return both({ zh: pageWords.yes.zh + '／' + pageWords.no.zh, en: 'yes or no' });
  }
  if (type === 'text') {
    const { zh, en } = pageWords.chars;
    const charsMax = numberOf(entry, 'charsMax');
    return charsMax === undefined
      ? type
      : both({ zh: `${charsMax} ${zh}`, en: `${charsMax} ${en}` });
  }
  return [type, rangeText(entry)].filter((text) => text !== '').join(', ');
};

const valueTitle = (entry: ValueEntry, value: string): string => {
  const own = 'valueTitles' in entry ? entry.valueTitles?.[value] : undefined;
  const title = own ?? wordOf(entry.norm)?.values?.[value];
  return title === undefined ? '' : cell(`${title.zh} ${title.en}`);
};

/** Arguments, fields and parameters, one a line of the cell. */
export const entriesText = (entries: Readonly<Record<string, ValueEntry>> | undefined): string =>
  Object.entries(entries ?? {})
    .map(([name, entry]) => {
      const title = titleOf(name, entry);
      const preset = 'default' in entry ? entry.default : undefined;
      const usual =
        preset === undefined
          ? ''
          : ` (${pageWords.default.zh} ${pageWords.default.en} ${cell(JSON.stringify(preset))})`;
      const named = title.zh === name ? '' : ` ${cell(`${title.zh} ${title.en}`)}`;
      return `${code(name)}${named}: ${valuesText(entry).replaceAll('<br>', '; ')}${usual}`;
    })
    .join('<br>');
