import { plainWires } from '../check/plain-wires.ts';
import type { PlainCodec } from '../compiled.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import { chunkRecords, droppedRecord } from './capture-file.ts';
import type { CaptureRecord } from './capture-file.ts';
import { createListener } from './listener.ts';
import type { Chunk, LineEvent, ModbusMode } from './listener.ts';
import { keptBytes, mayCarrySecrets } from './redact.ts';

/** What a step of the recording gives: lines for the file, and what was understood. */
export type Recorded = {
  readonly records: readonly CaptureRecord[];
  readonly events: readonly LineEvent[];
};

export type Recorder = {
  readonly push: (chunk: Chunk) => Recorded;
  readonly expire: (nowMs: number) => Recorded;
  /** What is still half heard is written, or counted where it may be secret. */
  readonly end: (nowMs: number) => Recorded;
};

const nothing: Recorded = { records: [], events: [] };

/** Without a profile nobody knows what a byte means: everything is kept as it came. */
export const plainRecorder: Recorder = {
  push: (chunk) => ({ records: chunkRecords(chunk), events: [] }),
  expire: () => nothing,
  end: () => nothing,
};

export type KnownLine = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly codec: PlainCodec;
  readonly mode: ModbusMode;
};

export const createRecorder = (line: KnownLine): Recorder => {
  const { profile, binding: name, codec, mode } = line;
  const binding = own(plainWires(profile).bindings, name);
  if (binding !== undefined && mayCarrySecrets(profile.model, binding)) return careful(line);
  const listener = createListener(codec, mode);
  const expire = (nowMs: number): Recorded => ({ records: [], events: listener.expire(nowMs) });
  return {
    push: (chunk) => ({ records: chunkRecords(chunk), events: listener.push(chunk) }),
    expire,
    end: expire,
  };
};

/** Longer than a few frames: what does not become one by then is counted and not kept. */
const heldBytesMax = 16 * 1024;

type Held = {
  chunks: Chunk[];
  events: LineEvent[];
  bytes: number;
  /** The beginning of what is half heard has been given up. */
  isCut: boolean;
};

const isPlain = (event: LineEvent): boolean => {
  if (event.kind === 'fault') return false;
  if (event.kind === 'asked') return event.isShown;
  return event.meaning.message !== undefined && event.meaning.isShown;
};

/**
 * A line that can carry a pass, card or PIN: bytes are held until their frame is whole. Then they
 * are kept as they came, or their message is written anew with something invented in it.
 */
const careful = ({ profile, binding, codec, mode }: KnownLine): Recorder => {
  const listener = createListener(codec, mode);
  const held: Held = { chunks: [], events: [], bytes: 0, isCut: false };
  const release = (nowMs: number): readonly CaptureRecord[] => {
    const { chunks, events, bytes, isCut } = held;
    const isOpen = events.length > 0 && !isCut && events.every(isPlain);
    held.chunks = [];
    held.events = [];
    held.bytes = 0;
    held.isCut = false;
    if (isOpen) return chunks.flatMap((chunk) => chunkRecords(chunk));
    if (events.length > 0) return events.flatMap((event) => rewritten(event));
    return bytes === 0 ? [] : [droppedRecord(nowMs, 'device', bytes)];
  };
  const rewritten = (event: LineEvent): readonly CaptureRecord[] => {
    if (event.kind === 'fault') return [droppedRecord(event.ms, 'device', event.bytes)];
    const from = event.kind === 'asked' ? 'gateway' : 'device';
    const bytes = keptBytes({ profile, binding, codec }, event);
    if (bytes === undefined) return [droppedRecord(event.ms, from, event.frame.length)];
    return chunkRecords({ ms: event.ms, from, bytes }, !isPlain(event));
  };
  const step = (nowMs: number, events: readonly LineEvent[], chunk?: Chunk): Recorded => {
    held.events.push(...events);
    if (chunk !== undefined) {
      held.chunks.push(chunk);
      held.bytes += chunk.bytes.length;
    }
    const isFull = held.bytes > heldBytesMax;
    if (listener.wakeAtMs() !== undefined && !isFull) return { records: [], events };
    const records = release(nowMs);
    held.isCut = isFull;
    return { records, events };
  };
  return {
    push: (chunk) => step(chunk.ms, listener.push(chunk), chunk),
    expire: (nowMs) => step(nowMs, listener.expire(nowMs)),
    end: (nowMs) => {
      const events = listener.expire(nowMs);
      held.events.push(...events);
      held.isCut = true;
      return { records: release(nowMs), events };
    },
  };
};
