import {
  doorClasses,
  holdoverHoursMax,
  revalidateDaysMax,
  revalidateDaysMin,
} from '@gatehouse/protocols';
import type { Settings } from '@gatehouse/protocols';

/** What is in the fields: text, until it is saved. */
export type Draft = { readonly days: string; readonly hours: Readonly<Record<string, string>> };

export const draftOf = ({ revalidateDays, holdoverHours }: Settings): Draft => ({
  days: String(revalidateDays),
  hours: Object.fromEntries(
    Object.entries(holdoverHours).map(([name, hours]) => [name, String(hours)]),
  ),
});

/** Empty, negative or broken is no number of days or hours. */
const wholeNumber = (text: string, max: number): number | null => {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= max ? value : null;
};

export const hoursIn = (text: string): number | null => wholeNumber(text, holdoverHoursMax);

/** Never, or not so few that a key is due when it was just shown. */
export const daysIn = (text: string): number | null => {
  const days = wholeNumber(text, revalidateDaysMax);
  return days !== null && days > 0 && days < revalidateDaysMin ? null : days;
};

/** Null where a field cannot be read. */
export const settingsIn = ({ days, hours }: Draft, before: Settings): Settings | null => {
  const revalidateDays = daysIn(days);
  const read = doorClasses.map((name) => [name, hoursIn(hours[name] ?? '')] as const);
  if (revalidateDays === null || read.some(([, value]) => value === null)) return null;
  const changed = Object.fromEntries(read.map(([name, value]) => [name, value ?? 0]));
  return { revalidateDays, holdoverHours: { ...before.holdoverHours, ...changed } };
};
