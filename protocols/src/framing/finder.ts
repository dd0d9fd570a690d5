import type { FrameFault, FrameFraming } from './framing.ts';
import { faultOf, layoutOf, startsWith } from './layout.ts';
import type { Layout } from './layout.ts';
import { escapeOf } from './seal.ts';
import type { Escape } from './seal.ts';

/** Bytes that wait; the frame that is looked for begins at `from`. */
export type Window = {
  readonly buffer: Uint8Array;
  from: number;
  to: number;
  /** Behind the last byte that a search for an end, or unescaping, has looked at. */
  seen: number;
  /** Bytes of checksum work that may still be done: see `workPerByte`. */
  credit: number;
  /** Why the frame at `from` is given up should nothing better come. */
  doubt: FrameFault | undefined;
  /** No frame can begin before an end or a silence. */
  isLost: boolean;
  /** The frame at `from` without its escapes; empty where reading it has not begun. */
  readonly plain: Uint8Array;
  plainLength: number;
};

export type Verdict =
  | { readonly kind: 'more' }
  | { readonly kind: 'drop'; readonly bytes: number; readonly fault: FrameFault }
  /** @param bytes on the wire */
  | { readonly kind: 'frame'; readonly bytes: number; readonly frame: Uint8Array };

export type Finder = {
  /** Called only while bytes wait. Whatever it drops is at least one byte. */
  readonly find: (window: Window) => Verdict;
  /** What is left when silence says that no more comes. */
  readonly giveUp: (window: Window) => Verdict;
  /** Bytes of the longest frame as it lies on the wire. */
  readonly wireBytesMax: number;
};

/**
 * Each byte that comes pays for so many bytes of checksums over frames that prove none. A stream
 * of start bytes, or of lengths that point far, thus costs a fixed amount for each byte; where it
 * has spent all, a frame is dropped whole instead of being searched for another one inside.
 */
export const workPerByte = 16;

const more: Verdict = { kind: 'more' };
const drop = (bytes: number, fault: FrameFault): Verdict => ({ kind: 'drop', bytes, fault });

const waiting = (window: Window): number => window.to - window.from;

const dropAll = (window: Window): Verdict => drop(waiting(window), window.doubt ?? 'truncated');

const indexOf = (window: Window, pattern: Uint8Array, from: number): number => {
  const bytes = window.buffer.subarray(0, window.to);
  const [first = 0] = pattern;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + pattern.length > bytes.length) return -1;
    if (startsWith(bytes, pattern, at)) return at;
  }
  return -1;
};

/** Drops what comes before a start; undefined where one stands at `from`. */
const seekStart = (window: Window, start: Uint8Array): Verdict | undefined => {
  const { buffer, from, to } = window;
  const [first = 0] = start;
  if (start.length === 0) return undefined;
  if (buffer[from] !== first) {
    const next = buffer.subarray(from, to).indexOf(first);
    return drop(next < 0 ? to - from : next, 'noise');
  }
  const known = start.subarray(0, to - from);
  if (!startsWith(buffer, known, from)) return drop(1, 'noise');
  return known.length < start.length ? more : undefined;
};

/** Takes the cost of a checksum; false where nothing is left to pay it. */
const pays = (window: Window, cost: number): boolean => {
  if (window.credit < cost) return false;
  window.credit -= cost;
  return true;
};

/** Frames whose first bytes say how long they are, or which all have one size. */
const measuredFinder = (layout: Layout): Finder => {
  const { start, length, bytes: fixed, bytesMin, bytesMax, checksum } = layout;
  // Without any of these only silence shows where a frame begins.
  const resyncs = start.length > 0 || checksum !== undefined || layout.end.length > 0;
  const lost = (window: Window, fault: FrameFault): Verdict => {
    if (resyncs) return drop(1, fault);
    window.isLost = true;
    return drop(waiting(window), fault);
  };
  const find = (window: Window): Verdict => {
    if (window.isLost) return drop(waiting(window), 'noise');
    const unstarted = seekStart(window, start);
    if (unstarted !== undefined) return unstarted;
    const { buffer, from, to } = window;
    const bytes = buffer.subarray(from, to);
    if (length !== undefined && bytes.length < length.at + length.size) return more;
    const size = length === undefined ? (fixed ?? 0) : length.read(bytes) + length.adds;
    if (size < bytesMin || size > bytesMax) return lost(window, 'bad_length');
    if (bytes.length < size) return more;
    if (checksum !== undefined && !pays(window, size)) return drop(size, 'bad_checksum');
    const frame = bytes.subarray(0, size);
    const fault = faultOf(layout, frame);
    if (fault !== undefined) return lost(window, fault);
    if (checksum !== undefined) window.credit += size;
    return { kind: 'frame', bytes: size, frame };
  };
  const giveUp = (window: Window): Verdict => (resyncs ? drop(1, 'truncated') : dropAll(window));
  return { find, giveUp, wireBytesMax: bytesMax };
};

