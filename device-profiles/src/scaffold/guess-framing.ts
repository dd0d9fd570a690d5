import { createFrameDecoder, framingFault } from '@gatehouse/protocols';
import type { FrameFraming, Framing } from '@gatehouse/protocols';
import { heard } from '../frames.ts';
import { hexText } from '../vectors/report.ts';
import { chanceOf, distinct, guessChecksum } from './guess-checksum.ts';
import type { ChecksumGuess } from './guess-checksum.ts';

/** What frames that somebody pasted tell about how they lie on the line. */
export type FramingGuess = {
  readonly framing: Framing;
  /** Frames that come out of its decoder whole, of those that were pasted. */
  readonly agrees: number;
  readonly of: number;
  /** One line for each part: what it is and how sure that is. */
  readonly reasons: readonly string[];
};

type Parts = Pick<FrameFraming, 'start' | 'end' | 'length' | 'bytes' | 'checksum'>;
/** What somebody knows already; `null`: there is none. */
export type KnownParts = { readonly [Key in keyof Parts]?: Parts[Key] | null | undefined };

const startMax = 4;
const endMax = 4;
const usualSilenceMs = 100;
const frameBytesMin = 64;
const frameBytesMaxMax = 4096;

export const guessFraming = (
  frames: readonly Uint8Array[],
  known: KnownParts = {},
): FramingGuess | undefined => {
  const all = distinct(frames).filter(({ length }) => length > 0);
  // One byte alone is an ACK or NAK beside the frames.
  const longer = all.filter(({ length }) => length > 1);
  const samples = longer.length > 0 ? longer : all;
  if (samples.length === 0) return undefined;
  const singles = longer.length > 0 ? all.filter(({ length }) => length === 1) : [];
  const tries = ends(samples, known).flatMap((end) =>
    starts(samples, known).map((start) => attempt({ frames: samples, singles, known }, start, end)),
  );
  const [best] = tries
    .filter(({ framing }) => framingFault(framing) === undefined)
    .toSorted((a, b) => b.agrees - a.agrees || b.weight - a.weight);
  return (
    best ?? {
      framing: silence(all),
      agrees: all.length,
      of: all.length,
      reasons: ['nothing alike: what lies between two silences is a frame'],
    }
  );
};

const common = (frames: readonly Uint8Array[], fromEnd: boolean, max: number): number => {
  const [first] = frames;
  if (first === undefined) return 0;
  const at = (frame: Uint8Array, i: number): number | undefined =>
    frame[fromEnd ? frame.length - 1 - i : i];
  let size = 0;
  while (
    size < max &&
    frames.every((frame) => frame.length > size + 1 && at(frame, size) === at(first, size))
  ) {
    size += 1;
  }
  return size;
};

const hexBytes = (text: string): number => text.replaceAll(' ', '').length / 2;

const starts = (frames: readonly Uint8Array[], { start }: KnownParts): readonly number[] => {
  if (start !== undefined) return [start === null ? 0 : hexBytes(start)];
  // Of one frame alone everything is alike: its first byte is as good a guess as any.
  const size = frames.length === 1 ? 1 : common(frames, false, startMax);
  return Array.from({ length: size + 1 }, (_, i) => i);
};

const usualEnds = [
  0x03, 0x04, 0x0a, 0x0d, 0x16, 0x17, 0x55, 0x7e, 0xab, 0xbb, 0xed, 0xef, 0xfe, 0xff,
];

/** Its bytes, and how many of a checksum may stand behind it. */
type End = { readonly bytes: number; readonly behind: number };
const noEnd: End = { bytes: 0, behind: 0 };
const behindMax = 2;

const ends = (frames: readonly Uint8Array[], { end }: KnownParts): readonly End[] => {
  const behinds = Array.from({ length: behindMax + 1 }, (_, behind) => behind);
  if (end === null) return [noEnd];
  if (end !== undefined) return behinds.map((behind) => ({ bytes: hexBytes(end), behind }));
  const found = behinds.flatMap((behind) => {
    const cut = frames.map((frame) => frame.subarray(0, frame.length - behind));
    const last = cut[0]?.at(-1) ?? -1;
    const isUsual = behind === 0 && usualEnds.includes(last);
    const size = frames.length === 1 ? Number(isUsual) : common(cut, true, endMax);
    return Array.from({ length: size }, (_, i) => ({ bytes: i + 1, behind }));
  });
  return [noEnd, ...found];
};

