import { scheduleRuns, wallClock } from '@gatehouse/protocols';
import type { MyDeskView, ScheduleWindows, WallTime } from '@gatehouse/protocols';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How far ahead one can book. */
export const bookAheadMs = 7 * dayMs;

export type DeskHours = {
  /** IANA zone in which `windows` count. */
  readonly zone: string;
  readonly windows: ScheduleWindows;
  readonly slotMinutes: number;
  /** People in one slot. */
  readonly capacity: number;
};

const timeText = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

type Slot = { readonly atMs: number; readonly wall: WallTime };

/**
 * The slots that begin within the stretch. A slot begins where the wall clock shows a multiple of
 * its length and the desk is open to its last minute.
 */
const slotsWithin = (
  { zone, windows, slotMinutes }: DeskHours,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly Slot[] => {
  const wallAt = wallClock(zone);
  const stepMs = 5 * minuteMs;
  const firstMs = Math.ceil(fromMs / stepMs) * stepMs;
  const count = Math.max(0, Math.ceil((toMs - firstMs) / stepMs));
  return Array.from({ length: count }, (_, i) => firstMs + i * stepMs).flatMap((atMs) => {
    const wall = wallAt(atMs);
    if (wall.minutes % slotMinutes !== 0 || !scheduleRuns(windows, wall)) return [];
    const last = wallAt(atMs + (slotMinutes - 1) * minuteMs);
    return scheduleRuns(windows, last) ? [{ atMs, wall }] : [];
  });
};

/** What is free, by day; `taken` = bookings by the moment at which their slot begins. */
export const freeDays = (
  hours: DeskHours,
  taken: ReadonlyMap<number, number>,
  nowMs: number,
): MyDeskView['days'] => {
  const slots = slotsWithin(hours, { fromMs: nowMs, toMs: nowMs + bookAheadMs });
  const days = Map.groupBy(slots, ({ wall }) => wall.date);
  return [...days].map(([date, own]) => ({
    date,
    slots: own.map(({ atMs, wall }) => ({
      at: new Date(atMs).toISOString(),
      time: timeText(wall.minutes),
      free: Math.max(0, hours.capacity - (taken.get(atMs) ?? 0)),
    })),
  }));
};

/** Whether a slot begins at exactly this moment, and may still be booked. */
export const isSlot = (hours: DeskHours, atMs: number, nowMs: number): boolean =>
  atMs >= nowMs &&
  atMs < nowMs + bookAheadMs &&
  slotsWithin(hours, { fromMs: atMs, toMs: atMs + 1 }).some((slot) => slot.atMs === atMs);

/** The slots of today's opening hours, past ones too. */
export const slotsOfToday = (hours: DeskHours, nowMs: number): readonly number[] => {
  const { date } = wallClock(hours.zone)(nowMs);
  return slotsWithin(hours, { fromMs: nowMs - dayMs, toMs: nowMs + dayMs })
    .filter(({ wall }) => wall.date === date)
    .map(({ atMs }) => atMs);
};
