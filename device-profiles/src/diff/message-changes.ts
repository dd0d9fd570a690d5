import { differencesOf, meaningOf } from '../capture/meaning.ts';
import type { Difference } from '../capture/meaning.ts';
import { isSession } from '../check/vector-rules.ts';
import type { SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { SerialBinding } from '../language/bindings.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { bytesOfHex, hexText } from '../vectors/report.ts';
import { change, pairs, shown } from './change.ts';
import type { Change } from './change.ts';
import { leafChanges, leafText } from './leaf-changes.ts';
import type { LeafChange } from './leaf-changes.ts';
import { messagesOf, sampleMessages } from './sample-frames.ts';
import type { Two } from './two.ts';

/**
 * A message that is written down in another way may still read the same: frames decide. Those that
 * the first version writes are read by both.
 */
export const messageChanges = (two: Two<SerialBinding, SerialCodec>): readonly Change[] =>
  pairs(messagesOf(two.bindings[0]), messagesOf(two.bindings[1])).flatMap(
    ({ name, a: before, b: after }) => {
      const path = `bindings.${two.name}.messages.${name}`;
      if (after === undefined) return [change('major', path, 'is gone')];
      if (before === undefined) return [change('minor', path, 'is new')];
      const leaves = leafChanges('', before, after);
      return leaves.length === 0 ? [] : [judged(two, path, name, leaves)];
    },
  );

/** What no frame of the first version can show. */
const widens = (leaves: readonly LeafChange[]): boolean =>
  leaves.some(({ path, before }) => /\.enum\.[^.]+$/.test(path) && before === undefined);
const blinds = (leaves: readonly LeafChange[]): boolean =>
  leaves.some(({ path, after }) => /\.unknown(?:\.|$)/.test(path) && after !== undefined);

const judged = (
  { name: binding, profiles: [profile], codecs }: Two<SerialBinding, SerialCodec>,
  path: string,
  message: string,
  leaves: readonly LeafChange[],
): Change => {
  const words = leafText(leaves);
  const [a, b] = codecs;
  const frames = [
    ...sampleMessages(profile, a, { binding, message }),
    ...receivedIn(profile, binding),
  ].filter((bytes) => messageIn(a, bytes) === message);
  if (frames.length === 0) return change('major', path, `${words}; no frame shows what it does`);
  const differences = frames.flatMap((bytes) =>
    readBoth(a, b, bytes).map((difference) => ({ bytes, difference })),
  );
  const broken = differences.find(({ difference }) => difference.before !== undefined);
  if (broken !== undefined) {
    const { bytes, difference } = broken;
    return change('major', path, `${words}; ${hexText(bytes)}: ${differenceText(difference)}`);
  }
  if (blinds(leaves)) return change('major', path, words);
  const [more] = differences;
  if (more !== undefined) {
    return change('minor', path, `${words}; also says ${more.difference.path}`);
  }
  if (widens(leaves)) return change('minor', path, words);
  return change('patch', path, `${words}; ${frames.length} frames read the same`);
};

const receivedIn = ({ vectors }: DeviceProfile, binding: string): readonly Uint8Array[] =>
  vectors.flatMap((vector) =>
    isSession(vector) || vector.binding !== binding || vector.in === undefined
      ? []
      : [bytesOfHex(vector.in)],
  );

const frameIn = (codec: SerialCodec, bytes: Uint8Array): Uint8Array | undefined => {
  const [first] = heard(codec.createDecoder(), bytes);
  return first?.kind === 'frame' ? first.bytes : undefined;
};

const messageIn = (codec: SerialCodec, bytes: Uint8Array): string | undefined => {
  const frame = frameIn(codec, bytes);
  return frame === undefined ? undefined : meaningOf(codec, frame).message;
};

/** Framing has changes of its own: where only one finds a frame, both read that one. */
const readBoth = (a: SerialCodec, b: SerialCodec, bytes: Uint8Array): readonly Difference[] => {
  const frame = frameIn(a, bytes);
  if (frame === undefined) return [];
  return differencesOf(meaningOf(a, frame), meaningOf(b, frameIn(b, bytes) ?? frame));
};

export const differenceText = ({ path, before, after }: Difference): string =>
  `${path} ${shown(before)} → ${shown(after)}`;
