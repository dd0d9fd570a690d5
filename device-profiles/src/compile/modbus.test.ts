import { describe, expect, it } from 'vitest';
import type { ModbusBlock, ModbusCodec } from '../compiled.ts';
import { profileOf } from '../testing/profiles.ts';
import { compileProfile } from './compile.ts';

/** A relay board and meter, as such boards are: what tests need of it stands in `binding`. */
const boardOf = (binding: string, model = ''): string => `apiVersion: profile/v1
kind: DeviceProfile
id: sample-board
profile: 1.0.0
family: relay
title: { zh: 样板, en: Sample board }
vendor: Sample
product: B1
source: invented
model:
${model}
bindings:
  modbus:
    transport: modbus
    modes: [rtu]
    line: { baud: 9600 }
    poll: { everyMs: 500, replyTimeoutMs: 200, missesMax: 3 }
${binding}
vectors: []
`;

const title = 'title: { zh: 值, en: Value }';

/** One register with these keys, as telemetry or state of this type. */
const codecOf = (keys: string, entry: string, order = ''): ModbusCodec => {
  const part = entry.includes('unit') ? 'telemetry' : 'state';
  const more = part === 'state' ? ', class: telemetry' : '';
  const text = boardOf(
    `${order}    registers: [{ ${keys}, value: ${part}.it }]`,
    `  ${part}: { it: { ${entry}${more}, ${title} } }`,
  );
  return compiled(`${text}simulate: { initial: { ${part}.it: null } }\n`);
};

const compiled = (text: string, params = {}): ModbusCodec => {
  const codec = compileProfile(profileOf(text), 'modbus', params);
  if (codec.transport !== 'modbus') throw new Error('no modbus binding');
  return codec;
};

const little = '    wordOrder: little\n';
const swapped = '    byteOrder: little\n';
const number = "type: number, unit: '1'";

describe('registers', () => {
  it.each<readonly [string, string, string, string, ModbusBlock, unknown]>([
    ['u16', 'type: u16', number, '', [65_535], 65_535],
    ['i16', 'type: i16', number, '', [65_535], -1],
    ['scale and offset', 'type: i16, scale: 0.1, offset: -40', number, '', [615], 21.5],
    ['u32, high word first', 'type: u32', number, '', [0x0001, 0x0002], 65_538],
    ['u32, low word first', 'type: u32', number, little, [0x0002, 0x0001], 65_538],
    ['u32, bytes swapped', 'type: u32', number, swapped, [0x0100, 0x0200], 65_538],
    ['u32, all swapped', 'type: u32', number, little + swapped, [0x0200, 0x0100], 65_538],
    ['f32 of IEEE 754', 'type: f32', number, '', [0x41bc, 0x0000], 23.5],
    ['f32, low word first', 'type: f32', number, little, [0x0000, 0x41bc], 23.5],
    ['f64', 'type: f64', number, '', [0x4037, 0x8000, 0, 0], 23.5],
    ['i64', 'type: i64', number, '', [0xffff, 0xffff, 0xffff, 0xfffe], -2],
    ['bcd', 'type: bcd, length: 4', number, '', [0x1234, 0x5678], 12_345_678],
    ['text', 'type: text, length: 4', 'type: text', '', [0x4142, 0x4300], 'ABC'],
    [
      'text keeps its order',
      'type: text, length: 4',
      'type: text',
      little,
      [0x4142, 0x4344],
      'ABCD',
    ],
    ['not known', 'type: u16, unknown: [65535]', number, '', [65_535], null],
    ['bits', "type: u16, bits: '4..7'", number, '', [0x12a4], 10],
    ['a bit as boolean', "type: u16, bits: '15'", 'type: boolean', '', [0x8000], true],
  ])('%s', (_case, keys, entry, order, block, value) => {
    const codec = codecOf(`table: holding, address: 7, ${keys}`, entry, order);
    const [read] = codec.reads;
    expect(read).toEqual({ table: 'holding', address: 7, count: block.length, everyMs: 500 });
    const { values, faults } = codec.read('holding', 7, block);
    expect(faults).toEqual([]);
    const [path = '', got] = Object.entries(values)[0] ?? [];
    expect(got).toEqual(value);
    const back = codec.peer.block('holding', 7, block.length, { [path]: got ?? null });
    expect(codec.read('holding', 7, back ?? [])).toEqual({ values, faults: [] });
    if (!keys.includes('bits')) expect(back).toEqual(block);
  });

  it('reads a list of coils, and of registers', () => {
    const list = 'type: list, items: boolean, itemsMax: 8';
    const coils = codecOf('table: coil, address: 3, type: bit, count: 4', list);
    const block = [true, false, true, true];
    expect(coils.read('coil', 3, block).values).toEqual({ 'state.it': block });
    expect(coils.peer.block('coil', 3, 4, { 'state.it': block })).toEqual(block);
    const words = codecOf(
      'table: input, address: 0, type: i16, scale: 0.5, count: 2',
      'type: list, items: number, itemsMax: 2',
    );
    expect(words.read('input', 0, [4, 0xffff]).values).toEqual({ 'state.it': [2, -0.5] });
  });

  it('tells which register cannot be read, and reads the others', () => {
    const codec = codecOf(
      'table: holding, address: 0, type: u16, enum: { 0: off, 0x10: on }',
      'type: enum, values: [off, on], ' +
        'valueTitles: { off: { zh: 关, en: off }, on: { zh: 开, en: on } }',
    );
    expect(codec.read('holding', 0, [16]).values).toEqual({ 'state.it': 'on' });
    expect(codec.read('holding', 0, [3])).toEqual({
      values: {},
      faults: [{ path: 'state.it', fault: 'unknown_value' }],
    });
    const bounded = codecOf('table: holding, address: 0, type: u16', `${number}, max: 100`);
    expect(bounded.read('holding', 0, [101]).faults).toEqual([
      { path: 'telemetry.it', fault: 'out_of_range' },
    ]);
  });

  it('reads only what lies wholly inside, and answers only where it has addresses', () => {
    const codec = codecOf('table: holding, address: 7, type: u32', number);
    expect(codec.read('holding', 8, [1, 2])).toEqual({ values: {}, faults: [] });
    expect(codec.read('input', 7, [1, 2])).toEqual({ values: {}, faults: [] });
    expect(codec.peer.block('holding', 6, 2, {})).toBeUndefined();
    expect(codec.peer.block('input', 7, 1, {})).toBeUndefined();
    expect(codec.peer.block('holding', 8, 1, { 'telemetry.it': 65_538 })).toEqual([2]);
  });
});

