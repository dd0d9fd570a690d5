import type { CodecFault, Field, Value } from './field.ts';

export type FieldVector = {
  readonly source: string;
  readonly fields: readonly Field[];
  readonly hex: string;
  readonly values: Readonly<Record<string, Value>>;
  /** Why the bytes are not written again from the values. */
  readonly isOnlyRead?: boolean;
  /** Bytes at the beginning and end that are the frame's; written as zero. */
  readonly geometry?: { readonly head: number; readonly tail: number };
  readonly params?: Readonly<Record<string, Value>>;
};

export type FieldRefusal = Omit<FieldVector, 'values'> & {
  readonly fault: CodecFault;
  readonly at: string;
};

const own = 'the definition of the type';
const ld2410 = 'HLK-LD2410C Serial Communication Protocol V1.07';

/** BTHome v2 "Format": object ids, sizes and factors; the examples of that page. */
const bthome: readonly Field[] = [
  { type: 'u8', const: 0x40 },
  {
    tlv: {
      tag: 'u8',
      items: {
        '0x00': [{ type: 'u8', value: 'telemetry.packet' }],
        '0x01': [{ type: 'u8', value: 'telemetry.battery' }],
        '0x02': [{ type: 'i16le', scale: 0.01, value: 'telemetry.temperature' }],
        '0x03': [{ type: 'u16le', scale: 0.01, value: 'telemetry.humidity' }],
        '0x04': [{ type: 'u24le', scale: 0.01, value: 'telemetry.pressure' }],
        '0x0A': [{ type: 'u24le', scale: 0.001, value: 'telemetry.energy' }],
        '0x3A': [{ type: 'u8', enum: { '0x00': 'none', '0x01': 'press' }, value: 'event.button' }],
        '0x53': [
          { type: 'u8', as: 'size' },
          { type: 'utf8', length: { of: 'size' }, value: 'event.text' },
        ],
      },
    },
  },
];

const dust: readonly Field[] = [
  { type: 'u8', const: 0xc0 },
  { type: 'u16le', value: 'telemetry.pm25', scale: 0.1 },
  { type: 'u16le', value: 'telemetry.pm10', scale: 0.1 },
  { type: 'hex', length: 2, value: 'params.id' },
];

const presence: readonly Field[] = [
  { type: 'u8', const: 0x02 },
  { type: 'u8', const: 0xaa },
  {
    type: 'u8',
    enum: { 0: 'none', 1: 'moving', 2: 'still', 3: 'both' },
    value: 'state.presence',
  },
  { type: 'u16le', value: 'telemetry.movingDistance' },
  { type: 'u8', value: 'telemetry.movingEnergy' },
  { type: 'u16le', value: 'telemetry.stillDistance' },
  { type: 'u8', value: 'telemetry.stillEnergy' },
  { type: 'u16le', value: 'telemetry.distance' },
  { type: 'hex', const: '55 00' },
];

