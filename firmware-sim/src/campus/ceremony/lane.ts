import type { Presented } from '../../devices/reader.ts';
import type { Head } from '../heads.ts';
import type { Timeline } from '../timeline.ts';
import type { Turnstile } from '../turnstile.ts';

/** Somebody who stands before a lane with something to show. */
export type Comer = {
  /** Made when it is this person's turn. */
  readonly code: () => string;
  /** How it ended, for this attempt. */
  readonly done: (attempt: Attempt) => void;
};

export type Attempt = {
  readonly lamp: string;
  /** From the scan's last byte to the release on the wire of the turnstile; undefined: none. */
  readonly unlockMs: number | undefined;
  /** Until lamp and text were told. */
  readonly shownMs: number | undefined;
};

export type Lane = {
  readonly waiting: () => number;
  readonly come: (comer: Comer) => void;
  /** A release was sent to the turnstile of this lane. */
  readonly released: () => void;
  /** From one person's turn to the next one's, where the next one stood there already (ms). */
  readonly cyclesMs: readonly number[];
};

/** From the release on the next one may come. */
const passageMs = 1_500;
/** Then somebody is in the middle of the turnstile. */
const walkAfterMs = 700;
/** Who was refused steps aside. */
const asideMs = 1_000;
/** A grant that was shown is released by then. */
const releaseWithinMs = 2_000;

export const createLane = (
  timeline: Timeline,
  { head, turnstile }: { readonly head: Head; readonly turnstile: Turnstile },
): Lane => {
  const queue: Comer[] = [];
  const cyclesMs: number[] = [];
  let isBusy = false;
  let onRelease: (atMs: number) => void = () => undefined;

  const takeTurn = async ({ code, done }: Comer): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    onRelease = resolve;
    const presented = await head.present(code());
    const lamp = lampOf(presented);
    const shownMs = presented.ok ? presented.withinMs : undefined;
    const scannedAtMs = timeline.nowMs() - (shownMs ?? 0);
    const cancel = timeline.after(lamp === 'green' ? releaseWithinMs : 0, () => resolve(undefined));
    const releasedAtMs = await promise;
    cancel();
    const unlockMs = releasedAtMs === undefined ? undefined : releasedAtMs - scannedAtMs;
    if (releasedAtMs === undefined) await timeline.wait(asideMs);
    else await goThrough(timeline, turnstile, releasedAtMs);
    done({ lamp, unlockMs, shownMs });
  };
  const serve = async (): Promise<void> => {
    isBusy = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const fromMs = timeline.nowMs();
      await takeTurn(next);
      if (queue.length > 0) cyclesMs.push(timeline.nowMs() - fromMs);
    }
    isBusy = false;
  };
  return {
    waiting: () => queue.length + (isBusy ? 1 : 0),
    come: (comer) => {
      queue.push(comer);
      if (!isBusy) void serve();
    },
    released: () => onRelease(timeline.nowMs()),
    cyclesMs,
  };
};

const lampOf = (presented: Presented): string =>
  presented.ok ? (presented.feedback.lamp ?? 'nothing') : presented.why;

const goThrough = async (
  timeline: Timeline,
  turnstile: Turnstile,
  releasedAtMs: number,
): Promise<void> => {
  const until = (ms: number): Promise<void> =>
    timeline.wait(Math.max(0, releasedAtMs + ms - timeline.nowMs()));
  await until(walkAfterMs);
  turnstile.walk('entry');
  await until(passageMs);
};
