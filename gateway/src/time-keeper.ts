import type { ClockQuality } from '@gatehouse/protocols';
import { afterLook, afterSigned, noTrust, readTime } from './clock-trust.ts';
import type { ClockFace, TimeAnchor, TimeReading } from './clock-trust.ts';
import type { Cancel, Clock, Ports } from './ports.ts';

const lookEveryMs = 1_000;
/** A time service takes minutes to come and go. */
export const signsEveryMs = 30_000;
/** A jump larger than this opens the window of old passes again: it is fenced. */
export const stepMaxMs = 2_000;
/** The floor is written again when it has risen this far: storage cards wear out. */
export const floorSavedEveryMs = 10 * 60 * 1000;

export type TimeKeeper = {
  /** The time that all else goes by: the box's clock, held to signed time where it is wrong. */
  readonly clock: Clock;
  readonly reading: () => TimeReading;
  readonly quality: () => ClockQuality;
  /** How long ago the time was last known to be right; 0 while it is. */
  readonly unsureMs: () => number;
  /** It is at least this late, says something signed; unix ms. */
  readonly raiseFloor: (atMs: number) => void;
  /** The cloud has signed that it was this late at that moment. */
  readonly signed: (anchor: TimeAnchor) => void;
  readonly fenceMs: () => number | undefined;
  readonly fence: (atMs: number) => void;
  /** Reads for the first time what the box knows of its clock; before that it is untrusted. */
  readonly begin: () => Promise<void>;
  readonly start: (onStep: (byMs: number) => void) => void;
  readonly stop: () => void;
};

/** What is known about the wall clock, and the moment before which no pass counts. */
export const createTimeKeeper = (
  ports: Pick<Ports, 'clock' | 'timeSigns'>,
  onFloor: (atMs: number) => void = () => undefined,
): TimeKeeper => {
  const { clock } = ports;
  let trust = noTrust;
  let floorMs = 0;
  let floorSavedMs = 0;
  let fenceMs: number | undefined;
  let signsDueMono = 0;
  let isReading = false;
  let cancel: Cancel = () => undefined;
  let isStopped = false;

  const face = (): ClockFace => ({ wallMs: clock.nowMs(), monoMs: clock.monoMs(), floorMs });
  const reading = (): TimeReading => readTime(trust, face());
  const own: Clock = { ...clock, nowMs: () => reading().atMs };
  let offsetMs = own.nowMs() - clock.monoMs();

  const readSigns = async (): Promise<void> => {
    isReading = true;
    signsDueMono = clock.monoMs() + signsEveryMs;
    const signs = await ports.timeSigns().catch(() => noTrust.signs);
    trust = afterLook(trust, face(), signs);
    isReading = false;
  };
  const look = (onStep: (byMs: number) => void): void => {
    if (isStopped) return;
    trust = afterLook(trust, face());
    const newOffsetMs = own.nowMs() - clock.monoMs();
    const byMs = Math.round(newOffsetMs - offsetMs);
    offsetMs = newOffsetMs;
    if (Math.abs(byMs) > stepMaxMs) onStep(byMs);
    if (!isReading && clock.monoMs() >= signsDueMono) void readSigns();
    cancel = clock.after(lookEveryMs, () => {
      look(onStep);
    });
  };
  return {
    clock: own,
    reading,
    quality: () => reading().quality,
    unsureMs: () => reading().unsureMs,
    raiseFloor: (atMs) => {
      if (atMs <= floorMs) return;
      floorMs = atMs;
      if (floorMs - floorSavedMs < floorSavedEveryMs) return;
      floorSavedMs = floorMs;
      onFloor(floorMs);
    },
    signed: (anchor) => {
      trust = afterSigned(trust, face(), anchor);
    },
    fenceMs: () => fenceMs,
    fence: (atMs) => {
      // After a step back the new, earlier time is the one that counts.
      fenceMs = atMs;
    },
    begin: readSigns,
    start: (onStep) => {
      look(onStep);
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};
