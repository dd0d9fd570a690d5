import type { ClockQuality, NewEvent } from '@gatehouse/protocols';
import type { Clock } from './ports.ts';

/** An event before it has its time. */
export type EventBody = NewEvent extends infer E
  ? E extends NewEvent
    ? Omit<E, 'at' | 'clock'>
    : never
  : never;

/** Gives an event the time of now, with how far that time can be believed. */
export const stampEvents =
  (clock: Clock, quality: () => ClockQuality) =>
  (body: EventBody): NewEvent => ({
    ...body,
    at: clock.nowMs(),
    clock: { q: quality(), boot: clock.boot, mono: Math.floor(clock.monoMs()) },
  });
