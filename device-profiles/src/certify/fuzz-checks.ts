import { readRequest, rtuFrame, utf8 } from '@gatehouse/protocols';
import type { PushCodec } from '../compile/http-push.ts';
import { deskEventBytes, linesOf } from '../compile/usb-hid.ts';
import { framingsOf } from '../compile/wire.ts';
import { isSession } from '../check/vector-rules.ts';
import { exchangeMeaning } from '../capture/listener.ts';
import type { Codec } from '../codec.ts';
import type { ModbusCodec, SerialCodec } from '../compiled.ts';
import { modbusTables } from '../language/bindings.ts';
import type { Binding, SerialBinding } from '../language/bindings.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import { compiledOrNot, goodFrames } from '../diff/sample-frames.ts';
import { bytesOfHex, hexText } from '../vectors/report.ts';
import { fail, notTested, pass } from './certificate.ts';
import type { Check } from './certificate.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

export type FuzzOptions = { readonly seed: number; readonly inputs: number };

/** Short, so that a catalogue takes seconds; `npm run fuzz` goes on for as long as one likes. */
export const usualFuzz: FuzzOptions = { seed: 1, inputs: 300 };

/** Hostile bytes on every wire: no crash, nothing above its bound, and the next good frame. */
export const fuzzChecks = (
  profile: DeviceProfile,
  options: FuzzOptions = usualFuzz,
): readonly Check[] =>
  Object.entries(profile.bindings).map(([name, binding]) => {
    const codec = compiledOrNot(profile, name, {});
    const title = `fuzz ${name}`;
    if (codec === undefined) return fail(title, 'the binding cannot be used');
    const found = brokenBy(profile, { name, binding, codec }, options);
    const told = `${options.inputs} inputs, seed ${options.seed}`;
    if (found === 'nothing') return notTested(title, 'the device sends nothing');
    return found === undefined ? pass(title, told) : fail(title, `${found} (${told})`);
  });

type Bound = { readonly name: string; readonly binding: Binding; readonly codec: Codec };

/** @returns what broke; `nothing` where nothing can be heard at all */
const brokenBy = (
  profile: DeviceProfile,
  { name, binding, codec }: Bound,
  options: FuzzOptions,
): string | undefined => {
  if (codec.transport === 'serial' && binding.transport === 'serial') {
    return fuzzSerial(profile, { name, binding, codec, unitBytes: 1 }, options);
  }
  if (codec.transport === 'usb-hid' && binding.transport === 'usb-hid') {
    // The kernel gives whole events: half a one never comes.
    const keys = { codec: codec.on(deskEventBytes), unitBytes: deskEventBytes };
    return fuzzSerial(profile, { name, binding: linesOf(binding), ...keys }, options);
  }
  if (codec.transport === 'http-push') return fuzzPush(profile, { name, codec }, options);
  return codec.transport === 'modbus' ? fuzzModbus(codec, options) : undefined;
};

const floodBytesMax = 8 * 1024;

const hostile = (random: Random, samples: readonly Uint8Array[]): Uint8Array => {
  const bytes = (random.pick(samples) ?? random.bytes(16)).slice();
  const kinds: readonly (() => Uint8Array)[] = [
    () => random.bytes(random.below(200)),
    () => bytes.map((byte, i) => (i === random.below(bytes.length) ? byte ^ 0x10 : byte)),
    () => bytes.map((byte) => (random.below(6) === 0 ? 0xff : byte)),
    () => bytes.subarray(0, random.below(bytes.length)),
    () => Uint8Array.from([...bytes, ...random.bytes(1 + random.below(8)), ...bytes]),
    () => new Uint8Array(random.below(floodBytesMax)).fill(bytes[0] ?? 0),
  ];
  return random.pick(kinds)?.() ?? bytes;
};

const silenceOf = (binding: SerialBinding): number =>
  Math.max(
    ...framingsOf(binding.framing).map((one) =>
      one.kind === 'lines' ? one.halfLineMaxMs : one.silenceMs,
    ),
  );

const boundOf = (binding: SerialBinding): number =>
  Math.max(
    ...framingsOf(binding.framing).map((one) =>
      one.kind === 'lines' ? one.lineBytesMax : one.frameBytesMax,
    ),
  );

type Wire = {
  readonly name: string;
  readonly binding: SerialBinding;
  readonly codec: SerialCodec;
  /** What comes is a whole number of these. */
  readonly unitBytes: number;
};

const receivedIn = ({ vectors }: DeviceProfile, name: string): readonly Uint8Array[] =>
  vectors.flatMap((vector) =>
    isSession(vector) || vector.binding !== name || vector.in === undefined
      ? []
      : [bytesOfHex(vector.in)],
  );