/** The last start inside a frame that has ended; 0 where there is none. */
const lastStart = (frame: Uint8Array, start: Uint8Array): number => {
  const [first = 0] = start;
  for (let at = frame.lastIndexOf(first); at > 0; at = frame.lastIndexOf(first, at - 1)) {
    if (startsWith(frame, start, at)) return at;
  }
  return 0;
};

/**
 * Where a frame that ends here may begin. The first start is the likeliest, unless it has failed
 * at an earlier end: then it is a broken frame that a good one follows, and the last is.
 */
function* startsIn(frame: Uint8Array, start: Uint8Array, firstComesFirst: boolean) {
  if (firstComesFirst) yield 0;
  for (let at = frame.length; at > 0;) {
    at = lastStart(frame.subarray(0, at + start.length - 1), start);
    if (at > 0) yield at;
  }
  if (!firstComesFirst) yield 0;
}

/**
 * Frames between a start and an end that may also occur inside. With a checksum each pair of
 * start and end is tried until one proves right. Without one the last
 * start before an end counts: in texts no other is meant.
 */
const endedFinder = (layout: Layout): Finder => {
  const { start, end, behindEnd, bytesMin, bytesMax, checksum } = layout;
  const tooLong = (window: Window): Verdict => drop(1, window.doubt ?? 'too_long');
  const unproven = (frame: Uint8Array): Verdict => {
    const at = lastStart(frame.subarray(0, frame.length - end.length), start);
    if (at > 0 && frame.length - at >= bytesMin) return drop(at, 'bad_end');
    const fault = faultOf(layout, frame);
    return fault === undefined
      ? { kind: 'frame', bytes: frame.length, frame }
      : drop(1, 'bad_length');
  };
  /** Undefined: this end is none, look for the next. */
  const proven = (window: Window, frame: Uint8Array): Verdict | undefined => {
    for (const at of startsIn(frame, start, window.doubt === undefined)) {
      if (frame.length - at < bytesMin) continue;
      if (!pays(window, frame.length)) return drop(frame.length, 'bad_checksum');
      if (faultOf(layout, frame.subarray(at)) !== undefined) continue;
      window.credit += frame.length;
      return at > 0
        ? drop(at, window.doubt ?? 'bad_checksum')
        : { kind: 'frame', bytes: frame.length, frame };
    }
    if (frame.length >= bytesMin) window.doubt = 'bad_checksum';
    return undefined;
  };
  const find = (window: Window): Verdict => {
    const unstarted = seekStart(window, start);
    if (unstarted !== undefined) return unstarted;
    const { buffer, from, to } = window;
    window.seen = Math.max(window.seen, from + start.length);
    for (;;) {
      const at = indexOf(window, end, window.seen);
      const behind = at + end.length + behindEnd;
      if (at < 0 || behind > to) {
        window.seen = at < 0 ? Math.max(window.seen, to - end.length + 1) : at;
        return to - from > bytesMax ? tooLong(window) : more;
      }
      if (behind - from > bytesMax) return tooLong(window);
      const frame = buffer.subarray(from, behind);
      const verdict = checksum === undefined ? unproven(frame) : proven(window, frame);
      if (verdict !== undefined) return verdict;
      window.seen = at + 1;
    }
  };
  return { find, giveUp: dropAll, wireBytesMax: bytesMax + 1 };
};

/** Frames that only their end tells apart: what lies between two ends is a frame. */
const unstartedFinder = (layout: Layout): Finder => {
  const { end, behindEnd, bytesMax } = layout;
  const find = (window: Window): Verdict => {
    const { buffer, from, to } = window;
    const at = indexOf(window, end, window.seen);
    const behind = at + end.length + behindEnd;
    if (at >= 0 && behind <= to) {
      const frame = buffer.subarray(from, behind);
      const fault = window.isLost ? 'too_long' : faultOf(layout, frame);
      window.isLost = false;
      return fault === undefined
        ? { kind: 'frame', bytes: frame.length, frame }
        : drop(frame.length, fault);
    }
    window.seen = at < 0 ? Math.max(from, to - end.length + 1) : at;
    if (to - from <= bytesMax) return more;
    window.isLost = true;
    // The beginning of an end that is still coming stays.
    return drop(window.seen - from, 'too_long');
  };
  return { find, giveUp: dropAll, wireBytesMax: bytesMax + 1 };
};

type Unescaped = number | Verdict;

