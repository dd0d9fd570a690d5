import Type from 'typebox';

/** Unix milliseconds, UTC: `at` on every wire and in code. */
export const At = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const clockQualities = ['trusted', 'holdover', 'untrusted'] as const;
export type ClockQuality = (typeof clockQualities)[number];

/**
 * How far an event's `at` may be believed. `boot` names one run of the box and `mono` is
 * milliseconds since it began, so that the cloud can place the event later (`at_corrected`).
 */
export const ClockStamp = Type.Object({
  q: Type.Enum([...clockQualities]),
  boot: Type.String({ pattern: '^[0-9a-f]{8}$' }),
  mono: Type.Integer({ minimum: 0 }),
});
export type ClockStamp = Type.Static<typeof ClockStamp>;

export type WallTime = {
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number;
  /** Minutes since midnight, 0 … 1439. */
  readonly minutes: number;
  /** yyyy-mm-dd */
  readonly date: string;
};

const weekdays: Readonly<Record<string, number>> = {
  Mon: 1,
  Tue: 2,
  Wed: 3,
  Thu: 4,
  Fri: 5,
  Sat: 6,
  Sun: 7,
};

/**
 * Wall time in an IANA zone, as a function that is made once: the formatter costs far more to make
 * than to use. Throws RangeError for a zone that the runtime does not know.
 */
export const wallClock = (zone: string): ((atMs: number) => WallTime) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (atMs) => {
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(atMs)) part[type] = value;
    return {
      weekday: weekdays[part['weekday'] ?? ''] ?? 0,
      minutes: Number(part['hour']) * 60 + Number(part['minute']),
      date: `${part['year']}-${part['month']}-${part['day']}`,
    };
  };
};
