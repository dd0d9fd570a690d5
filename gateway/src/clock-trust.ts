import type { ClockQuality } from '@gatehouse/protocols';
import type { ClockSigns } from './ports.ts';

/** A clock that differs by more than this is wrong: passes live 90 s, phones learn the time too. */
export const wrongByMs = 2_000;
/** Nearer than this it is right again: a clock at the limit must not go to and fro. */
const rightByMs = 500;
/** What the counter of the box may go wrong by, as a part of the time that has passed. */
const driftPart = 100e-6;
/** Signed time holds for this long: 12 h of drift are less than 5 s. */
export const signedHoldsMs = 12 * 3600 * 1000;

/** It was `atMs` (unix ms, signed by the cloud) when the monotonic clock said `monoMs`. */
export type TimeAnchor = { readonly atMs: number; readonly monoMs: number };

export type ClockTrust = {
  readonly signs: ClockSigns;
  readonly anchor: TimeAnchor | undefined;
  /** The box's clock was wrong by the anchor when last looked at. */
  readonly isWrong: boolean;
  /** Monotonic: when the time was last known to be right, in this run. */
  readonly goodAtMono: number | undefined;
};

export type ClockFace = {
  /** What the box's clock says, unix ms. */
  readonly wallMs: number;
  readonly monoMs: number;
  /** The last signed thing that was seen, in this run or before: it is at least this late. */
  readonly floorMs: number;
};

export type TimeReading = {
  /** Unix ms: the box's clock or, where that is wrong, signed time and what has passed since. */
  readonly atMs: number;
  readonly quality: ClockQuality;
  /** How long ago the time was last known to be right; 0 while it is. */
  readonly unsureMs: number;
  /** How far the box's clock is ahead of the time that is used; 0 while that is its own. */
  readonly offMs: number;
};

export const noTrust: ClockTrust = {
  signs: { synchronised: false, rtc: false },
  anchor: undefined,
  isWrong: false,
  goodAtMono: undefined,
};

/**
 * Signed time goes on by the counter of the box, which nobody can set. A time service steers its
 * rate, 500 ppm by the kernel and more by chrony (`maxslewrate`): seen with the next signed time.
 */
const byAnchor = ({ atMs, monoMs }: TimeAnchor, face: ClockFace): number =>
  atMs + Math.max(0, face.monoMs - monoMs);

/** Where nothing was signed the box's clock cannot be wrong, only unsure. */
const isWrongNow = ({ anchor, isWrong }: ClockTrust, face: ClockFace): boolean => {
  if (anchor === undefined) return false;
  const offMs = Math.abs(face.wallMs - byAnchor(anchor, face));
  const driftMs = Math.max(0, face.monoMs - anchor.monoMs) * driftPart;
  return offMs > (isWrong ? rightByMs : wrongByMs) + driftMs;
};

/** A time service that contradicts the cloud is not believed: it is not signed. */
const isRightNow = (trust: ClockTrust, face: ClockFace): boolean => {
  const { signs, anchor } = trust;
  const sinceAnchorMs = anchor === undefined ? Infinity : face.monoMs - anchor.monoMs;
  return sinceAnchorMs <= signedHoldsMs || (signs.synchronised && !isWrongNow(trust, face));
};

/** How long ago the time was known to be right; Infinity = never, as far as one can know. */
const unsureFor = (trust: ClockTrust, face: ClockFace, atMs: number): number => {
  const { signs, goodAtMono } = trust;
  if (goodAtMono !== undefined) return face.monoMs - goodAtMono;
  // The battery clock ran on since somebody last knew the time, which the floor remembers.
  return signs.rtc ? Math.max(0, atMs - face.floorMs) : Infinity;
};

/**
 * Trusted: a time service holds the clock, or the cloud has signed the time within 12 hours.
 * Holdover: it was trusted in this run, or a battery clock has run on. Untrusted: none of these,
 * or the clock stands below something that was signed later.
 */
export const readTime = (trust: ClockTrust, face: ClockFace): TimeReading => {
  const atMs =
    trust.anchor !== undefined && isWrongNow(trust, face)
      ? Math.round(byAnchor(trust.anchor, face))
      : face.wallMs;
  const offMs = Math.round(face.wallMs - atMs);
  if (atMs < face.floorMs - wrongByMs) {
    return { atMs, quality: 'untrusted', unsureMs: Infinity, offMs };
  }
  if (isRightNow(trust, face)) return { atMs, quality: 'trusted', unsureMs: 0, offMs };
  const unsureMs = unsureFor(trust, face, atMs);
  return { atMs, quality: Number.isFinite(unsureMs) ? 'holdover' : 'untrusted', unsureMs, offMs };
};

/** To be called every second, and with new signs whenever they were read. */
export const afterLook = (
  trust: ClockTrust,
  face: ClockFace,
  signs: ClockSigns = trust.signs,
): ClockTrust => {
  const next = { ...trust, signs, isWrong: isWrongNow(trust, face) };
  const isGood = readTime(next, face).quality === 'trusted';
  return isGood ? { ...next, goodAtMono: face.monoMs } : next;
};

/** The newest word counts, also where an earlier one said otherwise. */
export const afterSigned = (trust: ClockTrust, face: ClockFace, anchor: TimeAnchor): ClockTrust =>
  afterLook({ ...trust, anchor, isWrong: false }, face);
