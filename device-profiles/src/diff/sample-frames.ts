import type { Value } from '@gatehouse/protocols';
import { usesOf } from '../check/field-uses.ts';
import { sampleValue } from '../check/samples.ts';
import { plainWires } from '../check/plain-wires.ts';
import { sampleParams } from '../check/compiled-rules.ts';
import { compileProfile } from '../compile/compile.ts';
import type { Codec } from '../codec.ts';
import type { Args, SerialCodec } from '../compiled.ts';
import { ProfileError } from '../errors.ts';
import { heard } from '../frames.ts';
import type { SerialBinding } from '../language/bindings.ts';
import type { DeviceProfile, PlainProfile } from '../language/profile.ts';
import { entryAt, enumValues, own, splitPath } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';

/** Frames and arguments for trying a profile out, beside those that its vectors give. */
const samplesMin = 16;
const samplesMax = 80;

/** As many as the longest enum has values, so that each comes once. */
const samplesOf = (entries: readonly ValueEntry[]): number =>
  Math.min(samplesMax, Math.max(samplesMin, ...entries.map((entry) => enumValues(entry).length)));

/** Arguments of a command: none at all first, then the ends of each range. */
export const sampleArgs = ({ model }: DeviceProfile, command: string): readonly Args[] => {
  const entries = Object.entries(own(model.commands, command)?.args ?? {});
  if (entries.length === 0) return [{}];
  const count = samplesOf(entries.map(([, entry]) => entry));
  const filled = Array.from({ length: count }, (_, i) =>
    Object.fromEntries(entries.map(([name, entry]) => [name, sampleValue(entry, i)])),
  );
  return [{}, ...filled];
};

type Told = { readonly binding: string; readonly message: string };

/** What the device sends when it says this message, on the wire; none where it is only read. */
export const sampleMessages = (
  profile: DeviceProfile,
  codec: SerialCodec,
  told: Told,
): readonly Uint8Array[] =>
  sampleValues(plainWires(profile), told)
    .map(({ values, event }) => codec.peer.write(told.message, values, event))
    .filter((frame) => frame !== undefined);

type Sample = {
  readonly values: Readonly<Record<string, Value>>;
  readonly event: Readonly<Record<string, Value>>;
};

/** What the device may say with this message: the ends of each range, each value of an enum. */
export const sampleValues = (
  plain: PlainProfile,
  { binding, message }: Told,
): readonly Sample[] => {
  const wire = own(plain.bindings, binding);
  const emit = wire?.transport === 'serial' ? own(wire.messages, message)?.emit : undefined;
  const scope = { event: emit };
  const placed = usesOf(plain)
    .filter(
      ({ at, owner }) => at[1] === binding && owner.kind === 'message' && owner.name === message,
    )
    .flatMap(({ path }) => {
      const entry = path === undefined ? undefined : entryAt(plain.model, path, scope);
      // Parameters are set, not said: with others it would be another device.
      if (path === undefined || entry === undefined || path.startsWith('params.')) return [];
      return [{ path, entry }];
    });
  const count = samplesOf(placed.map(({ entry }) => entry));
  return Array.from({ length: count }, (_, index) => {
    const values: Record<string, Value> = {};
    const event: Record<string, Value> = {};
    for (const [i, { path, entry }] of placed.entries()) {
      const { part, name } = splitPath(path);
      const value = sampleValue(entry, index + (index % 2) * i);
      if (part === 'event') event[name] = value;
      else values[path] = value;
    }
    return { values, event };
  });
};

/** Every message as its own first sample, on the wire. */
export const goodFrames = (
  profile: DeviceProfile,
  codec: SerialCodec,
  binding: string,
): readonly Uint8Array[] => {
  const wire = own(plainWires(profile).bindings, binding);
  const messages = wire?.transport === 'serial' ? (wire.messages ?? {}) : {};
  return Object.keys(messages).flatMap((message) =>
    sampleMessages(profile, codec, { binding, message })
      .filter((bytes) => isRead(codec, bytes))
      .slice(0, 1),
  );
};

const isRead = (codec: SerialCodec, bytes: Uint8Array): boolean => {
  const [first] = heard(codec.createDecoder(), bytes);
  return first?.kind === 'frame' && codec.read(first.bytes).ok;
};

/** @returns undefined where the profile lacks the binding or refuses the parameters */
export const compiledOrNot = (
  profile: DeviceProfile,
  binding: string,
  params: Args,
): Codec | undefined => {
  try {
    return compileProfile(profile, binding, { ...sampleParams(profile), ...params });
  } catch (error) {
    if (error instanceof ProfileError) return undefined;
    throw error;
  }
};

export const messagesOf = (binding: SerialBinding): NonNullable<SerialBinding['messages']> =>
  binding.messages ?? {};