type Attempt = FramingGuess & { readonly framing: FrameFraming; readonly weight: number };

type Samples = {
  readonly frames: readonly Uint8Array[];
  readonly singles: readonly Uint8Array[];
  readonly known: KnownParts;
};

const attempt = (samples: Samples, startBytes: number, end: End): Attempt => {
  const { frames, singles, known } = samples;
  const [first = new Uint8Array()] = frames;
  const check = checkOf(frames, known, startBytes, end);
  const length = lengthOf(frames, known, startBytes);
  const isOne = frames.every((frame) => frame.length === first.length);
  const isFixed = length === undefined && isOne && (frames.length > 1 || check !== undefined);
  const bytes = known.bytes ?? (isFixed ? first.length : undefined);
  const endFrom = first.length - end.behind - end.bytes;
  const longest = Math.max(...frames.map((frame) => frame.length));
  const framing = present({
    kind: 'frames',
    start: known.start ?? textOf(first.subarray(0, startBytes)),
    length,
    bytes,
    checksum: known.checksum ?? check?.spec,
    end: known.end ?? textOf(first.subarray(endFrom, endFrom + end.bytes)),
    singles: textOf(Uint8Array.from(singles.flatMap((one) => [...one]))),
    frameBytesMax: bytes ?? Math.min(frameBytesMaxMax, Math.max(frameBytesMin, 2 * longest)),
    silenceMs: usualSilenceMs,
  });
  return {
    framing,
    agrees: wholeFrames(framing, frames),
    of: frames.length,
    weight: weightOf(frames, framing, check),
    reasons: reasonsOf(frames, framing, check),
  };
};

const textOf = (bytes: Uint8Array): string | undefined =>
  bytes.length === 0 ? undefined : hexText(bytes);

type Loose = { readonly [Key in keyof FrameFraming]: FrameFraming[Key] | undefined };

/** Without the parts that are not there. */
const present = (framing: Loose): FrameFraming =>
  // Only optional keys can be undefined: the others are always given.
  Object.fromEntries(
    Object.entries(framing).filter(([, part]) => part !== undefined),
  ) as FrameFraming;

const checkOf = (
  frames: readonly Uint8Array[],
  known: KnownParts,
  startBytes: number,
  { bytes: endBytes, behind }: End,
): ChecksumGuess | undefined => {
  if (known.checksum !== undefined) return undefined;
  const guess = guessChecksum(frames, { startBytes, endBytes, behind });
  // What only some of the frames have is no checksum of this framing.
  return guess === undefined || guess.agrees < frames.length ? undefined : guess;
};

type Length = NonNullable<FrameFraming['length']>;
const lengthTypes = ['u8', 'u16', 'u16le'] as const;
const lengthAtMax = 8;
const addsMin = -16;
const addsMax = 64;
/** Of frames that are all of one size, only a length that counts about the whole is believed. */
const plainAddsMax = 6;
const plainFramesMax = 3;
const plainValueMin = 2;

const valueAt = (frame: Uint8Array, at: number, type: Length['type']): number => {
  const [a = 0, b = 0] = frame.subarray(at, at + 2);
  if (type === 'u8') return a;
  return type === 'u16' ? (a << 8) | b : (b << 8) | a;
};

