import { parseRtu, rtuBytesMax, rtuFrame } from '@gatehouse/protocols';

/**
 * Modbus as one hears it on a line, where requests and replies look alike: where a frame ends is
 * told by its function and its checksum.
 */
export type HeardRtu =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'fault'; readonly fault: 'noise' | 'truncated'; readonly bytes: number };

export type RtuSplitter = {
  readonly push: (chunk: Uint8Array, nowMs: number) => readonly HeardRtu[];
  readonly expire: (nowMs: number) => readonly HeardRtu[];
  readonly wakeAtMs: () => number | undefined;
};

/** A line that stands still for so long has ended its frame, whatever an adapter buffers. */
const silenceMs = 100;
const exceptionBit = 0x80;
const crcBytes = 2;

/** "MODBUS Application Protocol" V1.1b3 §6: how long a request or reply of this function is. */
const sizesOf = (bytes: Uint8Array): readonly number[] => {
  const fn = bytes[1] ?? 0;
  if ((fn & exceptionBit) !== 0) return [3 + crcBytes];
  if (fn >= 1 && fn <= 4) return [8, 3 + (bytes[2] ?? 0) + crcBytes];
  if (fn === 5 || fn === 6) return [8];
  if (fn === 15 || fn === 16) return [8, 7 + (bytes[6] ?? 0) + crcBytes];
  return [];
};

export const createRtuSplitter = (): RtuSplitter => {
  let held = new Uint8Array();
  let lastMs = 0;
  const split = (isOver: boolean): readonly HeardRtu[] => {
    const out: HeardRtu[] = [];
    let noise = 0;
    const tell = (): void => {
      if (noise > 0) out.push({ kind: 'fault', fault: 'noise', bytes: noise });
      noise = 0;
    };
    while (held.length > 0) {
      const sizes = sizesOf(held);
      const whole = sizes.find(
        (size) => size <= held.length && parseRtu(held.subarray(0, size)).ok,
      );
      if (whole !== undefined) {
        tell();
        out.push({ kind: 'frame', bytes: held.slice(0, whole) });
        held = held.slice(whole);
        continue;
      }
      const mayGrow = held.length < 7 || sizes.some((size) => size > held.length);
      if (!isOver && mayGrow && held.length < rtuBytesMax) break;
      held = held.slice(1);
      noise += 1;
    }
    tell();
    return out;
  };
  const expire = (nowMs: number): readonly HeardRtu[] => {
    if (held.length === 0 || nowMs - lastMs < silenceMs) return [];
    return split(true);
  };
  return {
    push: (chunk, nowMs) => {
      const before = expire(nowMs);
      lastMs = nowMs;
      const out = [...before];
      // In pieces, so that what is held stays small whatever comes at once.
      for (let at = 0; at < chunk.length; at += rtuBytesMax) {
        held = Uint8Array.from([...held, ...chunk.subarray(at, at + rtuBytesMax)]);
        out.push(...split(false));
      }
      return out;
    },
    expire,
    wakeAtMs: () => (held.length === 0 ? undefined : lastMs + silenceMs),
  };
};

const mbapBytes = 7;

/** MODBUS Messaging on TCP/IP V1.0b §3.1. */
export const mbapFrame = (transaction: number, unit: number, pdu: Uint8Array): Uint8Array =>
  Uint8Array.of(
    transaction >> 8,
    transaction & 0xff,
    0,
    0,
    (pdu.length + 1) >> 8,
    (pdu.length + 1) & 0xff,
    unit,
    ...pdu,
  );

/** Frames of Modbus TCP as the RTU frames that say the same: one form for vectors and replays. */
export const createMbapSplitter = (): RtuSplitter => {
  let held = new Uint8Array();
  let lastMs = 0;
  const split = (): readonly HeardRtu[] => {
    const out: HeardRtu[] = [];
    while (held.length >= mbapBytes) {
      const length = ((held[4] ?? 0) << 8) | (held[5] ?? 0);
      const isProtocol = held[2] === 0 && held[3] === 0 && length > 1 && length <= rtuBytesMax;
      if (!isProtocol) {
        out.push({ kind: 'fault', fault: 'noise', bytes: held.length });
        held = new Uint8Array();
        break;
      }
      if (held.length < 6 + length) break;
      const bytes = rtuFrame(held[6] ?? 0, held.slice(mbapBytes, 6 + length));
      out.push({ kind: 'frame', bytes });
      held = held.slice(6 + length);
    }
    return out;
  };
  const expire = (nowMs: number): readonly HeardRtu[] => {
    if (held.length === 0 || nowMs - lastMs < silenceMs) return [];
    const bytes = held.length;
    held = new Uint8Array();
    return [{ kind: 'fault', fault: 'truncated', bytes }];
  };
  return {
    push: (chunk, nowMs) => {
      const before = expire(nowMs);
      lastMs = nowMs;
      held = Uint8Array.from([...held, ...chunk]);
      return [...before, ...split()];
    },
    expire,
    wakeAtMs: () => (held.length === 0 ? undefined : lastMs + silenceMs),
  };
};
