import type { Value } from '@gatehouse/protocols';
import { compilePlain } from '../compile/compile.ts';
import type { Args, PlainCodec, SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { PlainProfile } from '../language/profile.ts';
import { entryAt, own, splitPath } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { listed } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';
import { usesOf } from './field-uses.ts';
import { sampleValue } from './samples.ts';

const samplesMax = 16;

type Entries = Readonly<Record<string, ValueEntry>> | undefined;

const sampled = (entries: Entries, index: number): Args =>
  Object.fromEntries(
    Object.entries(entries ?? {}).map(([name, entry]) => [name, sampleValue(entry, index)]),
  );

/** What an installer might set, for trying a profile out. */
export const sampleParams = ({ model }: Pick<PlainProfile, 'model'>): Args =>
  Object.fromEntries(
    Object.entries(model.params ?? {}).map(([name, entry]) => [
      name,
      entry.default ?? sampleValue(entry, 0),
    ]),
  );

/** Rules that need the profile to run: only for one that breaks no other rule. */
export const compiledRule: Rule = (profile) =>
  Object.keys(profile.bindings).flatMap((name) => {
    const at = ['bindings', name];
    try {
      const codec = compilePlain(profile, name, sampleParams(profile));
      return [
        ...commandFaults(profile, codec, name),
        ...(codec.transport === 'serial' ? shadowFaults(profile, codec, name) : []),
      ];
    } catch (error) {
      const why = error instanceof Error ? error.message : 'unknown cause';
      return [{ at, message: `cannot be used: ${why}` }];
    }
  });

/** Every command can be sent, with the least and the greatest of each argument. */
const commandFaults = (
  profile: PlainProfile,
  codec: PlainCodec,
  name: string,
): readonly Complaint[] =>
  Object.keys(own(profile.bindings, name)?.commands ?? {}).flatMap((command) => {
    const at = ['bindings', name, 'commands', command];
    const args = own(profile.model.commands, command)?.args;
    const tries = Array.from({ length: samplesMax }, (_, i) => sampled(args, i));
    const works = tries.find((given) => codec.encode(command, given).ok);
    if (works === undefined) {
      const first = codec.encode(command, tries[0] ?? {});
      const why = first.ok ? '' : `${first.at} ${first.fault}`;
      return [{ at, message: `cannot be sent: ${why}` }];
    }
    const bad = Object.entries(args ?? {}).flatMap(([arg, entry]) =>
      ends(entry)
        .filter((value) => !codec.encode(command, { ...works, [arg]: value }).ok)
        .map((value) => `args.${arg} = ${String(value)}`),
    );
    if (bad.length === 0) return [];
    return [{ at, message: `cannot say ${listed(bad)}: narrow the model or widen the field` }];
  });

const ends = (entry: ValueEntry): readonly Value[] =>
  [entry.min, entry.max].filter((end) => end !== undefined);

type Sample = {
  readonly name: string;
  readonly emit: string | undefined;
  readonly paths: readonly string[];
};

/** A message that the device sends, as the codec understands it; undefined: cannot be written. */
const understood = (
  { model }: PlainProfile,
  codec: SerialCodec,
  { name: message, emit, paths }: Sample,
  index: number,
): string | undefined => {
  const values: Record<string, Value> = {};
  const event: Record<string, Value> = {};
  for (const [i, path] of paths.entries()) {
    const entry = entryAt(model, path, { event: emit });
    if (entry === undefined) continue;
    const value = sampleValue(entry, index + (index % 2) * i);
    const { part, name } = splitPath(path);
    if (part === 'event') event[name] = value;
    else values[path] = value;
  }
  const bytes = codec.peer.write(message, values, event);
  const [first] = bytes === undefined ? [] : heard(codec.createDecoder(), bytes);
  if (first?.kind !== 'frame') return undefined;
  const got = codec.read(first.bytes);
  return got.ok ? got.message : undefined;
};

/** A message that an earlier one always takes away. */
const shadowFaults = (
  profile: PlainProfile,
  codec: SerialCodec,
  name: string,
): readonly Complaint[] => {
  const uses = usesOf(profile).filter(({ at }) => at[1] === name);
  const binding = own(profile.bindings, name);
  const messages = binding?.transport === 'serial' ? (binding.messages ?? {}) : {};
  return Object.entries(messages).flatMap(([message, { emit }]) => {
    const paths = uses
      .filter(({ owner }) => owner.kind === 'message' && owner.name === message)
      .flatMap(({ path }) => path ?? []);
    const seen = Array.from({ length: samplesMax }, (_, i) =>
      understood(profile, codec, { name: message, emit, paths }, i),
    ).filter((as) => as !== undefined);
    const [taker] = seen;
    if (taker === undefined || seen.includes(message)) return [];
    return [
      {
        at: ['bindings', name, 'messages', message],
        message: `never comes: ${taker} takes it first; move it up, or give each a const`,
      },
    ];
  });
};
