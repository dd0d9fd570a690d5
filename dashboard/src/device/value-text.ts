import type { DeviceValues, Language, ModelValueView } from '@gatehouse/protocols';
import type { Translate } from '../i18n/i18n.ts';
import { alarmNorms } from './device-status.ts';
import { quantityText } from './unit.ts';

export type DeviceValue = DeviceValues[string];
export type DeviceScalar = Exclude<DeviceValue, readonly unknown[]>;
export type ValueWords = { readonly t: Translate; readonly language: Language };

const isScalar = (value: unknown): boolean =>
  value === null || ['number', 'string', 'boolean'].includes(typeof value);
const isDeviceValue = (value: unknown): value is DeviceValue =>
  isScalar(value) || (Array.isArray(value) && value.every(isScalar));

/** What can be shown of what came; the rest is of a newer server. */
export const deviceValuesIn = (
  entries: readonly (readonly [name: string, value: unknown])[],
): DeviceValues =>
  Object.fromEntries(
    entries.flatMap(([name, value]) => (isDeviceValue(value) ? [[name, value]] : [])),
  );

const textCharsShown = 200;

/** A boolean's own words, an enum's title; a value that the profile does not name as it came. */
const wordOf = (model: ModelValueView, value: string | boolean, words: ValueWords): string => {
  const own = model.values.find((each) => each.value === String(value))?.title[words.language];
  if (own !== undefined) return own;
  if (typeof value === 'string') return value;
  if (value && alarmNorms.has(model.norm ?? '')) return words.t('value.alarm');
  return words.t(value ? 'value.yes' : 'value.no');
};

/** One value in words; what the device never told is said to be unknown, not empty. */
export const scalarText = (
  model: ModelValueView,
  value: DeviceScalar,
  words: ValueWords,
): string => {
  if (value === null) return words.t('value.unknown');
  if (typeof value === 'number') return quantityText(value, model.unit, words.language);
  if (typeof value === 'boolean') return wordOf(model, value, words);
  return wordOf(model, value, words).slice(0, textCharsShown);
};

export type ListCount = {
  readonly value: DeviceScalar;
  readonly text: string;
  /** Numbers of the items, from 1. */
  readonly at: readonly number[];
};

const orderIn = (model: ModelValueView, value: DeviceScalar): number => {
  const place = model.values.findIndex((each) => each.value === String(value));
  if (place >= 0) return place;
  if (value === null) return model.values.length + 1;
  return value === true ? -1 : model.values.length;
};

/** Which items of a list have which value, in the order of the profile; unknown ones last. */
export const listCounts = (
  model: ModelValueView,
  list: readonly DeviceScalar[],
  words: ValueWords,
): readonly ListCount[] => {
  const values = [...new Set(list)].sort((a, b) => orderIn(model, a) - orderIn(model, b));
  return values.map((value) => ({
    value,
    text: scalarText(model, value, words),
    at: list.flatMap((each, i) => (each === value ? [i + 1] : [])),
  }));
};

const keepsMost = (counts: readonly ListCount[]): ListCount | undefined =>
  counts.reduce<ListCount | undefined>(
    (most, each) => (most === undefined || each.at.length > most.at.length ? each : most),
    undefined,
  );

/** What is not as most of it is: `3 open · 1 fault`; where all are alike, that. */
const listText = (
  model: ModelValueView,
  list: readonly DeviceScalar[],
  words: ValueWords,
): string => {
  if (list.length === 0) return words.t('value.none');
  if (model.items === 'integer' || model.items === 'number') {
    return words.t('value.count', { count: list.length });
  }
  const counts = listCounts(model, list, words);
  const most = keepsMost(counts);
  if (counts.length === 1) return words.t('value.all', { text: most?.text ?? '' });
  return counts
    .filter((each) => each !== most)
    .map(({ text, at }) => words.t('value.some', { count: at.length, text }))
    .join(' · ');
};

export const valueText = (
  model: ModelValueView,
  value: DeviceValue | undefined,
  words: ValueWords,
): string => {
  if (Array.isArray(value)) return listText(model, value, words);
  return scalarText(model, value ?? null, words);
};

/** A device may report what its profile does not name: then name and value as they came. */
export const namesOf = (
  models: readonly ModelValueView[],
  values: DeviceValues,
  words: ValueWords,
): string =>
  Object.entries(values)
    .map(([name, value]) => {
      const model = models.find((each) => each.name === name);
      if (model === undefined) return `${name}: ${String(value)}`;
      return words.t('value.named', {
        name: model.title[words.language],
        value: valueText(model, value, words),
      });
    })
    .join(' · ')
    .slice(0, textCharsShown);