export const fieldVectors: readonly FieldVector[] = [
  {
    source: 'Nova Fitness Laser Dust Sensor Control Protocol V1.3: 123.6 and 261.8 µg/m³',
    fields: dust,
    geometry: { head: 1, tail: 2 },
    params: { id: 'a160' },
    hex: 'AA C0 D4 04 3A 0A A1 60 1D AB',
    values: { 'telemetry.pm25': 123.6, 'telemetry.pm10': 261.8, 'params.id': 'a160' },
  },
  {
    source: `${ld2410} 2.3.2: report`,
    fields: presence,
    geometry: { head: 6, tail: 4 },
    hex: 'F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5',
    values: {
      'state.presence': 'still',
      'telemetry.movingDistance': 81,
      'telemetry.movingEnergy': 0,
      'telemetry.stillDistance': 0,
      'telemetry.stillEnergy': 59,
      'telemetry.distance': 0,
    },
  },
  {
    source: `${ld2410} 2.2.4: sensitivities of nine gates`,
    fields: [
      { type: 'hex', const: '61 01 00 00 AA' },
      { type: 'u8', as: 'last' },
      { type: 'u8', value: 'state.movingGate' },
      { type: 'u8', value: 'state.stillGate' },
      {
        repeat: {
          count: { of: 'last', adds: 1 },
          fields: [{ type: 'u8', value: 'state.moving' }],
        },
      },
      {
        repeat: {
          count: { of: 'last', adds: 1 },
          fields: [{ type: 'u8', value: 'state.still' }],
        },
      },
      { type: 'u16le', value: 'state.holdS' },
    ],
    geometry: { head: 6, tail: 4 },
    hex:
      'FD FC FB FA 1C 00 61 01 00 00 AA 08 08 08 14 14 14 14 14 14 14 14 14 ' +
      '19 19 19 19 19 19 19 19 19 05 00 04 03 02 01',
    values: {
      'state.movingGate': 8,
      'state.stillGate': 8,
      'state.moving': [20, 20, 20, 20, 20, 20, 20, 20, 20],
      'state.still': [25, 25, 25, 25, 25, 25, 25, 25, 25],
      'state.holdS': 5,
    },
  },
  {
    source: 'HLK-LD2451 Serial communication protocol V1.03 p. 9: three vehicles',
    fields: [
      { type: 'u8', as: 'count' },
      { type: 'u8', value: 'state.alarm' },
      {
        repeat: {
          count: { of: 'count' },
          fields: [
            { type: 'u8', offset: -128, value: 'telemetry.angle' },
            { type: 'u8', value: 'telemetry.distance' },
            { type: 'u8', enum: { 0: 'closing', 1: 'leaving' }, value: 'state.way' },
            { type: 'u8', value: 'telemetry.speed' },
            { type: 'u8', value: 'telemetry.snr' },
          ],
        },
      },
    ],
    geometry: { head: 6, tail: 4 },
    hex: 'F4 F3 F2 F1 11 00 03 01 8A 28 00 3C 15 8A 1E 01 3C 0F 76 5F 00 3C 0F ' + 'F8 F7 F6 F5',
    values: {
      'state.alarm': 1,
      'telemetry.angle': [10, 10, -10],
      'telemetry.distance': [40, 30, 95],
      'state.way': ['closing', 'leaving', 'closing'],
      'telemetry.speed': [60, 60, 60],
      'telemetry.snr': [21, 15, 15],
    },
  },
  {
    source: 'Eastron SDM320Y manual p. 41: 230.2',
    fields: [{ type: 'f32', value: 'telemetry.power' }],
    hex: '43 66 33 34',
    values: { 'telemetry.power': 230.2 },
    // Seven digits do not say which of two neighbouring floats it was.
    isOnlyRead: true,
  },
  {
    source: 'Eastron SDM320Y manual p. 42: 100 ms',
    fields: [{ type: 'f32', value: 'telemetry.width' }],
    hex: '42 C8 00 00',
    values: { 'telemetry.width': 100 },
  },
  {
    source: 'XY-MD02 sheet 2018-12-19: 30.5 °C, 54.6 %',
    fields: [
      { type: 'i16', scale: 0.1, value: 'telemetry.temperature' },
      { type: 'u16', scale: 0.1, value: 'telemetry.humidity' },
    ],
    hex: '01 31 02 22',
    values: { 'telemetry.temperature': 30.5, 'telemetry.humidity': 54.6 },
  },
  {
    source: 'XY-MD02 sheet 2018-12-19: FF33 is -20.5 °C',
    fields: [{ type: 'i16', scale: 0.1, value: 'telemetry.temperature' }],
    hex: 'FF 33',
    values: { 'telemetry.temperature': -20.5 },
  },
  {
    source: 'Portalum.Zvt tests: authorisation of 33.00',
    fields: [
      { type: 'hex', const: '04' },
      { type: 'bcd', length: 6, scale: 0.01, value: 'args.amount' },
      { type: 'hex', const: '02 0A' },
    ],
    geometry: { head: 3, tail: 0 },
    hex: '06 01 09 04 00 00 00 00 33 00 02 0A',
    values: { 'args.amount': 33 },
  },
  {
    source: 'Transbank POS Integrado: anulación of operation 10',
    fields: [
      { type: 'text', const: '1200|' },
      { type: 'digits', until: '|', value: 'args.operation' },
    ],
    geometry: { head: 1, tail: 2 },
    hex: '02 31 32 30 30 7C 31 30 7C 03 01',
    values: { 'args.operation': 10 },
  },
  {
    source: 'Advantech ADAM 4000 manual p. 7-7: $336, outputs 11h, inputs 22h',
    fields: [
      { type: 'text', const: '!' },
      { type: 'hexdigits', length: 2, value: 'state.outputs' },
      { type: 'hexdigits', length: 2, value: 'state.inputs' },
      { type: 'text', const: '00' },
    ],
    hex: '21 31 31 32 32 30 30',
    values: { 'state.outputs': 0x11, 'state.inputs': 0x22 },
  },
  {
    source: 'BTHome v2 format: temperature 25.06 °C, humidity 50.55 %',
    fields: bthome,
    hex: '40 02 CA 09 03 BF 13',
    values: { 'telemetry.temperature': 25.06, 'telemetry.humidity': 50.55 },
    isOnlyRead: true,
  },
  {
    source: 'BTHome v2 format: battery 97 %, pressure 1008.83 hPa, energy 1346.067 kWh',
    fields: bthome,
    hex: '40 01 61 04 13 8A 01 0A 13 8A 14',
    values: {
      'telemetry.battery': 97,
      'telemetry.pressure': 1008.83,
      'telemetry.energy': 1346.067,
    },
    isOnlyRead: true,
  },
  {
    source: 'BTHome v2 format: text "Hello World!"',
    fields: bthome,
    hex: '40 53 0C 48 65 6C 6C 6F 20 57 6F 72 6C 64 21',
    values: { 'event.text': 'Hello World!' },
    isOnlyRead: true,
  },
  {
    source: 'BTHome v2 format: ids in rising order, so a newer one ends what we can read',
    fields: bthome,
    hex: '40 01 61 F0 01 00',
    values: { 'telemetry.battery': 97 },
    isOnlyRead: true,
  },
  {
    source: `${own}: bits share an integer, the lowest first`,
    fields: [
      { at: 0, type: 'u16', bits: '0..3', value: 'state.a' },
      { at: 0, type: 'u16', bits: '4', enum: { 0: false, 1: true }, value: 'state.b' },
      { at: 0, type: 'u16', bits: '12..15', value: 'state.c' },
    ],
    hex: 'A0 15',
    values: { 'state.a': 5, 'state.b': true, 'state.c': 10 },
  },
  {
    source: `${own}: 53 bits of u64`,
    fields: [{ type: 'u64', value: 'telemetry.count' }],
    hex: '00 1F FF FF FF FF FF FF',
    values: { 'telemetry.count': Number.MAX_SAFE_INTEGER },
  },
  {
    source: `${own}: i64, little-endian, -2`,
    fields: [{ type: 'i64le', value: 'telemetry.count' }],
    hex: 'FE FF FF FF FF FF FF FF',
    values: { 'telemetry.count': -2 },
  },
  {
    source: `${own}: unknown reads null`,
    fields: [{ type: 'i16', unknown: [0x7fff, -32768], scale: 0.1, value: 'telemetry.t' }],
    hex: '7F FF',
    values: { 'telemetry.t': null },
  },
  {
    source: `${own}: a field that only one kind has`,
    fields: [
      { type: 'u8', as: 'kind' },
      { type: 'u8', when: { field: 'kind', equals: 1 }, value: 'state.short' },
      { type: 'u16', when: { field: 'kind', equals: 2 }, value: 'state.long' },
    ],
    hex: '02 12 34',
    values: { 'state.long': 0x1234 },
  },
  {
    source: `${own}: text with its length before it, counted with itself`,
    fields: [
      { type: 'u8', as: 'size' },
      { type: 'utf8', length: { of: 'size', adds: -1 }, value: 'args.text' },
    ],
    hex: '07 E8 AF B7 E8 BF 9B',
    values: { 'args.text': '请进' },
  },
  {
    source: `${own}: padded text, number with sign and zeros, empty rest`,
    fields: [
      { type: 'text', length: 6, pad: ' ', value: 'args.text' },
      { type: 'digits', length: 5, scale: 0.1, value: 'telemetry.t' },
      { type: 'text', length: 'rest', value: 'event.text' },
    ],
    hex: '4F 4B 20 20 20 20 2D 30 30 35 35',
    values: { 'args.text': 'OK', 'telemetry.t': -5.5, 'event.text': '' },
  },
];

