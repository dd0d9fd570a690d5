import { wallClock } from '@gatehouse/protocols';
import type { BookingReason, DeskView, QueueItemView } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import { bookingView } from './bookings.ts';
import { hitColumns, hitView } from './card-rows.ts';
import type { HitColumns } from './card-rows.ts';
import { theDesk } from './desk-rows.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** So late a booking counts as missed; whoever comes after all is served. */
export const missedAfterMs = 30 * 60 * 1000;

type QueueColumns = HitColumns & {
  readonly booking: string;
  readonly booked_for: Date;
  readonly why: BookingReason;
  readonly booking_state: 'open' | 'done';
};

const selectQueue = `
  select b.id as booking, b.at as booked_for, b.why, b.state as booking_state, ${hitColumns}
  from desk_booking b join card c on c.id = b.card join card_holder p on p.card = c.id
  where b.desk = $1 and b.at >= $2 and b.at < $3 and b.state <> 'cancelled'
  order by b.at, b.made_at, b.id`;

const queueItem = (row: QueueColumns, nowMs: number): QueueItemView => {
  const isMissed = row.booked_for.getTime() + missedAfterMs < nowMs;
  const open = isMissed ? 'missed' : 'waiting';
  return {
    booking: bookingView({ id: row.booking, at: row.booked_for, why: row.why }),
    state: row.booking_state === 'done' ? 'done' : open,
    hit: hitView(row),
  };
};

type ReplacementColumns = {
  readonly at: Date;
  readonly booking: string | null;
  readonly took_ms: number;
  readonly undone_at: Date | null;
};

const median = (values: readonly number[]): number | null =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;

/** The desk today: who is booked, and how the day went so far. */
export const deskView = async (db: Queryable, nowMs: number): Promise<DeskView> => {
  const desk = await theDesk(db);
  const wall = wallClock(desk.hours.zone);
  const today = wall(nowMs).date;
  const isToday = (at: Date): boolean => wall(at.getTime()).date === today;
  // A day is at most 25 hours long; what of them is today, the wall clock says.
  const around = [desk.id, new Date(nowMs - 1.1 * dayMs), new Date(nowMs + 1.1 * dayMs)];
  const booked = (await db.query<QueueColumns>(selectQueue, around)).filter((row) =>
    isToday(row.booked_for),
  );
  const replaced = (
    await db.query<ReplacementColumns>(
      `select at, booking, took_ms, undone_at from card_replacement
       where desk = $1 and at >= $2 and at < $3`,
      around,
    )
  ).filter(({ at }) => isToday(at));
  const queue = booked.map((row) => queueItem(row, nowMs));
  const stood = replaced.filter((row) => row.undone_at === null);
  const count = (state: QueueItemView['state']): number =>
    queue.filter((item) => item.state === state).length;
  return {
    desk: desk.name,
    queue,
    numbers: {
      booked: queue.length,
      waiting: count('waiting'),
      done: stood.length,
      walkIns: stood.filter((row) => row.booking === null).length,
      missed: count('missed'),
      undone: replaced.length - stood.length,
      medianMs: median(stood.map((row) => row.took_ms)),
    },
  };
};
