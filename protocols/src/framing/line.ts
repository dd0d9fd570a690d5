import { decodeUtf8 } from '../codec/utf8.ts';

/**
 * Line framing of scanner heads: text ended by CR, LF or CR LF. A pure decoder: bytes in, lines and
 * faults out. Only the terminator is removed: a pass may begin with a space.
 */
export type LineFault = 'too_long' | 'not_text' | 'half_line';

export type LineOutput =
  | { readonly kind: 'line'; readonly text: string }
  /** @param bytes dropped since the last output */
  | { readonly kind: 'fault'; readonly fault: LineFault; readonly bytes: number };

export type LineDecoder = {
  /** @param nowMs monotonic time of arrival */
  readonly push: (chunk: Uint8Array, nowMs: number) => readonly LineOutput[];
  /** Drops a half line that has waited longer than `halfLineMaxMs`. */
  readonly expire: (nowMs: number) => readonly LineOutput[];
  /** When `expire` next has something to do, or undefined. */
  readonly wakeAtMs: () => number | undefined;
};

export type LineBounds = {
  readonly lineBytesMax: number;
  /** From the first byte of a line to its end; also the silence that ends what is skipped. */
  readonly halfLineMaxMs: number;
  /** Text beyond ASCII counts as text: what is sent to a device, heard on the device's side. */
  readonly allowsUtf8?: boolean;
};

const cr = 0x0d;
const lf = 0x0a;
const none: readonly LineOutput[] = [];

type State = {
  readonly buffer: Uint8Array;
  /** Of the line that is being read; 0 while skipping. */
  length: number;
  /** Arrival of the first byte of this line. */
  sinceMs: number;
  /** Arrival of the last byte of all. */
  lastMs: number;
  /** What is skipped to its end, because of this; undefined while reading. */
  skipping: LineFault | undefined;
  /** Skipped and not yet told. */
  untold: number;
  toldMs: number;
};

/**
 * Memory stays at `lineBytesMax` whatever arrives. After an over-long line or an expired half line
 * everything up to the next terminator is skipped, so that a tail never looks like a line; silence
 * of `halfLineMaxMs` ends it too, so that a lost terminator costs one line and not two. Each byte
 * is in one line, one terminator or one fault. A flood is told once every `halfLineMaxMs`.
 */
export const createLineDecoder = (framing: LineBounds): LineDecoder => {
  const { lineBytesMax, halfLineMaxMs } = framing;
  const text = new TextDecoder();
  const isText = framing.allowsUtf8 === true ? isPrintableUtf8 : isPrintable;
  const state: State = {
    buffer: new Uint8Array(lineBytesMax),
    length: 0,
    sinceMs: 0,
    lastMs: 0,
    skipping: undefined,
    untold: 0,
    toldMs: 0,
  };
  const finish = (nowMs: number): readonly LineOutput[] => {
    if (state.skipping !== undefined) return endSkipping(state, nowMs);
    if (state.length === 0) return none;
    const line = state.buffer.subarray(0, state.length);
    state.length = 0;
    return isText(line)
      ? [{ kind: 'line', text: text.decode(line) }]
      : [{ kind: 'fault', fault: 'not_text', bytes: line.length }];
  };
  const take = (byte: number, nowMs: number): void => {
    if (state.skipping === undefined && state.length === lineBytesMax) {
      beginSkipping(state, 'too_long', nowMs);
    }
    if (state.skipping !== undefined) {
      state.untold += 1;
      return;
    }
    if (state.length === 0) state.sinceMs = nowMs;
    state.buffer[state.length] = byte;
    state.length += 1;
  };
  const expire = (nowMs: number): readonly LineOutput[] => expireAt(state, halfLineMaxMs, nowMs);
  const push = (chunk: Uint8Array, nowMs: number): readonly LineOutput[] => {
    // As if the timer had fired in time: what comes out never depends on a late timer.
    const out: LineOutput[] = [...expire(nowMs)];
    for (const byte of chunk) {
      if (byte === cr || byte === lf) out.push(...finish(nowMs));
      else take(byte, nowMs);
    }
    if (chunk.length > 0) state.lastMs = nowMs;
    return out;
  };
  const wakeAtMs = (): number | undefined => {
    if (state.skipping === undefined) {
      return state.length > 0 ? state.sinceMs + halfLineMaxMs : undefined;
    }
    const quietMs = state.lastMs + halfLineMaxMs;
    return state.untold > 0 ? Math.min(quietMs, state.toldMs + halfLineMaxMs) : quietMs;
  };
  return { push, expire, wakeAtMs };
};

const expireAt = (state: State, halfLineMaxMs: number, nowMs: number): readonly LineOutput[] => {
  const isQuiet = nowMs >= state.lastMs + halfLineMaxMs;
  if (state.skipping === undefined) {
    if (state.length === 0 || nowMs < state.sinceMs + halfLineMaxMs) return none;
    beginSkipping(state, 'half_line', nowMs);
    return isQuiet ? endSkipping(state, nowMs) : tell(state, nowMs);
  }
  if (isQuiet) return endSkipping(state, nowMs);
  return nowMs >= state.toldMs + halfLineMaxMs ? tell(state, nowMs) : none;
};

const beginSkipping = (state: State, fault: LineFault, nowMs: number): void => {
  state.skipping = fault;
  state.untold = state.length;
  state.toldMs = nowMs;
  state.length = 0;
};

const tell = (state: State, nowMs: number): readonly LineOutput[] => {
  const { skipping, untold } = state;
  if (skipping === undefined || untold === 0) return none;
  state.untold = 0;
  state.toldMs = nowMs;
  return [{ kind: 'fault', fault: skipping, bytes: untold }];
};

const endSkipping = (state: State, nowMs: number): readonly LineOutput[] => {
  const told = tell(state, nowMs);
  state.skipping = undefined;
  return told;
};

/** Printable ASCII: what a scanner head sends for a pass, a UID or a label. */
const isPrintable = (bytes: Uint8Array): boolean => bytes.every((b) => b >= 0x20 && b <= 0x7e);

const isPrintableUtf8 = (bytes: Uint8Array): boolean =>
  bytes.every((b) => b >= 0x20 && b !== 0x7f) && decodeUtf8(bytes) !== undefined;