const u8: readonly Field[] = [{ type: 'u8', value: 'state.x' }];

export const fieldRefusals: readonly FieldRefusal[] = [
  { source: own, fields: u8, hex: '', fault: 'too_short', at: 'state.x' },
  { source: own, fields: u8, hex: '01 02', fault: 'too_long', at: 'end' },
  {
    source: 'Nova Fitness Laser Dust Sensor Control Protocol V1.3: of another sensor',
    fields: dust,
    geometry: { head: 1, tail: 2 },
    params: { id: 'a001' },
    hex: 'AA C0 D4 04 3A 0A A1 60 1D AB',
    fault: 'other_message',
    at: 'params.id',
  },
  {
    source: `${ld2410} 2.3.2: the engineering report is another message`,
    fields: presence,
    geometry: { head: 6, tail: 4 },
    hex: 'F4 F3 F2 F1 0D 00 01 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5',
    fault: 'other_message',
    at: '#0',
  },
  {
    source: `${ld2410} 2.3.2: state 7 does not exist`,
    fields: presence,
    geometry: { head: 6, tail: 4 },
    hex: 'F4 F3 F2 F1 0D 00 02 AA 07 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5',
    fault: 'unknown_value',
    at: 'state.presence',
  },
  {
    source: `${own}: 2^53 is not exact`,
    fields: [{ type: 'u64', value: 'telemetry.count' }],
    hex: '00 20 00 00 00 00 00 00',
    fault: 'out_of_range',
    at: 'telemetry.count',
  },
  {
    source: 'IEEE 754: NaN',
    fields: [{ type: 'f32', value: 'telemetry.count' }],
    hex: '7F C0 00 00',
    fault: 'out_of_range',
    at: 'telemetry.count',
  },
  {
    source: `${own}: A is no decimal digit`,
    fields: [{ type: 'bcd', length: 1, value: 'state.x' }],
    hex: '1A',
    fault: 'bad_text',
    at: 'state.x',
  },
  {
    source: `${own}: TAB is not printable`,
    fields: [{ type: 'text', length: 'rest', value: 'event.text' }],
    hex: '41 09',
    fault: 'bad_text',
    at: 'event.text',
  },
  {
    source: 'RFC 3629 §3: a lone C3',
    fields: [{ type: 'utf8', length: 'rest', value: 'event.text' }],
    hex: 'C3',
    fault: 'bad_text',
    at: 'event.text',
  },
  {
    source: `${own}: no digits`,
    fields: [{ type: 'digits', until: ';', value: 'state.x' }],
    hex: '31 2E 3B',
    fault: 'bad_text',
    at: 'state.x',
  },
  {
    source: `${own}: the count says more than there is`,
    fields: [
      { type: 'u8', as: 'size' },
      { type: 'text', length: { of: 'size' }, value: 'event.text' },
    ],
    hex: 'FF 41',
    fault: 'too_short',
    at: 'event.text',
  },
  {
    source: 'BTHome v2 format: a temperature cut short',
    fields: bthome,
    hex: '40 02 CA',
    fault: 'too_short',
    at: 'telemetry.temperature',
  },
];
