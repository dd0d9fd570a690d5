import { useConsole, useServerNow, useTimes } from '../console-context.ts';

export type Days = {
  /** yyyy-mm-dd, as a field for a date takes it. */
  readonly today: string;
  /** The last day of what ends with this moment, in words. */
  readonly last: (end: string) => string;
  readonly first: (from: string) => string;
  readonly isOver: (end: string | null) => boolean;
};

/** Days on the wall of the school. */
export const useDays = (): Days => {
  const { campus } = useConsole();
  const times = useTimes();
  const nowMs = useServerNow(60_000);
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: campus.zone });
  return {
    today: format.format(nowMs),
    last: (end) => times.lastDate(Date.parse(end)),
    first: (from) => times.date(Date.parse(from)),
    isOver: (end) => end !== null && Date.parse(end) <= nowMs,
  };
};
