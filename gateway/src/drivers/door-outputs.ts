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
  /** Undefined = off. */
  readonly onSinceMs: number | undefined;
  readonly writtenOffMs: number | undefined;
};
export const outputOff: OutputState = {
  pulseUntilMs: -Infinity,
  onSinceMs: undefined,
  writtenOffMs: undefined,
};

export const withPulse = (state: OutputState, untilMs: number): OutputState => ({
  ...state,
  pulseUntilMs: Math.max(state.pulseUntilMs, untilMs),
  writtenOffMs: undefined,
});

export const withSample = (state: OutputState, on: boolean, nowMs: number): OutputState =>
  on
    ? { ...state, onSinceMs: state.onSinceMs ?? nowMs }
    : { ...state, onSinceMs: undefined, writtenOffMs: undefined };

export const hasPulse = (state: OutputState, nowMs: number): boolean => nowMs <= state.pulseUntilMs;

/** On for longer than a pulse and the margin explain. */
export const isOverdue = ({ pulseUntilMs, onSinceMs }: OutputState, nowMs: number): boolean =>
  onSinceMs !== undefined && nowMs > Math.max(pulseUntilMs, onSinceMs) + outputMarginMs;

export const mayWriteOff = ({ writtenOffMs }: OutputState, nowMs: number): boolean =>
  writtenOffMs === undefined || nowMs - writtenOffMs >= writeOffEveryMs;
