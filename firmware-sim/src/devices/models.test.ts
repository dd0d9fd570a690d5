import { loadCatalogue, plainValue } from '@gatehouse/device-profiles';
import type {
  Args,
  DeviceProfile,
  ModbusWrite,
  Session,
  Values,
  Vector,
} from '@gatehouse/device-profiles';
import { fromHex, toHex } from '@gatehouse/protocols';
import type { Value } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import {
  connect,
  createVirtualClock,
  joined,
  lockProfile,
  modbusCodec,
  modbusStation,
  startSerial,
} from '../testing.ts';
import { plainArgs } from './command-steps.ts';
import { createModbusLine } from './modbus-line.ts';

/** Every model that ships, on its wire: what the gateway's codec says, its device understands. */
const models = [...(await loadCatalogue()).values(), lockProfile];
const on = (transport: 'serial' | 'modbus'): readonly DeviceProfile[] =>
  models.filter(({ bindings }) =>
    Object.values(bindings).some((binding) => binding.transport === transport),
  );
/** Long enough for the longest frame on the slowest wire, and for every reply. */
const settleMs = 10_000;

const plainParams = ({ model }: DeviceProfile): Args =>
  Object.fromEntries(
    Object.entries(model.params ?? {}).map(([name, entry]) => [
      name,
      entry.default ?? plainValue(entry),
    ]),
  );

const serialDevice = (profile: DeviceProfile, given: Args | undefined = plainParams(profile)) => {
  const clock = createVirtualClock();
  const started = startSerial({ profile, clock, params: given });
  const gateway = connect(started.wires.accept);
  const { codec } = started;
  const decoder = codec.createDecoder();
  /** Every message that comes within the time. */
  const hear = async (request: Uint8Array) => {
    gateway.received.length = 0;
    gateway.send(request);
    await clock.advance(settleMs);
    const outputs = [
      ...decoder.push(joined(gateway.received), clock.monoMs()),
      ...decoder.expire(clock.monoMs() + settleMs),
    ];
    return outputs.map((output) =>
      output.kind === 'frame' ? codec.read(output.bytes) : { ok: false as const, ...output },
    );
  };
  return { ...started, clock, gateway, hear };
};

const close = (got: Value | undefined, wanted: Value | undefined): boolean =>
  typeof got === 'number' && typeof wanted === 'number'
    ? Math.abs(got - wanted) <= Math.max(1e-6, Math.abs(wanted) * 0.02)
    : JSON.stringify(got) === JSON.stringify(wanted);

/** What was read is what the device holds, as far as the wire can say it. */
const expectHeld = (read: Values, held: Values): void => {
  for (const [path, value] of Object.entries(read)) {
    expect(close(value, held[path]), `${path}: ${String(value)} of ${String(held[path])}`).toBe(
      true,
    );
  }
};

describe.each(on('serial').map((profile) => [profile.id, profile] as const))(
  '%s on its serial wire',
  (_id, profile) => {
    it('answers every poll with what it holds', async () => {
      const { codec, device, hear } = serialDevice(profile);
      for (const poll of codec.polls) {
        const messages = await hear(poll.bytes);
        expect(messages.map((each) => each.ok && each.message)).toEqual([poll.reply]);
        const [first] = messages;
        if (first?.ok === true) expectHeld(first.reading.values, device.values());
      }
    });

    it('understands every command, and answers where an answer is awaited', async () => {
      for (const command of Object.keys(profile.model.commands ?? {})) {
        const { codec, serial, hear } = serialDevice(profile);
        const args = plainArgs(profile.model, command);
        const encoded = codec.encode(command, args);
        // Another wire of the same model may carry it.
        if (!encoded.ok) continue;
        const heard: string[] = [];
        serial.onCommand((name) => void heard.push(name));
        for (const { bytes, reply } of encoded.sends) {
          const messages = await hear(bytes);
          if (reply === undefined) continue;
          expect(messages.map((each) => each.ok && each.message)).toContain(reply);
        }
        expect(heard, command).toEqual([command]);
      }
    });

    it('tells every event that its wire carries', async () => {
      const { codec, serial, gateway, clock } = serialDevice(profile);
      for (const [event, { fields = {} }] of Object.entries(profile.model.events ?? {})) {
        if (codec.peer.messageOf(event) === undefined) continue;
        const given = Object.fromEntries(
          Object.entries(fields).map(([name, entry]) => [
            name,
            entry.type === 'text' ? '12345678'.slice(0, entry.charsMax) : plainValue(entry),
          ]),
        );
        gateway.received.length = 0;
        expect(await serial.tell({ event, fields: given }), event).toBe(true);
        const outputs = codec.createDecoder().push(joined(gateway.received), clock.monoMs());
        const frames = outputs.flatMap((each) => (each.kind === 'frame' ? [each.bytes] : []));
        const read = frames.map((each) => codec.read(each));
        expect(read.flatMap((each) => (each.ok ? each.reading.events : []))).toEqual([
          { event, fields: given },
        ]);
      }
    });
  },
);

