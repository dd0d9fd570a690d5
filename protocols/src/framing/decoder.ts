import { utf8 } from '../bytes.ts';
import { createFinder, workPerByte } from './finder.ts';
import type { Finder, Window } from './finder.ts';
import type {
  FrameDecoder,
  FrameFault,
  FrameFraming,
  FrameOutput,
  Framing,
  SilenceFraming,
} from './framing.ts';
import { createLineDecoder } from './line.ts';
import type { LineFault, LineOutput } from './line.ts';

export type FrameDecoderOptions = {
  /** Of lines: text beyond ASCII counts, as a device hears it. */
  readonly allowsUtf8?: boolean;
};

/**
 * Bytes in, whole frames and faults out; memory is fixed, work is bounded for each byte. What is
 * no frame is told when it ends: before the next frame, after a silence, and in a flood once
 * every `silenceMs`. The first thing that was wrong names the fault; bytes before it were noise.
 * @param framing sound (`framingFault`)
 */
export const createFrameDecoder = (
  framing: Framing,
  options: FrameDecoderOptions = {},
): FrameDecoder => {
  if (framing.kind === 'lines') return createLines(framing, options);
  return framing.kind === 'silence' ? createSilences(framing) : createFrames(framing);
};

const cr = 0x0d;
const lf = 0x0a;

const lineFaults: Readonly<Record<LineFault, FrameFault>> = {
  too_long: 'too_long',
  not_text: 'not_text',
  half_line: 'truncated',
};

const createLines = (
  framing: Extract<Framing, { readonly kind: 'lines' }>,
  { allowsUtf8 = false }: FrameDecoderOptions,
): FrameDecoder => {
  const { lineBytesMax, halfLineMaxMs } = framing;
  const decoder = createLineDecoder({ lineBytesMax, halfLineMaxMs, allowsUtf8 });
  const toFrame = (output: LineOutput): FrameOutput =>
    output.kind === 'line'
      ? { kind: 'frame', bytes: utf8(output.text) }
      : { kind: 'fault', fault: lineFaults[output.fault], bytes: output.bytes };
  const push: FrameDecoder['push'] = (chunk, nowMs) => decoder.push(chunk, nowMs).map(toFrame);
  return {
    push,
    take: (chunk, nowMs) => {
      const end = chunk.findIndex((byte) => byte === cr || byte === lf);
      const used = end < 0 ? chunk.length : end + 1;
      return { outputs: push(chunk.subarray(0, used), nowMs), used };
    },
    expire: (nowMs) => decoder.expire(nowMs).map(toFrame),
    wakeAtMs: decoder.wakeAtMs,
  };
};

/** Dropped and not yet told. */
type Untold = { bytes: number; fault: FrameFault; sinceMs: number };

const createUntold = (): Untold => ({ bytes: 0, fault: 'noise', sinceMs: 0 });

const addUntold = (untold: Untold, bytes: number, fault: FrameFault, nowMs: number): void => {
  if (untold.bytes === 0) untold.sinceMs = nowMs;
  if (untold.bytes === 0 || untold.fault === 'noise') untold.fault = fault;
  untold.bytes += bytes;
};

const tell = (untold: Untold, out: FrameOutput[]): void => {
  if (untold.bytes === 0) return;
  out.push({ kind: 'fault', fault: untold.fault, bytes: untold.bytes });
  untold.bytes = 0;
};

const createWindow = (finder: Finder, framing: FrameFraming): Window => ({
  // A whole frame always fits behind what waits once that is moved to the front.
  buffer: new Uint8Array(2 * finder.wireBytesMax),
  from: 0,
  to: 0,
  seen: 0,
  credit: workPerByte * framing.frameBytesMax,
  doubt: undefined,
  isLost: false,
  plain: new Uint8Array(framing.escape === undefined ? 0 : framing.frameBytesMax),
  plainLength: 0,
});

const consume = (window: Window, bytes: number): void => {
  window.from += bytes;
  window.seen = Math.max(window.seen, window.from);
  window.doubt = undefined;
  window.plainLength = 0;
};

/** Moves what waits to the front: half of the buffer at most, for the other half that came. */
const makeRoom = (window: Window): void => {
  const { buffer, from, to } = window;
  if (from < to && to < buffer.length) return;
  buffer.copyWithin(0, from, to);
  window.from = 0;
  window.to = to - from;
  window.seen = Math.max(0, window.seen - from);
};

