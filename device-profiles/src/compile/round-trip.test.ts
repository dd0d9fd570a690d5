import fc from 'fast-check';
import { decodeOnlyReason } from '@gatehouse/protocols';
import type { Scalar, Value } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { fieldUses } from '../check/field-uses.ts';
import { sampleParams } from '../check/compiled-rules.ts';
import type { Args, SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { PlainProfile } from '../language/profile.ts';
import { plainWires } from '../check/plain-wires.ts';
import { entryAt, enumValues, own, scalarType } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { allProfiles } from '../testing/profiles.ts';
import { compilePlain } from './compile.ts';
import { contentFields } from './content.ts';
import { modbusReadMax } from './plan-reads.ts';

const profiles = (await allProfiles()).map(plainWires);
const wires = profiles.flatMap((profile) =>
  Object.keys(profile.bindings).map((binding) => ({
    name: `${profile.id} ${binding}`,
    profile,
    binding,
    codec: compilePlain(profile, binding, sampleParams(profile)),
  })),
);
const serials = wires.flatMap(({ codec, ...wire }) =>
  codec.transport === 'serial' ? [{ ...wire, codec }] : [],
);
const modbuses = wires.flatMap(({ codec, ...wire }) =>
  codec.transport === 'modbus' ? [{ ...wire, codec }] : [],
);

const digits = (length: number): string => '1234567890'.repeat(60).slice(0, length);

const scalar = (entry: ValueEntry): fc.Arbitrary<Scalar> => {
  const { min = -1000, max = 1000 } = entry;
  const charsMax = 'charsMax' in entry ? (entry.charsMax ?? 20) : 20;
  const texts = fc.string({ minLength: 0, maxLength: Math.min(20, charsMax) });
  const arbitraries: Record<string, fc.Arbitrary<Scalar>> = {
    boolean: fc.boolean(),
    enum: fc.nat(99).map((i) => enumValues(entry)[i % enumValues(entry).length] ?? null),
    integer: fc.integer({ min: Math.ceil(min), max: Math.floor(max) }),
    // A float of four bytes is read with seven digits.
    number: fc
      .integer({ min: Math.ceil(min * 10), max: Math.floor(max * 10) })
      .map((tenths) => tenths / 10),
    // Digits are text, decimal and hexadecimal at once; many fields hold exactly `charsMax`.
    text: fc.oneof(texts, fc.nat(charsMax).map(digits), {
      arbitrary: fc.constant(digits(charsMax)),
      weight: 4,
    }),
  };
  return arbitraries[scalarType(entry)] ?? fc.constant(null);
};

const valueOf = (entry: ValueEntry): fc.Arbitrary<Value> => {
  if (entry.type !== 'list') return scalar(entry);
  const maxLength = ('itemsMax' in entry && entry.itemsMax) || 8;
  // Most devices have a fixed number of each.
  const whole = fc.array(scalar(entry), { minLength: maxLength, maxLength });
  return fc.oneof(fc.array(scalar(entry), { maxLength }), { arbitrary: whole, weight: 4 });
};

const valuesOf = (
  entries: Readonly<Record<string, ValueEntry>> | undefined,
): fc.Arbitrary<Args> => {
  const arbitraries: Record<string, fc.Arbitrary<Value>> = {};
  for (const [name, entry] of Object.entries(entries ?? {})) arbitraries[name] = valueOf(entry);
  return fc.record(arbitraries);
};

const modelValues = ({ model }: PlainProfile): fc.Arbitrary<Args> =>
  fc
    .record({ state: valuesOf(model.state), telemetry: valuesOf(model.telemetry) })
    .map(({ state, telemetry }): Args => {
      const values: Record<string, Value> = {};
      for (const [name, value] of Object.entries(state)) values[`state.${name}`] = value;
      for (const [name, value] of Object.entries(telemetry)) values[`telemetry.${name}`] = value;
      return values;
    });

const read = (codec: SerialCodec, bytes: Uint8Array) => {
  const [first, ...more] = heard(codec.createDecoder(), bytes);
  expect(more).toEqual([]);
  return first?.kind === 'frame' ? codec.read(first.bytes) : undefined;
};

/** What any value costs on its way over the wire is paid once: after that nothing changes. */
describe.each(serials)('$name, both ways', ({ profile, binding, codec }) => {
  const wire = own(profile.bindings, binding);
  const messages = wire?.transport === 'serial' ? (wire.messages ?? {}) : {};

  it.each(Object.entries(messages))('message %s', (name, message) => {
    const { emit } = message;
    const fields = valuesOf(own(profile.model.events, emit)?.fields);
    let written = 0;
    fc.assert(
      fc.property(modelValues(profile), fields, (values, event) => {
        const bytes = codec.peer.write(name, values, event);
        // Text that the wire cannot carry is not written at all.
        if (bytes === undefined) return;
        const got = read(codec, bytes);
        // Some values make it one of the messages before it.
        if (got?.ok !== true || got.message !== name) return;
        written += 1;
        const again = codec.peer.write(
          name,
          got.reading.values,
          got.reading.events[0]?.fields ?? {},
        );
        expect(again).toEqual(bytes);
      }),
    );
    const fieldsOf = contentFields(profile.model, message, { event: emit });
    expect(written > 0 || decodeOnlyReason(fieldsOf) !== undefined).toBe(true);
  });

  it.each(Object.keys(wire?.commands ?? {}))('command %s', (command) => {
    const args = valuesOf(own(profile.model.commands, command)?.args);
    let sent = 0;
    fc.assert(
      fc.property(args, (given) => {
        const encoded = codec.encode(command, given);
        if (!encoded.ok) return;
        for (const [step, { bytes }] of encoded.sends.entries()) {
          const [first] = heard(codec.peer.createDecoder(), bytes);
          const got = first?.kind === 'frame' ? codec.peer.read(first.bytes) : undefined;
          // Text may hold the very words that separate it.
          if (got === undefined) continue;
          expect([got.command, got.step]).toEqual([command, step]);
          expect(codec.encode(command, { ...given, ...got.args })).toEqual(encoded);
          sent += 1;
        }
      }),
    );
    expect(sent).toBeGreaterThan(0);
  });
});

describe.each(modbuses)('$name, both ways', ({ profile, binding, codec }) => {
  const wire = own(profile.bindings, binding);

  it('reads what the device answers', () => {
    fc.assert(
      fc.property(modelValues(profile), (values) => {
        for (const { table, address, count } of codec.reads) {
          expect(count).toBeLessThanOrEqual(modbusReadMax[table]);
          const block = codec.peer.block(table, address, count, values);
          expect(block).toHaveLength(count);
          const got = codec.read(table, address, block ?? []);
          expect(got.faults).toEqual([]);
          const again = codec.peer.block(table, address, count, got.values);
          expect(codec.read(table, address, again ?? [])).toEqual(got);
        }
      }),
    );
  });

  it('carries every path of its registers in some read', () => {
    const values = Object.fromEntries(
      fieldUses(profile.model, binding, wire ?? notThere())
        .flatMap(({ path, from }) => (from === 'device' && path !== undefined ? [path] : []))
        .map((path) => [path, plain(entryAt(profile.model, path, {}))]),
    );
    const got = codec.reads.flatMap(({ table, address, count }) =>
      Object.keys(
        codec.read(table, address, codec.peer.block(table, address, count, values) ?? []).values,
      ),
    );
    expect(got.toSorted()).toEqual(Object.keys(values).toSorted());
  });

  it.each(Object.keys(wire?.commands ?? {}))('understands %s', (command) => {
    const args = valuesOf(own(profile.model.commands, command)?.args);
    fc.assert(
      fc.property(args, (given) => {
        const encoded = codec.encode(command, given);
        expect(encoded.ok).toBe(true);
        if (!encoded.ok) return;
        for (const { table, address, values, rawCoil } of encoded.sends) {
          const got = codec.peer.written(
            table,
            address,
            rawCoil === undefined ? values : [rawCoil],
          );
          const same = got?.command === command ? { ...given, ...got.args } : given;
          expect(got).toBeDefined();
          expect(codec.encode(command, same)).toEqual(encoded);
        }
      }),
    );
  });
});

const notThere = (): never => {
  throw new Error('what was compiled is there');
};
const plain = (entry: ValueEntry | undefined): Value => {
  const first: Record<string, Scalar> = { boolean: true, enum: '', text: 'A' };
  if (entry === undefined) return null;
  return scalarType(entry) === 'enum'
    ? (enumValues(entry)[0] ?? null)
    : (first[scalarType(entry)] ?? entry.min ?? 0);
};