const modbusDevice = (profile: DeviceProfile, params: Args = plainParams(profile)) => {
  const clock = createVirtualClock();
  const codec = modbusCodec(profile, params);
  const station = modbusStation({ profile, clock, unit: codec.unit, params });
  const line = createModbusLine({ stations: [station], clock });
  const gateway = connect(line.acceptTcp);
  /** PDU in, PDU out, as hexadecimal text. */
  const ask = (pdu: readonly number[]): string => {
    gateway.received.length = 0;
    const length = pdu.length + 1;
    gateway.send(Uint8Array.of(0, 1, 0, 0, length >> 8, length & 0xff, codec.unit, ...pdu));
    return toHex(joined(gateway.received)).slice(14);
  };
  return { ...station, codec, clock, ask };
};

const words = (...values: readonly number[]): readonly number[] =>
  values.flatMap((value) => [value >> 8, value & 0xff]);
const readFunctions = { coil: 1, discrete: 2, holding: 3, input: 4 } as const;

const blockOf = (table: keyof typeof readFunctions, count: number, pdu: string) => {
  const body = (fromHex(pdu) ?? new Uint8Array()).subarray(2);
  return table === 'coil' || table === 'discrete'
    ? Array.from({ length: count }, (_, i) => (((body[i >> 3] ?? 0) >> (i & 7)) & 1) === 1)
    : Array.from({ length: count }, (_, i) => ((body[2 * i] ?? 0) << 8) | (body[2 * i + 1] ?? 0));
};

const writePdu = ({ table, address, values, rawCoil }: ModbusWrite): readonly number[] => {
  if (rawCoil !== undefined) return [5, ...words(address, rawCoil)];
  if (table === 'coil') {
    const packed = values.reduce((sum: number, isOn, i) => sum | (Number(isOn) << i), 0);
    return [15, ...words(address, values.length), 1, packed];
  }
  const registers = [...values].map(Number);
  return [16, ...words(address, registers.length), registers.length * 2, ...words(...registers)];
};

describe.each(on('modbus').map((profile) => [profile.id, profile] as const))(
  '%s on Modbus',
  (_id, profile) => {
    it('answers every block with what it holds', () => {
      const { codec, ask, device } = modbusDevice(profile);
      const all: Record<string, Value> = {};
      for (const { table, address, count } of codec.reads) {
        const pdu = ask([readFunctions[table], ...words(address, count)]);
        expect(pdu.slice(0, 2), `${table} ${address}`).toBe(`0${readFunctions[table]}`);
        const { values, faults } = codec.read(table, address, blockOf(table, count, pdu));
        expect(faults).toEqual([]);
        Object.assign(all, values);
      }
      expectHeld(all, device.values());
      expect(Object.keys(all).length).toBeGreaterThan(0);
    });

    it('understands every command', () => {
      for (const command of Object.keys(profile.model.commands ?? {})) {
        const { codec, ask } = modbusDevice(profile);
        const encoded = codec.encode(command, plainArgs(profile.model, command));
        if (!encoded.ok) continue;
        for (const write of encoded.sends) {
          const pdu = ask(writePdu(write));
          if (write.unanswered) expect(pdu).toBe('');
          else expect(pdu.slice(0, 2), `${command}: ${pdu}`).toMatch(/^(?:05|0f|10)$/);
        }
      }
    });

    it('has no addresses beyond its map', () => {
      const { codec, ask } = modbusDevice(profile);
      const last = Math.max(...codec.reads.map(({ address, count }) => address + count));
      if (last > 60_000) return;
      expect(ask([3, ...words(65_000, 1)])).toBe('8302');
      expect(ask([6, ...words(65_000, 1)])).toBe('8602');
    });
  },
);