/** A number that grows with the frame: the first place behind the start where one stands. */
const lengthOf = (
  frames: readonly Uint8Array[],
  known: KnownParts,
  startBytes: number,
): Length | undefined => {
  if (known.length !== undefined) return known.length ?? undefined;
  if (known.bytes !== undefined && known.bytes !== null) return undefined;
  const sizes = new Set(frames.map(({ length }) => length));
  for (let at = startBytes; at <= startBytes + lengthAtMax; at += 1) {
    for (const type of lengthTypes) {
      const width = type === 'u8' ? 1 : 2;
      if (frames.some((frame) => frame.length < at + width)) continue;
      const adds = frames.map((frame) => frame.length - valueAt(frame, at, type));
      const [first = 0] = adds;
      if (!adds.every((one) => one === first) || first < addsMin || first > addsMax) continue;
      const isPlain =
        first >= 0 &&
        first <= plainAddsMax &&
        at <= startBytes + 1 &&
        frames.length <= plainFramesMax &&
        frames.every((frame) => valueAt(frame, at, type) >= plainValueMin);
      if (sizes.size > 1 || isPlain) return { at, type, adds: first };
    }
  }
  return undefined;
};

/** How much would have to be chance: the larger, the better. */
const weightOf = (
  frames: readonly Uint8Array[],
  { start, end, length }: FrameFraming,
  check: ChecksumGuess | undefined,
): number => {
  const sizes = new Set(frames.map(({ length: bytes }) => bytes)).size;
  return (
    (check === undefined ? 0 : Math.min(20, -Math.log10(chanceOf(check)))) +
    (length === undefined ? 0 : 2 * sizes + (length.type === 'u8' ? 0 : 1)) +
    (start === undefined ? 0 : 0.5 * hexBytes(start)) +
    (end === undefined ? 0 : 0.5 * hexBytes(end))
  );
};

const wholeFrames = (framing: FrameFraming, frames: readonly Uint8Array[]): number => {
  if (framingFault(framing) !== undefined) return 0;
  return frames.filter((bytes) => {
    const [only, ...more] = heard(createFrameDecoder(framing), bytes);
    return only?.kind === 'frame' && more.length === 0 && only.bytes.length === bytes.length;
  }).length;
};

const silence = (frames: readonly Uint8Array[]): Framing => ({
  kind: 'silence',
  silenceMs: usualSilenceMs,
  frameBytesMax: Math.max(frameBytesMin, 2 * Math.max(...frames.map(({ length }) => length))),
});

/** Below this many wrong guesses one is sure, below that it is likely. */
const sureBelow = 1e-3;
const likelyBelow = 0.05;

const sureness = (chance: number): string =>
  chance < sureBelow
    ? 'sure'
    : chance < likelyBelow
      ? 'likely'
      : 'may be chance: paste more frames';

const sizesWord = (sizes: number): string => {
  if (sizes > 2) return 'sure';
  return sizes > 1 ? 'likely' : 'a guess: paste frames of other sizes';
};

const reasonsOf = (
  frames: readonly Uint8Array[],
  { start, end, length, bytes, checksum }: FrameFraming,
  check: ChecksumGuess | undefined,
): readonly string[] => {
  const many = `${frames.length} different frame${frames.length === 1 ? '' : 's'}`;
  const alike = frames.length > 2 ? 'likely' : 'a guess: paste more frames';
  const sizes = new Set(frames.map(({ length: size }) => size)).size;
  const rows: readonly (readonly [unknown, string])[] = [
    [start, `start ${start ?? ''}: all of ${many} begin so (${alike})`],
    [end, `end ${end ?? ''}: all of ${many} end so (${alike})`],
    [
      length,
      `length: ${length?.type ?? ''} at ${length?.at ?? 0}, the whole frame is that + ` +
        `${length?.adds ?? 0}: fits ${many} of ${sizes} sizes (${sizesWord(sizes)})`,
    ],
    [bytes, `every frame has ${bytes ?? 0} bytes (${alike})`],
    [
      check,
      check === undefined
        ? ''
        : `checksum ${specText(check)}: ${check.agrees} of ${frames.length} agree ` +
          `(${sureness(chanceOf(check))})`,
    ],
    [checksum === undefined ? true : undefined, 'checksum: none of those that are known fits all'],
  ];
  return rows.filter(([isThere]) => isThere !== undefined).map(([, text]) => text);
};

const specText = ({ spec: { type, from, to, at, order, digits } }: ChecksumGuess): string =>
  `${type} over bytes ${from} … ${to}, at ${at}${order === undefined ? '' : `, ${order}`}${
    digits === true ? ', as digits' : ''
  }`;
