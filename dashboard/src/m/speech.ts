import { passEveryMs } from './use-pass.ts';
import type { ShownPass } from './use-pass.ts';

/** What is said of a code to somebody who listens. */
export const spokenStates = ['waiting', 'ready', 'soon', 'renewed'] as const;
export type SpokenState = (typeof spokenStates)[number];

const soonMs = 5_000;

/**
 * A code that somebody asked for is announced, and that it ends soon; the first that follows by
 * itself too. From then on there is silence until something happens: who queues for minutes is not
 * told the same every 15 s.
 */
export const spokenOf = (
  pass: Pick<ShownPass, 'mintedMs' | 'turn'> | null,
  nowMs: number,
): SpokenState => {
  if (pass === null) return 'waiting';
  if (pass.turn > 0) return 'renewed';
  return pass.mintedMs + passEveryMs - nowMs > soonMs ? 'ready' : 'soon';
};
