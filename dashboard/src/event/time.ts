import type { Language } from '@gatehouse/protocols';
import type { Translate } from '../i18n/i18n.ts';

export type TimeWords = {
  /** 09:00:02 */
  readonly clock: (atMs: number) => string;
  /** 09:00:02.123 */
  readonly precise: (atMs: number) => string;
  /** 09:00 */
  readonly minute: (atMs: number) => string;
  /** 21 Nov */
  readonly day: (atMs: number) => string;
  /** Today, yesterday, else the date. */
  readonly dayName: (atMs: number, nowMs: number) => string;
  /** 21 Nov 2026, in the order of the language. */
  readonly date: (atMs: number) => string;
  /** The last day of what ends at this moment, as `date`. */
  readonly lastDate: (endMs: number) => string;
  /** 21 Nov 09:00 */
  readonly dayMinute: (atMs: number) => string;
  /** Today 09:00:02, yesterday, else the date. */
  readonly moment: (atMs: number, nowMs: number) => string;
  /** Date, weekday, time and zone: what a pointer that rests on a time sees. */
  readonly full: (atMs: number) => string;
};

const dayMs = 86_400_000;

const locales: Readonly<Record<Language, string>> = { zh: 'zh-CN', en: 'en-GB' };

/** Times on the wall of the school: its zone, not that of whoever looks. */
export const createTimeWords = (from: {
  readonly zone: string;
  readonly language: Language;
  readonly t: Translate;
}): TimeWords => {
  const { zone, t } = from;
  const locale = locales[from.language];
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options });
  const clockFormat = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const minuteFormat = format({ hour: '2-digit', minute: '2-digit' });
  const dayFormat = format({ year: 'numeric', month: 'short', day: 'numeric' });
  const shortDayFormat = format({ month: 'short', day: 'numeric' });
  const fullFormat = format({
    ...{ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' },
  });
  const day = (atMs: number, nowMs: number): string => {
    const wanted = dayFormat.format(atMs);
    if (wanted === dayFormat.format(nowMs)) return t('time.today');
    if (wanted === dayFormat.format(nowMs - dayMs)) return t('time.yesterday');
    return shortDayFormat.format(atMs);
  };
  return {
    clock: (atMs) => clockFormat.format(atMs),
    precise: (atMs) =>
      `${clockFormat.format(atMs)}.${String(Math.trunc(atMs) % 1000).padStart(3, '0')}`,
    day: (atMs) => shortDayFormat.format(atMs),
    dayName: day,
    date: (atMs) => dayFormat.format(atMs),
    lastDate: (endMs) => dayFormat.format(endMs - 1),
    dayMinute: (atMs) => `${shortDayFormat.format(atMs)} ${minuteFormat.format(atMs)}`,
    minute: (atMs) => minuteFormat.format(atMs),
    moment: (atMs, nowMs) => `${day(atMs, nowMs)} ${clockFormat.format(atMs)}`,
    full: (atMs) => fullFormat.format(atMs),
  };
};

/** How long something lasts, in words: a bare 14:58 would look like a time of day. */
export const lasting = (ms: number, t: Translate): string => {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (hours >= 24) return t('time.days', { count: Math.floor(hours / 24) });
  if (hours > 0) return t('time.hoursMinutes', { hours, minutes });
  if (minutes >= 10) return t('time.minutes', { minutes });
  return minutes > 0
    ? t('time.minutesSeconds', { minutes, seconds })
    : t('time.seconds', { seconds });
};

/** How long ago, in the one unit that matters. */
export const ago = (ms: number, t: Translate): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 2) return t('time.justNow');
  if (seconds < 60) return t('time.secondsAgo', { count: seconds });
  if (seconds < 3600) return t('time.minutesAgo', { count: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t('time.hoursAgo', { count: Math.floor(seconds / 3600) });
  return t('time.daysAgo', { count: Math.floor(seconds / 86_400) });
};
