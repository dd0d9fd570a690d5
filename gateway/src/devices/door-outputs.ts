import type { Side } from '@gatehouse/protocols';

/** How long an output may outlast its pulse, or be on without one, before that is a fault. */
export const outputMarginMs = 1_000;
/** A relay takes its time: an output is written off again at most this often. */
export const writeOffEveryMs = 1_000;

export const sides: readonly Side[] = ['entry', 'exit'];

/** What is known of one output; times are monotonic. */
export type OutputState = {
  /** End of the pulse that was sent last. */
  readonly pulseUntilMs: number;
  /** From the first to the last look that found it on; undefined = off. */
  readonly on: { readonly sinceMs: number; readonly seenMs: number } | undefined;
  readonly writtenOffMs: number | undefined;
};
export const outputOff: OutputState = {
  pulseUntilMs: -Infinity,
  on: undefined,
  writtenOffMs: undefined,
};

export const withPulse = (state: OutputState, untilMs: number): OutputState => ({
  ...state,
  pulseUntilMs: Math.max(state.pulseUntilMs, untilMs),
  writtenOffMs: undefined,
});

/** @param seenMs when the device was last asked that said on; undefined = all say off */
export const withSight = (state: OutputState, seenMs: number | undefined): OutputState =>
  seenMs === undefined
    ? { ...state, on: undefined, writtenOffMs: undefined }
    : { ...state, on: { sinceMs: state.on?.sinceMs ?? seenMs, seenMs } };

export const hasPulse = (state: OutputState, nowMs: number): boolean => nowMs <= state.pulseUntilMs;

/** Seen on for longer than a pulse and the margin explain. */
export const isOverdue = ({ pulseUntilMs, on }: OutputState): boolean =>
  on !== undefined && on.seenMs > Math.max(pulseUntilMs, on.sinceMs) + outputMarginMs;

export const mayWriteOff = ({ writtenOffMs }: OutputState, nowMs: number): boolean =>
  writtenOffMs === undefined || nowMs - writtenOffMs >= writeOffEveryMs;
