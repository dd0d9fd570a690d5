import { equalBytes, toHex } from '../../bytes.ts';
import { createFrameDecoder } from '../decoder.ts';
import type { FrameVector } from '../frame.vectors.ts';
import type { FrameDecoder, FrameOutput, Framing } from '../framing.ts';
import { frameGeometry, hexBytes } from '../layout.ts';
import { sealFrame } from '../seal.ts';

/** What every frame of a framing has to stand; each names what broke, or nothing. */
export type FrameTrial = {
  readonly name: string;
  readonly run: (vector: FrameVector, wire: Uint8Array) => readonly string[];
};

const silence = (framing: Framing): number =>
  framing.kind === 'lines' ? framing.halfLineMaxMs : framing.silenceMs;

/** Everything pushed at once, then a silence. */
export const outputsOf = (
  framing: Framing,
  chunks: readonly Uint8Array[],
): readonly FrameOutput[] => {
  const decoder = createFrameDecoder(framing);
  const pushed = chunks.flatMap((chunk) => decoder.push(chunk, 0));
  return [...pushed, ...decoder.expire(silence(framing))];
};

const framesIn = (outputs: readonly FrameOutput[]): readonly Uint8Array[] =>
  outputs.flatMap((output) => (output.kind === 'frame' ? [output.bytes] : []));
const dropsIn = (outputs: readonly FrameOutput[]): number =>
  outputs.reduce((sum, output) => sum + (output.kind === 'fault' ? output.bytes : 0), 0);

/** The frame alone, as its own decoder gave it. */
export const frameOf = (framing: Framing, wire: Uint8Array): Uint8Array =>
  framesIn(outputsOf(framing, [wire]))[0] ?? new Uint8Array();

const shown = (outputs: readonly FrameOutput[]): string =>
  outputs.map((output) => (output.kind === 'frame' ? toHex(output.bytes) : output.fault)).join(' ');

const same = (outputs: readonly FrameOutput[], expected: readonly Uint8Array[]): boolean => {
  const got = framesIn(outputs);
  return got.length === expected.length && got.every((f, i) => equalBytes(f, expected[i] ?? f));
};

const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** What changes the case of a hexadecimal digit changes no meaning. */
const lower = (bytes: Uint8Array): string =>
  bytes.reduce((text, byte) => text + String.fromCharCode(byte), '').toLowerCase();

/** Inside a broken frame a shorter one may prove right, as GM65 replies do without their zero. */
const isShorterInside = (got: Uint8Array, frame: Uint8Array): boolean => got.length < frame.length;

const isChecked = (framing: Framing): boolean =>
  framing.kind === 'frames' && framing.checksum !== undefined;
/** Without start, end and checksum only a silence tells where the next frame begins. */
const needsSilence = (framing: Framing): boolean =>
  framing.kind === 'silence' ||
  (framing.kind === 'frames' && framing.start === undefined && framing.end === undefined);

const decodes: FrameTrial['run'] = ({ framing }, wire) => {
  const outputs = outputsOf(framing, [wire]);
  return framesIn(outputs).length === 1 && outputs.length === 1 ? [] : [shown(outputs)];
};

const seals: FrameTrial['run'] = ({ framing, isOnlyRead = false }, wire) => {
  if (isOnlyRead) return [];
  const { head, tail } = frameGeometry(framing);
  const frame = frameOf(framing, wire).slice().fill(0, 0, head);
  const sealed = sealFrame(framing, frame.fill(0, frame.length - tail));
  return equalBytes(sealed, wire) ? [] : [toHex(sealed)];
};

const splits: FrameTrial['run'] = ({ framing }, wire) => {
  const frame = [frameOf(framing, wire)];
  const cuts = Array.from({ length: wire.length + 1 }, (_, cut) => [
    wire.subarray(0, cut),
    wire.subarray(cut),
  ]);
  const singles = [...wire].map((byte) => Uint8Array.of(byte));
  return [...cuts, singles].flatMap((chunks) => {
    const outputs = outputsOf(framing, chunks);
    return same(outputs, frame) ? [] : [`cut at ${chunks[0]?.length}: ${shown(outputs)}`];
  });
};

const twoInOne: FrameTrial['run'] = ({ framing }, wire) => {
  if (framing.kind === 'silence') return [];
  const frame = frameOf(framing, wire);
  const outputs = outputsOf(framing, [concat(wire, wire)]);
  return same(outputs, [frame, frame]) ? [] : [shown(outputs)];
};

const pushLater = (
  decoder: FrameDecoder,
  framing: Framing,
  parts: readonly Uint8Array[],
): readonly FrameOutput[] => {
  const stepMs = 2 * silence(framing);
  const pushed = parts.flatMap((part, i) => decoder.push(part, i * stepMs));
  return [...pushed, ...decoder.expire(parts.length * stepMs)];
};

/** Noise before and behind; where only silence separates, a silence between. */
const noiseAround: FrameTrial['run'] = ({ framing }, wire) => {
  const frame = frameOf(framing, wire);
  const noise = Uint8Array.of(0x55, 0x01, 0x55);
  const ended = framing.kind === 'lines' || (framing.kind === 'frames' && !framing.start);
  const outputs =
    ended || needsSilence(framing)
      ? pushLater(createFrameDecoder(framing), framing, [noise, wire, noise])
      : outputsOf(framing, [concat(noise, wire, noise)]);
  const found = framesIn(outputs).some((got) => equalBytes(got, frame));
  const isTold = framing.kind === 'silence' || dropsIn(outputs) === 2 * noise.length;
  return found && isTold ? [] : [shown(outputs)];
};

/** Where neither length nor size is known, a sum of 8 bits proves some longer frames by chance. */
const chance = (framing: Framing): number =>
  framing.kind === 'frames' && framing.length === undefined && framing.bytes === undefined
    ? 1 / 32
    : 0;

const flipped = (wire: Uint8Array, bit: number): Uint8Array =>
  wire.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** One bit wrong: with a checksum an error and never a frame, and the next good frame comes out. */
const bitFlips: FrameTrial['run'] = ({ framing, uncovered = [] }, wire) => {
  const frame = frameOf(framing, wire);
  const bits = Array.from({ length: 8 * wire.length }, (_, bit) => bit);
  const broken = bits.flatMap((bit) => {
    const bad = flipped(wire, bit);
    const outputs =
      isChecked(framing) && !needsSilence(framing)
        ? outputsOf(framing, [concat(bad, wire, wire)])
        : pushLater(createFrameDecoder(framing), framing, [bad, wire]);
    const got = framesIn(outputs);
    const last = got.at(-1);
    const recovers = last !== undefined && equalBytes(last, frame);
    const isCaught =
      !isChecked(framing) ||
      uncovered.includes(bit >> 3) ||
      got.every((each) => lower(each) === lower(frame) || isShorterInside(each, frame));
    return recovers && isCaught ? [] : [`bit ${bit}: ${shown(outputs)}`];
  });
  return broken.length <= chance(framing) * bits.length ? [] : broken;
};

export const frameTrials: readonly FrameTrial[] = [
  { name: 'is one frame', run: decodes },
  { name: 'is sealed from its fields alone', run: seals },
  { name: 'comes out of every split', run: splits },
  { name: 'twice in one chunk is two', run: twoInOne },
  { name: 'comes out of noise, which is told', run: noiseAround },
  { name: 'with one flipped bit is an error and the next one comes out', run: bitFlips },
];

export const wireOf = (hex: string): Uint8Array => hexBytes(hex) ?? new Uint8Array();
