import { meaningOf, pushMeaningOf } from '../capture/meaning.ts';
import { carriedCommands, plainWires } from '../check/plain-wires.ts';
import type { PushCodec } from '../compile/http-push.ts';
import { deskEventBytes } from '../compile/usb-hid.ts';
import type { Codec } from '../codec.ts';
import type { Args, ModbusCodec, SerialCodec, Values } from '../compiled.ts';
import { compiledOrNot, sampleArgs, sampleMessages, sampleValues } from '../diff/sample-frames.ts';
import { sentText } from '../diff/command-changes.ts';
import { heard } from '../frames.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { ValueEntry } from '../language/values.ts';
import { sourceTally } from '../vectors/copied.ts';
import { hexText } from '../vectors/report.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { isSame } from '../diff/change.ts';
import { sampleValue } from '../check/samples.ts';
import { judged, notTested, pass } from './certificate.ts';
import type { Check } from './certificate.ts';

/** A manual vouches for a profile with at least so many examples copied from it. */
const documentedMin = 3;

/** What needs no wire: the file itself, its examples and where they come from. */
export const paperChecks = (profile: DeviceProfile): readonly Check[] => {
  const { results, coverage } = runVectors(profile);
  const failed = results.filter(({ ok }) => !ok);
  const { needed, covered, missing } = coverage;
  const [gap] = missing;
  return [
    pass('schema', 'the file breaks no rule'),
    judged(
      'vectors',
      failed.length === 0,
      failed[0] === undefined
        ? `${results.length} hold, in both directions`
        : `${failed.length} of ${results.length} fail, first ${failed[0].index}: ` +
            failed[0].title,
    ),
    judged(
      'coverage',
      missing.length === 0,
      gap === undefined
        ? `${covered} of ${needed}`
        : `${covered} of ${needed}, first gap ${gap.path}: ${gap.why}`,
    ),
    sourceCheck(profile),
    ...roundTrips(profile),
  ];
};

const sourceCheck = (profile: DeviceProfile): Check => {
  const { source } = profile;
  const { documented, captured, invented } = sourceTally(profile);
  const detail = `${documented} from documents, ${captured} from live lines, ${invented} invented`;
  if (source === 'invented') return notTested('sources', `the device is invented; ${detail}`);
  return judged('sources', documented + captured >= documentedMin, detail);
};

const roundTrips = (profile: DeviceProfile): readonly Check[] =>
  Object.entries(profile.bindings).flatMap(([name, binding]) => {
    const title = `round trips ${name}`;
    const codec = compiledOrNot(profile, name, {});
    if (codec === undefined) return [judged(title, false, 'the binding cannot be used')];
    const commands = carriedCommands(profile, name);
    const refused = commands.filter((command) =>
      sampleArgs(profile, command).every((args) => sentText(codec, command, args) === undefined),
    );
    const messages = 'messages' in binding ? Object.keys(binding.messages ?? {}) : [];
    const trips = tripsOf(profile, codec, { binding: name, messages });
    const broken = trips.flatMap(({ broken: text }) => (text === undefined ? [] : [text]));
    const silent = trips.filter(({ count }) => count === 0).length;
    const count = trips.reduce((sum, trip) => sum + trip.count, 0);
    const [first] = [...broken, ...refused.map((command) => `${command} cannot be sent`)];
    const onlyRead = silent === 0 ? '' : `, ${silent} messages can only be read`;
    return [
      judged(
        title,
        first === undefined,
        first ?? `${count} ${unitOf[codec.transport]}, ${commands.length} commands${onlyRead}`,
      ),
    ];
  });

const unitOf = {
  serial: 'frames',
  modbus: 'blocks',
  'usb-hid': 'typed lines',
  'http-push': 'requests',
} as const;

type Messages = { readonly binding: string; readonly messages: readonly string[] };

const tripsOf = (
  profile: DeviceProfile,
  codec: Codec,
  { binding, messages }: Messages,
): readonly Trip[] => {
  if (codec.transport === 'modbus') return [registerTrip(profile, codec)];
  if (codec.transport === 'http-push') {
    return messages.map((message) => pushTrip(profile, codec, { binding, message }));
  }
  const lines = codec.transport === 'usb-hid' ? codec.on(deskEventBytes) : codec;
  return messages.map((message) => tripOf(profile, lines, { binding, message }));
};

/** As `tripOf`, of a head that pushes: the text must be the same. */
const pushTrip = (
  profile: DeviceProfile,
  codec: PushCodec,
  told: { readonly binding: string; readonly message: string },
): Trip => {
  const written = (values: Values, event: Args): string | undefined =>
    codec.peer.write(told.message, values, event)?.text({});
  let count = 0;
  for (const { values, event } of sampleValues(plainWires(profile), told)) {
    const text = written(values, event);
    const meaning = text === undefined ? undefined : pushMeaningOf(codec, text);
    if (meaning?.message !== told.message) continue;
    count += 1;
    if (written(meaning.values, meaning.events[0]?.fields ?? {}) !== text) {
      return { count, broken: `${told.message}: ${text} comes back otherwise` };
    }
  }
  return { count, broken: undefined };
};

type Trip = { readonly count: number; readonly broken: string | undefined };

/** What a message says is written, read, written again: the bytes must be the same. */
const tripOf = (
  profile: DeviceProfile,
  codec: SerialCodec,
  told: { readonly binding: string; readonly message: string },
): Trip => {
  let count = 0;
  for (const bytes of sampleMessages(profile, codec, told)) {
    const [first] = heard(codec.createDecoder(), bytes);
    if (first?.kind !== 'frame') return { count, broken: `${told.message} is no frame` };
    const meaning = meaningOf(codec, first.bytes);
    // Some samples make it one of the messages before it, or a value that the model refuses.
    if (meaning.message !== told.message) continue;
    const again = codec.peer.write(told.message, meaning.values, meaning.events[0]?.fields ?? {});
    count += 1;
    if (again === undefined || hexText(again) !== hexText(bytes)) {
      return { count, broken: `${told.message}: ${hexText(bytes)} comes back otherwise` };
    }
  }
  return { count, broken: undefined };
};

const roundsMax = 16;

/** A block of registers is filled, read, filled again: the same values must come out. */
const registerTrip = (profile: DeviceProfile, codec: ModbusCodec): Trip => {
  let count = 0;
  const { state, telemetry } = profile.model;
  const entries = Object.entries<Readonly<Record<string, ValueEntry>>>({
    state: state ?? {},
    telemetry: telemetry ?? {},
  }).flatMap(([part, named]) =>
    Object.entries(named).map(([name, entry]) => ({ path: `${part}.${name}`, entry })),
  );
  for (let i = 0; i < roundsMax; i += 1) {
    const values = Object.fromEntries(
      entries.map(({ path, entry }) => [path, sampleValue(entry, i)] as const),
    );
    for (const { table, address, count: size } of codec.reads) {
      const said = codec.read(table, address, codec.peer.block(table, address, size, values) ?? []);
      const block = codec.peer.block(table, address, size, { ...values, ...said.values }) ?? [];
      const again = codec.read(table, address, block);
      count += 1;
      if (said.faults.length > 0 || !isSame(said.values, again.values)) {
        return { count, broken: `${table} ${address} +${size} comes back otherwise` };
      }
    }
  }
  return { count, broken: undefined };
};
