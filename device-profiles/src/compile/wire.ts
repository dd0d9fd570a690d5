import {
  createFrameDecoder,
  frameGeometry,
  fromHex,
  sealFault,
  sealFrame,
} from '@gatehouse/protocols';
import type {
  Field,
  FrameDecoder,
  FrameGeometry,
  FrameOutput,
  Framing,
} from '@gatehouse/protocols';
import type { SerialBinding } from '../language/bindings.ts';

/** One direction of a line: one framing, or several told apart by their first byte. */
export type Wire = {
  readonly framings: readonly Framing[];
  /** @param allowsUtf8 of lines: as a device hears them */
  readonly createDecoder: (allowsUtf8: boolean) => FrameDecoder;
  /** Which framing these bytes of a decoder came in. */
  readonly frameOf: (bytes: Uint8Array) => number;
  readonly geometry: (content: Framed) => FrameGeometry;
  /** @returns what goes on the wire; undefined where the framing cannot hold it */
  readonly seal: (content: Framed, bytes: Uint8Array) => Uint8Array | undefined;
};
/** What is framed: its framing's place in the list and its fields. */
export type Framed = { readonly frame: number; readonly fields: readonly Field[] };

export const framingsOf = (framing: SerialBinding['framing']): readonly Framing[] =>
  Array.isArray(framing) ? framing : [framing];

const noGeometry: FrameGeometry = { head: 0, tail: 0 };

export const createWire = (framing: SerialBinding['framing']): Wire => {
  const framings = framingsOf(framing);
  const isPlain = framings.length === 1 && singlesOf(framings[0]).length === 0;
  return {
    framings,
    createDecoder: (allowsUtf8) => {
      const decoders = framings.map((one) => createFrameDecoder(one, { allowsUtf8 }));
      const [first] = decoders;
      return isPlain && first !== undefined ? first : createSwitch(framings, decoders);
    },
    frameOf: (bytes) => (framings.length === 1 ? 0 : frameOf(framings, bytes)),
    geometry: ({ frame, fields }) => {
      const one = framings[frame];
      return one === undefined || isSingle(one, fields) ? noGeometry : frameGeometry(one);
    },
    seal: ({ frame, fields }, bytes) => {
      const one = framings[frame];
      if (one === undefined) return undefined;
      if (isSingle(one, fields)) return bytes;
      return sealFault(one, bytes) === undefined ? sealFrame(one, bytes) : undefined;
    },
  };
};

const bytesOf = (hex: string | undefined): Uint8Array =>
  fromHex((hex ?? '').replaceAll(' ', '').toLowerCase()) ?? new Uint8Array();

/** Bytes that are messages of their own, such as ACK and NAK. */
export const singlesOf = (framing: Framing | undefined): Uint8Array =>
  framing?.kind === 'frames' ? bytesOf(framing.singles) : new Uint8Array();

/** The byte that frames of this framing begin with; undefined: any byte. */
export const startOf = (framing: Framing): number | undefined =>
  framing.kind === 'frames' ? bytesOf(framing.start)[0] : undefined;

const isSingle = (framing: Framing, fields: readonly Field[]): boolean => {
  const [field, ...others] = fields;
  if (field === undefined || others.length > 0 || !('const' in field)) return false;
  const { const: value, type } = field;
  return type === 'u8' && typeof value === 'number' && singlesOf(framing).includes(value);
};

const begins = (framing: Framing, byte: number | undefined, bytes?: Uint8Array): boolean => {
  if (byte === undefined) return false;
  if (singlesOf(framing).includes(byte) && (bytes === undefined || bytes.length === 1)) return true;
  const start = startOf(framing);
  return start === undefined || start === byte;
};

/** By byte: the framing that begins with it, or the message that it is by itself. */
const beginnings = (
  framings: readonly Framing[],
): readonly ({ readonly index: number; readonly isSingle: boolean } | undefined)[] =>
  Array.from({ length: 256 }, (_, byte) => {
    const index = framings.findIndex((framing) => begins(framing, byte));
    const framing = framings[index];
    return framing && { index, isSingle: singlesOf(framing).includes(byte) };
  });

const frameOf = (framings: readonly Framing[], bytes: Uint8Array): number =>
  Math.max(
    0,
    framings.findIndex((one) => begins(one, bytes[0], bytes)),
  );

type Switch = {
  /** Who reads the frame that has begun. */
  reading: FrameDecoder | undefined;
  /** Bytes that begin nothing, since the last output. */
  noise: number;
  noiseSinceMs: number;
};

/** Noise is told at the latest after so long. */
const noiseTellMs = 500;

/**
 * Each frame goes to the decoder of the framing that it begins; what begins none is noise. A frame
 * that turns out broken is mended by its own decoder, at the latest by its silence.
 */
const createSwitch = (
  framings: readonly Framing[],
  decoders: readonly FrameDecoder[],
): FrameDecoder => {
  const state: Switch = { reading: undefined, noise: 0, noiseSinceMs: 0 };
  const tell = (): readonly FrameOutput[] => {
    const { noise: bytes } = state;
    state.noise = 0;
    return bytes === 0 ? [] : [{ kind: 'fault', fault: 'noise', bytes }];
  };
  const begun = beginnings(framings);
  /** @returns how many bytes it took: at least one */
  const take = (chunk: Uint8Array, nowMs: number, out: FrameOutput[]): number => {
    const [byte = 0] = chunk;
    if (state.reading === undefined) {
      const what = begun[byte];
      if (what === undefined) {
        if (state.noise === 0) state.noiseSinceMs = nowMs;
        state.noise += 1;
        return 1;
      }
      if (what.isSingle) {
        out.push(...tell(), { kind: 'frame', bytes: Uint8Array.of(byte) });
        return 1;
      }
      state.reading = decoders[what.index];
    }
    const { outputs = [], used = 1 } = state.reading?.take(chunk, nowMs) ?? {};
    if (state.reading?.wakeAtMs() === undefined) state.reading = undefined;
    if (outputs.length > 0) out.push(...tell(), ...outputs);
    return Math.max(1, used);
  };
  const push = (chunk: Uint8Array, nowMs: number): readonly FrameOutput[] => {
    const out: FrameOutput[] = [...expire(nowMs)];
    for (let at = 0; at < chunk.length;) at += take(chunk.subarray(at), nowMs, out);
    return out;
  };
  const expire = (nowMs: number): readonly FrameOutput[] => {
    const out = state.reading?.expire(nowMs) ?? [];
    if (state.reading?.wakeAtMs() === undefined) state.reading = undefined;
    const isDue = state.noise > 0 && nowMs >= state.noiseSinceMs + noiseTellMs;
    return isDue ? [...tell(), ...out] : out;
  };
  return {
    push,
    take: (chunk, nowMs) => ({ outputs: push(chunk, nowMs), used: chunk.length }),
    expire,
    wakeAtMs: () => {
      const due = state.noise > 0 ? state.noiseSinceMs + noiseTellMs : Infinity;
      const wake = Math.min(due, state.reading?.wakeAtMs() ?? Infinity);
      return Number.isFinite(wake) ? wake : undefined;
    },
  };
};