const model = `  params:
    base: { type: integer, min: 0, max: 9, default: 2, title: { zh: 起点, en: Base } }
  state:
    lamp: { type: boolean, class: telemetry, ${title} }
  commands:
    flash:
      ${title}
      class: telemetry
      expiresInMs: 1000
      args:
        channel: { type: integer, min: 0, max: 7, ${title} }
        ms: { type: integer, unit: ms, min: 100, max: 5000, ${title} }
    pulse:
      ${title}
      class: door
      endsBy: device
      expiresInMs: 1000
      args: { ms: { type: integer, unit: ms, min: 100, max: 5000, ${title} } }
    off: { ${title}, class: telemetry, expiresInMs: 1000 }`;
const commands = `    registers:
      - { table: coil, address: { base: 10, plus: base, step: 2 }, type: bit, value: state.lamp }
    commands:
      flash:
        - table: holding
          address: { base: 100, plus: args.channel, step: 5 }
          type: u16
          const: 4
          multiple: true
        - table: holding
          address: { base: 101, plus: args.channel, step: 5 }
          type: u16
          scale: 100
          value: args.ms
          multiple: true
      pulse: [{ table: coil, address: 512, type: u16, scale: 100, value: args.ms }]
      off:
        - { table: coil, address: 0, type: bit, const: false }
        - { table: holding, address: 300, type: u16, const: 0, unanswered: true }`;
const board = compiled(`${boardOf(commands, model)}simulate: { initial: { state.lamp: false } }\n`);

const write = { multiple: false, unanswered: false, rawCoil: undefined };

describe('writes', () => {
  it('joins neighbours that go in one request, and counts addresses by an argument', () => {
    expect(board.encode('flash', { channel: 2, ms: 700 })).toEqual({
      ok: true,
      sends: [{ ...write, table: 'holding', address: 110, values: [4, 7], multiple: true }],
    });
    expect(board.peer.written('holding', 110, [4, 7])).toEqual({
      command: 'flash',
      step: 0,
      args: { channel: 2, ms: 700 },
    });
  });

  it('writes a coil with a raw word, and each of several steps', () => {
    expect(board.encode('pulse', { ms: 700 })).toEqual({
      ok: true,
      sends: [{ ...write, table: 'coil', address: 512, values: [true], rawCoil: 7 }],
    });
    expect(board.peer.written('coil', 512, [7])).toEqual({
      command: 'pulse',
      step: 0,
      args: { ms: 700 },
    });
    expect(board.encode('off', {})).toEqual({
      ok: true,
      sends: [
        { ...write, table: 'coil', address: 0, values: [false] },
        { ...write, table: 'holding', address: 300, values: [0], unanswered: true },
      ],
    });
    expect(board.peer.written('holding', 300, [0])).toMatchObject({ command: 'off', step: 1 });
  });

  it.each([
    ['an argument that is not given', 'flash', { channel: 2 }, 'missing args.ms'],
    ['a channel that is not there', 'flash', { channel: 8, ms: 100 }, 'out_of_range args.channel'],
    ['half a channel', 'flash', { channel: 1.5, ms: 100 }, 'out_of_range args.channel'],
    ['no such command', 'burn', {}, 'unknown_command burn'],
  ])('refuses %s', (_case, command, args, expected) => {
    const got = board.encode(command, args);
    expect(got.ok ? 'sent' : `${got.fault} ${got.at}`).toBe(expected);
  });

  it.each<readonly [string, 'coil' | 'holding', number, ModbusBlock]>([
    ['an address between channels', 'holding', 111, [4, 7]],
    ['a channel that is not there', 'holding', 140, [4, 7]],
    ['another constant', 'holding', 110, [5, 7]],
    ['a value beyond the model', 'holding', 110, [4, 51]],
    ['half of it', 'holding', 110, [4]],
    ['a coil that is only ever written off', 'coil', 0, [true]],
  ])('no command writes %s', (_case, table, address, values) => {
    expect(board.peer.written(table, address, values)).toBeUndefined();
  });

  it('reads where the installer says', () => {
    expect(board.reads).toEqual([{ table: 'coil', address: 14, count: 1, everyMs: 500 }]);
  });
});