const isVector = (each: Vector | Session): each is Vector => !('session' in each);
type Case = readonly [name: string, profile: DeviceProfile, vector: Vector];
const sentVectors: readonly Case[] = on('serial').flatMap((profile) =>
  profile.vectors.filter(isVector).flatMap((vector): readonly Case[] => {
    const { command, args, binding, error } = vector;
    const isSerial = profile.bindings[binding]?.transport === 'serial';
    const first = Object.keys(profile.bindings)[0];
    return command === undefined || error !== undefined || !isSerial || binding !== first
      ? []
      : [[`${profile.id}: ${command} ${JSON.stringify(args ?? {})}`, profile, vector]];
  }),
);

const bytesSent = ({ tx, txText }: Vector): readonly Uint8Array[] => {
  const hex = tx === undefined ? [] : [tx].flat();
  const text = txText === undefined ? [] : [txText].flat();
  return [
    ...hex.map((each) => fromHex(each.replaceAll(' ', '').toLowerCase()) ?? new Uint8Array()),
    ...text.map((each) => new TextEncoder().encode(each)),
  ];
};

describe('vectors of the models', () => {
  it.each(sentVectors)(
    '%s is understood as it is written in the manual',
    async (_n, profile, vector) => {
      const { serial, hear } = serialDevice(profile, vector.params);
      const heard: (readonly [string, Args])[] = [];
      serial.onCommand((name, args) => void heard.push([name, args]));
      for (const bytes of bytesSent(vector)) await hear(bytes);
      expect(heard.map(([name]) => name)).toEqual([vector.command]);
      expect(vector.args ?? {}).toMatchObject(heard[0]?.[1] ?? {});
    },
  );
});

const sessions = models.flatMap((profile) =>
  profile.vectors.flatMap((each) =>
    isVector(each) || Object.keys(profile.bindings)[0] !== each.binding
      ? []
      : [[`${profile.id}: ${each.session}`, profile, each] as const],
  ),
);

/** A device on whatever wire it has, and how a command reaches it. */
const sessionDevice = (profile: DeviceProfile, params: Args | undefined) => {
  const events: Record<string, Args>[] = [];
  const isSerial = on('serial').includes(profile);
  const started = isSerial ? serialDevice(profile, params) : modbusDevice(profile, params);
  started.device.onEvent(({ event, fields }) => void events.push({ [event]: fields }));
  const run = (command: string, args: Args): void => {
    if ('ask' in started) {
      const encoded = started.codec.encode(command, args);
      expect(encoded.ok, command).toBe(true);
      for (const write of encoded.ok ? encoded.sends : []) started.ask(writePdu(write));
      return;
    }
    const encoded = started.codec.encode(command, args);
    expect(encoded.ok, command).toBe(true);
    for (const { bytes } of encoded.ok ? encoded.sends : []) started.gateway.send(bytes);
  };
  return { ...started, events, run };
};

describe('sessions of the models', () => {
  it.each(sessions)('%s', async (_name, profile, { params, steps }) => {
    const { device, clock, events, run } = sessionDevice(profile, params);
    for (const [place, { command, args, act, waitMs, expect: wanted }] of steps.entries()) {
      if (command !== undefined) run(command, args ?? {});
      if (act !== undefined) expect(device.apply({ kind: 'act', action: act })).toBe('done');
      await clock.advance(waitMs ?? 0);
      const { state = {}, telemetry = {}, event } = wanted ?? {};
      const held = device.values();
      for (const [part, values] of Object.entries({ state, telemetry })) {
        const named = Object.entries(values).map(([name, value]) => [`${part}.${name}`, value]);
        expect(held, `step ${place + 1}`).toMatchObject(Object.fromEntries(named));
      }
      const told = events.splice(0);
      if (event !== undefined) {
        const listed = Object.entries(event).map(([name, fields]) => ({ [name]: fields }));
        expect(told, `step ${place + 1}`).toEqual(listed);
      }
    }
  });
});
