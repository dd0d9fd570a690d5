import { utf8 } from '../bytes.ts';
import type { FrameDecoder, FrameFault, FrameOutput } from '../framing/framing.ts';
import { createInputEventReader } from './input-event.ts';
import type { InputEventBytes } from './input-event.ts';
import { createKeyboard } from './keyboard.ts';
import type { Typed } from './keyboard.ts';
import { layoutOfName } from './layout.ts';
import type { LayoutName } from './layouts.table.ts';

/**
 * - `half_line`: it stood still for too long; `too_long`: above the bound
 * - `unknown_key`: a key that types nothing in this layout: wrong layout, or no scanner
 * - `overrun`: the kernel dropped events (SYN_DROPPED)
 */
export type KeyLineFault = 'half_line' | 'too_long' | 'unknown_key' | 'overrun';

export type KeyLineOutput =
  /** Without its end key; case and spaces as typed. Never empty. */
  | { readonly kind: 'line'; readonly text: string }
  /** @param presses keys that were dropped since the last output */
  | { readonly kind: 'fault'; readonly fault: KeyLineFault; readonly presses: number };

export const endKeys = ['enter', 'tab'] as const;
export type EndKey = (typeof endKeys)[number];

export type KeyLineOptions = {
  readonly layout: LayoutName;
  /** The other one is a strange key. */
  readonly endKey: EndKey;
  readonly charsMax: number;
  /** A line that stands still for so long is given up; the same silence ends what is skipped. */
  readonly silenceMs: number;
  readonly eventBytes: InputEventBytes;
};

export type KeyLineDecoder = {
  /** @param nowMs monotonic time of arrival; the times inside the events are not read */
  readonly push: (chunk: Uint8Array, nowMs: number) => readonly KeyLineOutput[];
  readonly expire: (nowMs: number) => readonly KeyLineOutput[];
  /** When `expire` next has something to do, or undefined. */
  readonly wakeAtMs: () => number | undefined;
};

type State = {
  text: string;
  /** Presses of this line, or skipped and not yet told. */
  presses: number;
  /** Of the last press. */
  lastMs: number;
  /** What is skipped to its end, because of this; undefined while reading. */
  skipping: KeyLineFault | undefined;
  /** Skipped since, or told last. */
  toldMs: number;
  isUntold: boolean;
};

/**
 * Lines that a keyboard types: bytes of `struct input_event` in, lines and faults out. What spoils
 * a line spoils it to its end, so that a tail never looks like a line: up to the end key, or to
 * `silenceMs` without a press. A flood is told once every `silenceMs`; memory is bounded by
 * `charsMax`.
 */
export const createKeyLineDecoder = (options: KeyLineOptions): KeyLineDecoder => {
  const reader = createInputEventReader(options.eventBytes);
  const keyboard = createKeyboard(layoutOfName(options.layout));
  const state: State = {
    ...{ text: '', presses: 0, lastMs: 0, toldMs: 0 },
    skipping: undefined,
    isUntold: false,
  };
  const take = (typed: Typed, nowMs: number): readonly KeyLineOutput[] => {
    state.lastMs = nowMs;
    if (typed.kind === options.endKey) {
      keyboard.forgetAccent();
      return finish(state, nowMs);
    }
    if (typed.kind === 'lost') spoil(state, 'overrun', nowMs);
    else state.presses += 1;
    if (typed.kind === 'text') add(state, typed.text, options.charsMax, nowMs);
    else if (typed.kind !== 'lost') spoil(state, 'unknown_key', nowMs);
    if (state.skipping !== undefined) state.isUntold = true;
    return [];
  };
  const expire = (nowMs: number): readonly KeyLineOutput[] => {
    const { silenceMs } = options;
    if (nowMs >= state.lastMs + silenceMs) {
      if (state.presses > 0 || state.skipping !== undefined) keyboard.forgetAccent();
      if (state.skipping === undefined && state.presses > 0) spoil(state, 'half_line', nowMs);
      return finish(state, nowMs);
    }
    return state.isUntold && nowMs >= state.toldMs + silenceMs ? tell(state, nowMs) : [];
  };
  const push = (chunk: Uint8Array, nowMs: number): readonly KeyLineOutput[] => {
    // As if the timer had fired in time: what comes out never depends on a late timer.
    const out: KeyLineOutput[] = [...expire(nowMs)];
    for (const event of reader.push(chunk)) {
      const typed = keyboard.take(event);
      if (typed !== undefined) out.push(...take(typed, nowMs));
    }
    return out;
  };
  const wakeAtMs = (): number | undefined => {
    if (state.presses === 0 && state.skipping === undefined) return undefined;
    const quietMs = state.lastMs + options.silenceMs;
    return state.isUntold ? Math.min(quietMs, state.toldMs + options.silenceMs) : quietMs;
  };
  return { push, expire, wakeAtMs };
};

const add = (state: State, text: string, charsMax: number, nowMs: number): void => {
  if (state.skipping !== undefined) return;
  if (state.text.length + text.length > charsMax) spoil(state, 'too_long', nowMs);
  else state.text += text;
};

/** The first fault of a line names it. */
const spoil = (state: State, fault: KeyLineFault, nowMs: number): void => {
  if (state.skipping !== undefined) return;
  state.skipping = fault;
  state.toldMs = nowMs;
  state.isUntold = true;
  state.text = '';
};

const tell = (state: State, nowMs: number): readonly KeyLineOutput[] => {
  const { skipping, presses } = state;
  if (skipping === undefined || !state.isUntold) return [];
  state.presses = 0;
  state.isUntold = false;
  state.toldMs = nowMs;
  return [{ kind: 'fault', fault: skipping, presses }];
};

const finish = (state: State, nowMs: number): readonly KeyLineOutput[] => {
  const { text } = state;
  const told = tell(state, nowMs);
  const isLine = state.skipping === undefined && text !== '';
  state.skipping = undefined;
  state.presses = 0;
  state.text = '';
  return isLine ? [{ kind: 'line', text }] : told;
};

/** As a decoder of frames tells them: a keyboard's line is a line like others. */
const frameFaultOf: Readonly<Record<KeyLineFault, FrameFault>> = {
  half_line: 'truncated',
  too_long: 'too_long',
  unknown_key: 'not_text',
  overrun: 'noise',
};

/** A line is a frame of its text in UTF-8; `bytes` of a fault are presses. */
export const createKeyFrameDecoder = (options: KeyLineOptions): FrameDecoder => {
  const decoder = createKeyLineDecoder(options);
  const toFrame = (output: KeyLineOutput): FrameOutput =>
    output.kind === 'line'
      ? { kind: 'frame', bytes: utf8(output.text) }
      : { kind: 'fault', fault: frameFaultOf[output.fault], bytes: output.presses };
  const push: FrameDecoder['push'] = (chunk, nowMs) => decoder.push(chunk, nowMs).map(toFrame);
  return {
    push,
    take: (chunk, nowMs) => {
      const outputs: FrameOutput[] = [...push(chunk.subarray(0, 0), nowMs)];
      let used = 0;
      // Byte by byte: half an event may wait, and only what completes it is known to be its own.
      while (used < chunk.length && outputs.every(({ kind }) => kind !== 'frame')) {
        outputs.push(...push(chunk.subarray(used, used + 1), nowMs));
        used += 1;
      }
      return { outputs, used };
    },
    expire: (nowMs) => decoder.expire(nowMs).map(toFrame),
    wakeAtMs: decoder.wakeAtMs,
  };
};