const fuzzSerial = (
  profile: DeviceProfile,
  { name, binding, codec, unitBytes }: Wire,
  { seed, inputs }: FuzzOptions,
): string | undefined => {
  const random = createRandom(seed);
  const goods = goodFrames(profile, codec, name);
  const [good] = goods;
  if (good === undefined) return 'nothing';
  const samples = [...goods, ...receivedIn(profile, name)];
  const decoder = codec.createDecoder();
  const peer = codec.peer.createDecoder();
  const [silenceMs, bytesMax] = [silenceOf(binding), boundOf(binding)];
  let nowMs = 0;
  for (let i = 0; i < inputs; i += 1) {
    const raw = hostile(random, samples);
    const input = raw.subarray(0, raw.length - (raw.length % unitBytes));
    const cut = random.below(input.length + 1);
    const outputs = [
      ...decoder.push(input.subarray(0, cut), nowMs),
      ...decoder.push(input.subarray(cut), nowMs),
      ...peer.push(input, nowMs),
    ];
    nowMs += 2 * silenceMs + 1_000;
    outputs.push(...decoder.expire(nowMs), ...peer.expire(nowMs));
    for (const output of outputs) {
      if (output.kind !== 'frame') continue;
      if (output.bytes.length > bytesMax) return `a frame of ${output.bytes.length} bytes`;
      codec.read(output.bytes);
      codec.peer.read(output.bytes);
    }
    const after = [...decoder.push(good, nowMs), ...decoder.expire(nowMs + silenceMs + 1_000)];
    nowMs += 2 * silenceMs + 2_000;
    const [first] = after;
    if (first?.kind !== 'frame' || !codec.read(first.bytes).ok) {
      return `input ${i} hides the next good frame: ${hexText(input.subarray(0, 32))}`;
    }
  }
  return undefined;
};

/** Hostile bodies and answers: each is read or refused, and the next good request is read. */
const fuzzPush = (
  profile: DeviceProfile,
  { name, codec }: { readonly name: string; readonly codec: PushCodec },
  { seed, inputs }: FuzzOptions,
): string | undefined => {
  const random = createRandom(seed);
  const texts = profile.vectors.flatMap((vector) =>
    isSession(vector) || vector.binding !== name ? [] : [vector.inText ?? [], vector.txText ?? []],
  );
  const samples = texts.flat(2).map(utf8);
  const good = texts.flat(2).find((text) => codec.read(codec.requestOf(text)).ok);
  if (good === undefined) return 'nothing';
  for (let i = 0; i < inputs; i += 1) {
    const text = new TextDecoder().decode(hostile(random, samples));
    const got = codec.read(codec.requestOf(text));
    const values = got.ok ? got.reading.values : {};
    const strange = Object.keys(values).find((path) => own(values, path) === undefined);
    if (strange !== undefined) return `${strange} has no value`;
    codec.peer.readAnswer({ status: 200, body: text });
    if (!codec.read(codec.requestOf(good)).ok) return `input ${i} hides the next good request`;
  }
  return undefined;
};

const registersMax = 125;

const fuzzModbus = (codec: ModbusCodec, { seed, inputs }: FuzzOptions): string | undefined => {
  const random = createRandom(seed);
  const { reads } = codec;
  for (let i = 0; i < inputs; i += 1) {
    const table = random.pick(modbusTables) ?? 'holding';
    const read = random.pick(reads);
    const address = random.below(3) === 0 ? random.below(65_536) : (read?.address ?? 0);
    const count = 1 + random.below(registersMax);
    const words = Array.from({ length: count }, () => random.below(65_536));
    const isBits = table === 'coil' || table === 'discrete';
    codec.read(table, address, isBits ? words.map((word) => word % 2 === 1) : words);
    codec.peer.written(random.below(2) === 0 ? 'coil' : 'holding', address, words);
    codec.peer.block(table, address, count, {});
    const pdu = read === undefined ? undefined : readRequest(read.table, read.address, read.count);
    if (pdu === undefined) continue;
    const request = rtuFrame(codec.unit, pdu);
    const reply = rtuFrame(
      codec.unit,
      Uint8Array.of(pdu[0] ?? 0, ...random.bytes(random.below(40))),
    );
    const told = exchangeMeaning(
      codec,
      request,
      random.below(2) === 0 ? reply : hostile(random, [reply]),
    );
    const strange = Object.keys(told.values).find((path) => own(told.values, path) === undefined);
    if (strange !== undefined) return `${strange} has no value`;
  }
  return undefined;
};
