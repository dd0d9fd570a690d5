import type { ModbusArea, ModbusException, ModbusValues, WriteRequest } from './modbus.ts';

const spec = 'MODBUS Application Protocol V1.1b3';

export type ReadVector = {
  readonly source: string;
  readonly area: ModbusArea;
  readonly address: number;
  readonly count: number;
  /** PDUs as hexadecimal text. */
  readonly request: string;
  readonly reply: string;
  readonly values: ModbusValues;
};

/** `low` to high, as the specification prints a byte of coils from its right end. */
const bits = (text: string): readonly boolean[] => [...text].map((bit) => bit === '1');

export const modbusReads: readonly ReadVector[] = [
  {
    source: `${spec} §6.1: coils 20 to 38`,
    area: 'coil',
    address: 0x13,
    count: 19,
    request: '01 00 13 00 13',
    reply: '01 03 CD 6B 05',
    values: bits('10110011' + '11010110' + '101'),
  },
  {
    source: `${spec} §6.2: inputs 197 to 218`,
    area: 'discrete',
    address: 0xc4,
    count: 22,
    request: '02 00 C4 00 16',
    reply: '02 03 AC DB 35',
    values: bits('00110101' + '11011011' + '101011'),
  },
  {
    source: `${spec} §6.3: registers 108 to 110`,
    area: 'holding',
    address: 0x6b,
    count: 3,
    request: '03 00 6B 00 03',
    reply: '03 06 02 2B 00 00 00 64',
    values: [555, 0, 100],
  },
  {
    source: `${spec} §6.4: input register 9`,
    area: 'input',
    address: 8,
    count: 1,
    request: '04 00 08 00 01',
    reply: '04 02 00 0A',
    values: [10],
  },
];

export type WriteVector = {
  readonly source: string;
  readonly write: WriteRequest;
  readonly request: string;
  readonly reply: string;
};

export const modbusWrites: readonly WriteVector[] = [
  {
    source: `${spec} §6.5: coil 173 on`,
    write: { area: 'coil', address: 0xac, values: [true] },
    request: '05 00 AC FF 00',
    reply: '05 00 AC FF 00',
  },
  {
    source: `${spec} §6.6: register 2 to 3`,
    write: { area: 'holding', address: 1, values: [3] },
    request: '06 00 01 00 03',
    reply: '06 00 01 00 03',
  },
  {
    source: `${spec} §6.11: ten coils from 20`,
    write: { area: 'coil', address: 0x13, values: bits('10110011' + '10') },
    request: '0F 00 13 00 0A 02 CD 01',
    reply: '0F 00 13 00 0A',
  },
  {
    source: `${spec} §6.12: registers 2 and 3`,
    write: { area: 'holding', address: 1, values: [10, 258] },
    request: '10 00 01 00 02 04 00 0A 01 02',
    reply: '10 00 01 00 02',
  },
  {
    source: 'Eastron SDM320Y manual p. 42: pulse constant, one value by function 16',
    write: { area: 'holding', address: 0x16, values: [0x3f80, 0] },
    request: '10 00 16 00 02 04 3F 80 00 00',
    reply: '10 00 16 00 02',
  },
  {
    source: 'Waveshare Modbus RTU Relay wiki: relay 1 on for 700 ms, a time in a coil',
    write: { area: 'coil', address: 0x200, values: [true], rawCoil: 7 },
    request: '05 02 00 00 07',
    reply: '05 02 00 00 07',
  },
];

export const modbusExceptions: readonly {
  readonly source: string;
  readonly request: string;
  readonly reply: string;
  readonly exception: ModbusException;
  readonly code: number;
}[] = [
  {
    source: `${spec} §7: coil 1185 does not exist`,
    request: '01 04 A1 00 01',
    reply: '81 02',
    exception: 'illegal_address',
    code: 2,
  },
  {
    source: 'Waveshare Modbus RTU IO 8CH wiki: value refused',
    request: '05 00 00 12 34',
    reply: '85 03',
    exception: 'illegal_value',
    code: 3,
  },
  {
    source: `${spec} §7: codes that it does not name`,
    request: '03 00 00 00 01',
    reply: '83 7F',
    exception: 'other',
    code: 0x7f,
  },
];

/** Whole frames with their CRC. */
export const rtuVectors: readonly { readonly source: string; readonly hex: string }[] = [
  { source: 'Eastron SDM320Y manual p. 41', hex: '01 04 01 56 00 02 90 27' },
  { source: 'Eastron SDM320Y manual p. 41, reply', hex: '01 04 04 43 66 33 34 1B 38' },
  { source: 'Waveshare Modbus RTU Relay wiki', hex: '01 05 02 00 00 07 8D B0' },
  { source: 'Xunming 16-way lock board, lock 1 for 500 ms', hex: '01 05 00 65 01 F4 DD C2' },
  { source: 'Huawei 02312PBL manual p. 3', hex: '01 03 04 00 F6 01 1F 5A 59' },
  { source: 'Waveshare Modbus RTU IO 8CH wiki, exception', hex: '01 85 03 02 91' },
];
