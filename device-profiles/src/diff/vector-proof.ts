import { utf8 } from '@gatehouse/protocols';
import { exchangeMeaning } from '../capture/listener.ts';
import { differencesOf, meaningOf, nothingMeant, pushMeaningOf } from '../capture/meaning.ts';
import type { Difference, Meaning } from '../capture/meaning.ts';
import { deskEventBytes, typedKeys } from '../compile/usb-hid.ts';
import { isSession } from '../check/vector-rules.ts';
import type { Codec } from '../codec.ts';
import { heard } from '../frames.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { Vector } from '../language/vectors.ts';
import { bytesOfHex, hexText } from '../vectors/report.ts';
import { change } from './change.ts';
import type { Change } from './change.ts';
import { sentText } from './command-changes.ts';
import { differenceText } from './message-changes.ts';
import { compiledOrNot } from './sample-frames.ts';

/** The proof of a diff: every case of the old version, run through the new one. */
export type Proof = {
  /** Vectors that both versions could run; sessions need a device. */
  readonly run: number;
  readonly same: number;
  readonly changes: readonly Change[];
};

export const vectorProof = (a: DeviceProfile, b: DeviceProfile): Proof => {
  let run = 0;
  let same = 0;
  const changes: Change[] = [];
  for (const [index, vector] of a.vectors.entries()) {
    if (isSession(vector)) continue;
    const before = compiledOrNot(a, vector.binding, vector.params ?? {});
    const after = compiledOrNot(b, vector.binding, vector.params ?? {});
    if (before === undefined || after === undefined) continue;
    if (before.transport !== after.transport) continue;
    run += 1;
    const found = vectorChange(`vectors.${index}`, vector, [before, after]);
    if (found === undefined) same += 1;
    else changes.push(found);
  }
  return { run, same, changes };
};

const vectorChange = (
  path: string,
  vector: Vector,
  [a, b]: readonly [Codec, Codec],
): Change | undefined => {
  const told = (text: string): string => `${text}  (${vector.source})`;
  if (vector.command !== undefined) {
    const [before, after] = [a, b].map((codec) =>
      sentText(codec, vector.command ?? '', vector.args ?? {}),
    );
    if (before !== after) {
      const what = `${vector.command}: ${before ?? 'refused'} → ${after ?? 'refused'}`;
      return change(before === undefined ? 'minor' : 'major', path, told(what));
    }
  }
  if (vector.poll !== undefined && !asks(b, pollBytes(a, vector.poll))) {
    return change('major', path, told(`poll ${vector.poll} is no longer sent`));
  }
  const differences = received(vector, a, b);
  const broken = differences.find(({ path: at, before }) => before !== undefined && at !== 'fault');
  if (broken !== undefined) return change('major', path, told(differenceText(broken)));
  const more = differences.find(({ path: at }) => at !== 'fault') ?? differences[0];
  return more === undefined ? undefined : change('minor', path, told(differenceText(more)));
};

const pollBytes = (codec: Codec, index: number): string | undefined => {
  const bytes = codec.transport === 'serial' ? codec.polls[index]?.bytes : undefined;
  return bytes === undefined ? undefined : hexText(bytes);
};

const asks = (codec: Codec, bytes: string | undefined): boolean =>
  codec.transport !== 'serial' || codec.polls.some((poll) => hexText(poll.bytes) === bytes);

const received = (vector: Vector, a: Codec, b: Codec): readonly Difference[] => {
  if (vector.in === undefined && vector.inText === undefined) return [];
  if (a.transport === 'http-push' && b.transport === 'http-push') {
    const text = vector.inText ?? '';
    return differencesOf(pushMeaningOf(a, text), pushMeaningOf(b, text));
  }
  const bytes = wireBytes(a, vector);
  const [request] = [vector.tx ?? []].flat().map(bytesOfHex);
  return differencesOf(heardBy(a, bytes, request), heardBy(b, bytes, request));
};

/** Of a keyboard: the keys that its old version types. */
const wireBytes = (codec: Codec, { in: hex, inText }: Vector): Uint8Array => {
  if (inText === undefined) return bytesOfHex(hex ?? '');
  if (codec.transport !== 'usb-hid') return utf8(inText);
  return typedKeys(codec, inText) ?? new Uint8Array();
};

/** All that these bytes say: of several frames the later one wins, as on a twin. */
const heardBy = (codec: Codec, bytes: Uint8Array, request: Uint8Array | undefined): Meaning => {
  if (codec.transport === 'modbus') {
    return request === undefined ? nothingMeant : exchangeMeaning(codec, request, bytes);
  }
  if (codec.transport === 'http-push') return nothingMeant;
  if (codec.transport === 'usb-hid') return heardBy(codec.on(deskEventBytes), bytes, request);
  return heard(codec.createDecoder(), bytes)
    .map((output) =>
      output.kind === 'frame'
        ? meaningOf(codec, output.bytes)
        : { ...nothingMeant, faults: [output.fault] },
    )
    .reduce(joined, nothingMeant);
};

const joined = (a: Meaning, b: Meaning): Meaning => ({
  message: b.message ?? a.message,
  replyAs: b.replyAs ?? a.replyAs,
  values: { ...a.values, ...b.values },
  events: [...a.events, ...b.events],
  refused: b.refused ?? a.refused,
  faults: [...a.faults, ...b.faults],
  answer: b.answer ?? a.answer,
  isShown: a.isShown && b.isShown,
});