const createFrames = (framing: FrameFraming): FrameDecoder => {
  const { silenceMs } = framing;
  const finder = createFinder(framing);
  const window = createWindow(finder, framing);
  const creditMax = window.credit;
  const untold = createUntold();
  let lastMs = 0;
  /** @returns true where it ended behind a frame with at most `stopBytes` left */
  const scan = (
    out: FrameOutput[],
    nowMs: number,
    { isLast = false, stopBytes = -1 }: { readonly isLast?: boolean; readonly stopBytes?: number },
  ): boolean => {
    while (window.from < window.to) {
      const found = finder.find(window);
      if (found.kind === 'more' && !isLast) return false;
      const verdict = found.kind === 'more' ? finder.giveUp(window) : found;
      if (verdict.kind === 'frame') {
        tell(untold, out);
        out.push({ kind: 'frame', bytes: verdict.frame.slice() });
        consume(window, verdict.bytes);
        if (window.to - window.from <= stopBytes) return true;
      } else if (verdict.kind === 'drop') {
        addUntold(untold, verdict.bytes, verdict.fault, nowMs);
        consume(window, verdict.bytes);
      }
    }
    return false;
  };
  const expire = (nowMs: number): readonly FrameOutput[] => {
    const out: FrameOutput[] = [];
    if (nowMs >= lastMs + silenceMs) {
      window.credit = creditMax;
      scan(out, nowMs, { isLast: true });
      window.isLost = false;
      tell(untold, out);
    } else if (untold.bytes > 0 && nowMs >= untold.sinceMs + silenceMs) {
      tell(untold, out);
    }
    return out;
  };
  const feed = (chunk: Uint8Array, nowMs: number, isOneFrame: boolean) => {
    // As if the timer had fired in time: what comes out never depends on a late timer.
    const outputs: FrameOutput[] = [...expire(nowMs)];
    let used = 0;
    while (used < chunk.length) {
      makeRoom(window);
      const taken = chunk.subarray(used, used + window.buffer.length - window.to);
      window.buffer.set(taken, window.to);
      window.to += taken.length;
      used += taken.length;
      window.credit = Math.min(creditMax, window.credit + workPerByte * taken.length);
      // What was taken in an earlier call cannot be given back.
      if (!scan(outputs, nowMs, isOneFrame ? { stopBytes: used } : {})) continue;
      used -= window.to - window.from;
      window.to = window.from;
      window.seen = window.from;
      break;
    }
    if (chunk.length > 0) lastMs = nowMs;
    return { outputs, used };
  };
  const push = (chunk: Uint8Array, nowMs: number) => feed(chunk, nowMs, false).outputs;
  const take = (chunk: Uint8Array, nowMs: number) => feed(chunk, nowMs, true);
  const wakeAtMs = (): number | undefined => {
    if (untold.bytes > 0) return Math.min(lastMs, untold.sinceMs) + silenceMs;
    return window.from < window.to ? lastMs + silenceMs : undefined;
  };
  return { push, take, expire, wakeAtMs };
};

/** What comes between two silences; told when the silence is over. */
const createSilences = ({ silenceMs, frameBytesMax }: SilenceFraming): FrameDecoder => {
  const buffer = new Uint8Array(frameBytesMax);
  const untold = createUntold();
  let length = 0;
  let isTooLong = false;
  let lastMs = 0;
  const expire = (nowMs: number): readonly FrameOutput[] => {
    const out: FrameOutput[] = [];
    const isQuiet = nowMs >= lastMs + silenceMs;
    if (isQuiet || nowMs >= untold.sinceMs + silenceMs) tell(untold, out);
    if (isQuiet) {
      if (length > 0) out.push({ kind: 'frame', bytes: buffer.slice(0, length) });
      length = 0;
      isTooLong = false;
    }
    return out;
  };
  const push = (chunk: Uint8Array, nowMs: number): readonly FrameOutput[] => {
    const out = expire(nowMs);
    if (chunk.length > 0) lastMs = nowMs;
    if (isTooLong || length + chunk.length > frameBytesMax) {
      addUntold(untold, length + chunk.length, 'too_long', nowMs);
      isTooLong = true;
      length = 0;
    } else {
      buffer.set(chunk, length);
      length += chunk.length;
    }
    return out;
  };
  const wakeAtMs = (): number | undefined => {
    if (untold.bytes > 0) return Math.min(lastMs, untold.sinceMs) + silenceMs;
    return length > 0 ? lastMs + silenceMs : undefined;
  };
  const take = (chunk: Uint8Array, nowMs: number) => ({
    outputs: push(chunk, nowMs),
    used: chunk.length,
  });
  return { push, take, expire, wakeAtMs };
};