/** Judges a whole frame; `window.seen` is behind it where it has no end of its own. */
const judged = (layout: Layout, window: Window, size: number, wireEnd: number): Verdict => {
  const { start, end, behindEnd, bytesMin } = layout;
  const frame = window.plain.subarray(0, size);
  const fault = faultOf(layout, frame);
  if (fault === undefined) return { kind: 'frame', bytes: wireEnd - window.from, frame };
  // An end may be the start of the next frame where both are the same flag.
  const endsEmpty = frame.length < bytesMin && startsWith(end, start);
  const kept = endsEmpty ? end.length + behindEnd : 0;
  return drop(Math.max(1, wireEnd - window.from - kept), fault);
};

const endedAt = (layout: Layout, window: Window): Verdict => {
  const { buffer, plain, plainLength, seen, to } = window;
  const wireEnd = seen + layout.end.length + layout.behindEnd;
  if (wireEnd > to) return more;
  const size = plainLength + wireEnd - seen;
  if (size > layout.bytesMax) return drop(wireEnd - window.from, 'too_long');
  plain.set(buffer.subarray(seen, wireEnd), plainLength);
  return judged(layout, window, size, wireEnd);
};

/** Reads the byte at `seen`, which is a mark or looks like part of a start or end. */
const structural = (layout: Layout, escape: Escape, window: Window): Unescaped => {
  const { start, end } = layout;
  const { mark, flip, special } = escape;
  const { buffer, from, seen, to } = window;
  const rest = buffer.subarray(seen, to);
  const isPartOf = (pattern: Uint8Array): boolean =>
    pattern.length > 0 && startsWith(rest, pattern.subarray(0, rest.length));
  if (isPartOf(end) && rest.length >= end.length) return endedAt(layout, window);
  if (rest.length === 1 && (buffer[seen] === mark || (end.length > 1 && isPartOf(end)))) {
    return more;
  }
  const beginsAnew = drop(seen - from, 'bad_end');
  if (buffer[seen] !== mark) {
    if (isPartOf(start)) return beginsAnew;
    return isPartOf(end) ? more : drop(seen + 1 - from, 'bad_end');
  }
  if (start.length > 1 && isPartOf(start)) return beginsAnew;
  const next = buffer[seen + 1] ?? 0;
  if (flip === 0 ? special.has(next) : !special.has(next)) return next ^ flip;
  return start.length === 1 && start[0] === mark ? beginsAnew : drop(seen + 1 - from, 'bad_escape');
};

/** Size of the unescaped frame as far as it is known without its end. */
const unescapedSize = (layout: Layout, window: Window): number => {
  const { length, end, bytes } = layout;
  if (end.length > 0) return Infinity;
  if (length === undefined) return bytes ?? 0;
  const isRead = window.plainLength >= length.at + length.size;
  return isRead ? length.read(window.plain) + length.adds : Infinity;
};

/**
 * Frames in which start and end never occur inside: a start ends whatever came before it, so that
 * each byte is looked at once.
 */
const escapedFinder = (layout: Layout, escape: Escape): Finder => {
  const { start, bytesMin, bytesMax } = layout;
  const find = (window: Window): Verdict => {
    const unstarted = seekStart(window, start);
    if (unstarted !== undefined) return unstarted;
    const { buffer, from, plain } = window;
    if (window.plainLength === 0) {
      plain.set(start);
      window.plainLength = start.length;
      window.seen = from + start.length;
    }
    while (window.seen < window.to) {
      const byte = buffer[window.seen] ?? 0;
      const isSpecial = escape.special.has(byte);
      const data = isSpecial ? structural(layout, escape, window) : byte;
      if (typeof data !== 'number') return data;
      if (window.plainLength >= bytesMax) return drop(window.seen - from, 'too_long');
      plain[window.plainLength] = data;
      window.plainLength += 1;
      window.seen += isSpecial ? 2 : 1;
      const size = unescapedSize(layout, window);
      if (size < bytesMin || (size > bytesMax && size < Infinity)) {
        return drop(window.seen - from, 'bad_length');
      }
      if (window.plainLength >= size) {
        return judged(layout, window, window.plainLength, window.seen);
      }
    }
    return more;
  };
  return { find, giveUp: dropAll, wireBytesMax: 2 * bytesMax };
};

export const createFinder = (framing: FrameFraming): Finder => {
  const layout = layoutOf(framing);
  const escape = escapeOf(framing);
  if (escape !== undefined) return escapedFinder(layout, escape);
  if (framing.length !== undefined || framing.bytes !== undefined) return measuredFinder(layout);
  return layout.start.length > 0 ? endedFinder(layout) : unstartedFinder(layout);
};
