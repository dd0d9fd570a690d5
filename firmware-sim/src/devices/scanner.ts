import { readFeedback } from '@gatehouse/device-profiles';
import type { Feedback, LineScannerProfile } from '@gatehouse/device-profiles';
import type { Accept, SimClock } from '../ports.ts';
import { noFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import { createScannerWires } from './scanner-wires.ts';
import { createTextLines } from './text-lines.ts';
import { planTransmission } from './transmission.ts';
import type { Piece } from './transmission.ts';

export const presentWaitMs = 2_000;
export const peopleMax = 8;
const feedbackBytesMax = 512;

export type Presented =
  | { readonly ok: true; readonly feedback: Feedback; readonly withinMs: number }
  | { readonly ok: false; readonly why: 'not_connected' | 'busy' | 'no_feedback' };

export type ScannerState = {
  readonly connected: boolean;
  /** What lamp, beeper and display showed last, and when (unix ms). */
  readonly shown: (Feedback & { readonly atMs: number }) | undefined;
  readonly faults: Faults;
};

export type Scanner = {
  readonly accept: Accept;
  readonly acceptLine: Accept;
  /** Somebody holds a code in front of the head; people wait for each other. */
  readonly present: (text: string) => Promise<Presented>;
  /** @returns false where nobody is connected */
  readonly sendRaw: (bytes: Uint8Array) => boolean;
  readonly setFaults: (faults: Faults) => void;
  readonly state: () => ScannerState;
  /** Nobody waits any longer. */
  readonly stop: () => void;
};

type Waiting = { sentMs: number; readonly done: (presented: Presented) => void };

/** A scanner head on its wire: lines out, feedback in, as its profile says. */
export const createScanner = (options: {
  readonly profile: LineScannerProfile;
  readonly clock: SimClock;
  readonly random: Random;
  /** Bits per second of the wire; undefined: each line at once. */
  readonly baud: number | undefined;
}): Scanner => {
  const { clock, random, baud } = options;
  const form = options.profile.feedback;
  let faults = noFaults;
  let shown: ScannerState['shown'];
  let waiting: Waiting | undefined;
  const onFeedback = (line: string): void => {
    const feedback = form === undefined ? undefined : readFeedback(form, line);
    if (feedback === undefined) return;
    shown = { ...feedback, atMs: clock.nowMs() };
    const withinMs = clock.monoMs() - (waiting?.sentMs ?? 0);
    waiting?.done({ ok: true, feedback, withinMs });
  };
  const wires = createScannerWires(() => {
    const lines = createTextLines(feedbackBytesMax);
    return (chunk) => lines.push(chunk).forEach(onFeedback);
  });
  const presentNow = async (text: string): Promise<Presented> => {
    if (!wires.isConnected()) return { ok: false, why: 'not_connected' };
    const bytes = new TextEncoder().encode(`${text}\r`);
    const pieces = planTransmission({ bytes, baud, faults, random });
    // Waits before the last byte leaves: a fast gateway answers within the write.
    const { promise, resolve: done } = Promise.withResolvers<Presented>();
    const mine: Waiting = { sentMs: clock.monoMs(), done };
    waiting = mine;
    await send(clock, pieces, (piece) => {
      mine.sentMs = clock.monoMs();
      wires.write(piece);
    });
    if (form === undefined) done({ ok: true, feedback: {}, withinMs: 0 });
    const cancel = clock.after(presentWaitMs, () => done({ ok: false, why: 'no_feedback' }));
    return promise.finally(() => {
      cancel();
      waiting = undefined;
    });
  };
  const queue = createQueue();
  return {
    accept: wires.accept,
    acceptLine: wires.acceptLine,
    present: (text) => queue(() => presentNow(text)),
    sendRaw: (bytes) => {
      wires.write(bytes);
      return wires.isConnected();
    },
    setFaults: (next) => (faults = next),
    state: () => ({ connected: wires.isConnected(), shown, faults }),
    stop: () => waiting?.done({ ok: false, why: 'no_feedback' }),
  };
};

/** One after another, at most `peopleMax` at a time. */
const createQueue = (): ((run: () => Promise<Presented>) => Promise<Presented>) => {
  let people = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    if (people >= peopleMax) return Promise.resolve({ ok: false, why: 'busy' });
    people += 1;
    const mine = last.then(run).finally(() => (people -= 1));
    last = mine.catch(() => undefined);
    return mine;
  };
};

const send = async (
  clock: SimClock,
  pieces: readonly Piece[],
  write: (bytes: Uint8Array) => void,
): Promise<void> => {
  for (const { afterMs, bytes } of pieces) {
    if (afterMs > 0) await new Promise<void>((resolve) => void clock.after(afterMs, resolve));
    write(bytes);
  }
};
