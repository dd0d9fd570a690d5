import { plainWires } from '../check/plain-wires.ts';
import { isSession } from '../check/vector-rules.ts';
import { compileProfile } from '../compile/compile.ts';
import { deskEventBytes, linesOf, typedKeys } from '../compile/usb-hid.ts';
import type { UsbHidCodec } from '../compile/usb-hid.ts';
import type { Codec } from '../codec.ts';
import { ProfileError } from '../errors.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import type { Session, Vector } from '../language/vectors.ts';
import { coverageOf } from './coverage.ts';
import { runModbus } from './modbus-vectors.ts';
import { runPush } from './push-vectors.ts';
import { failure, hexText, success } from './report.ts';
import type { Run, VectorReport, VectorResult } from './report.ts';
import { runSerial } from './serial-vectors.ts';

/**
 * Every vector of a checked profile, in both directions, and what no vector proves. Sessions need
 * time and a device: a simulator runs them, here they only count as sound.
 */
export const runVectors = (profile: DeviceProfile): VectorReport => {
  const codecOf = createCodecs(profile);
  const hits = new Map<string, Set<string>>();
  const results = profile.vectors.map((vector, index): VectorResult => {
    const { failed, hits: proved } = runOne(profile, codecOf, vector);
    const known = hits.get(vector.binding) ?? new Set();
    for (const key of proved) known.add(key);
    hits.set(vector.binding, known);
    return {
      index,
      binding: vector.binding,
      source: isSession(vector) ? 'session' : vector.source,
      title: titleOf(vector),
      ok: failed === undefined,
      expected: failed?.expected,
      got: failed?.got,
    };
  });
  return { results, coverage: coverageOf(plainWires(profile), hits) };
};

type CodecOf = (vector: Vector) => Codec;

const createCodecs = (profile: DeviceProfile): CodecOf => {
  const codecs = new Map<string, Codec>();
  return ({ binding, params }) => {
    const key = JSON.stringify([binding, params]);
    const codec = codecs.get(key) ?? compileProfile(profile, binding, params ?? {});
    codecs.set(key, codec);
    return codec;
  };
};

const runOne = (profile: DeviceProfile, codecOf: CodecOf, vector: Vector | Session): Run => {
  if (isSession(vector)) return success([]);
  try {
    return runVector(profile, codecOf(vector), vector);
  } catch (error) {
    if (error instanceof ProfileError) return failure('a device', error.message);
    throw error;
  }
};

/** @param codec of the vector's binding, with its parameters */
export const runVector = (profile: DeviceProfile, codec: Codec, vector: Vector): Run => {
  const binding = own(profile.bindings, vector.binding);
  if (codec.transport === 'serial' && binding?.transport === 'serial') {
    return runSerial(codec, binding, vector);
  }
  if (codec.transport === 'modbus' && binding?.transport === 'modbus') {
    return runModbus(codec, binding, vector);
  }
  if (codec.transport === 'usb-hid' && binding?.transport === 'usb-hid') {
    return runSerial(codec.on(deskEventBytes), linesOf(binding), typed(codec, vector));
  }
  if (codec.transport === 'http-push' && binding?.transport === 'http-push') {
    return runPush(codec, vector);
  }
  return failure('a binding', vector.binding);
};

const typed = (codec: UsbHidCodec, vector: Vector): Vector => {
  const { inText, ...rest } = vector;
  if (inText === undefined) return vector;
  return { ...rest, in: hexText(typedKeys(codec, inText) ?? new Uint8Array()) };
};

const titleCharsMax = 60;

const titleOf = (vector: Vector | Session): string => {
  if (isSession(vector)) return `session ${vector.session}`;
  const { command, poll, args, tx, error } = vector;
  const received = vector.inText === undefined ? vector.in : JSON.stringify(vector.inText);
  const asked = [tx ?? []].flat()[0];
  const what =
    (command !== undefined && `${command} ${JSON.stringify(args ?? {})}`) ||
    (poll !== undefined && `poll ${poll}`) ||
    (asked === undefined ? `in ${received ?? ''}` : `tx ${asked}`);
  const title = what.length > titleCharsMax ? `${what.slice(0, titleCharsMax)}…` : what;
  return error === undefined ? title : `${title} → ${error}`;
};
