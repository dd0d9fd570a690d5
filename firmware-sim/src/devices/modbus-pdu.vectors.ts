/** What the device of an example holds; a write must leave `after`. */
export type ModbusVector = {
  readonly source: string;
  readonly request: string;
  readonly response: string;
  readonly coils?: Readonly<Record<number, boolean>>;
  readonly inputs?: Readonly<Record<number, boolean>>;
  readonly registers?: Readonly<Record<number, number>>;
  readonly inputRegisters?: Readonly<Record<number, number>>;
  readonly after?: Readonly<Record<number, boolean | number>>;
};

/** Addresses from `from`, the lowest first, as the specification's text names each output. */
const bits = (from: number, text: string): Readonly<Record<number, boolean>> =>
  Object.fromEntries([...text].map((bit, index) => [from + index, bit === '1']));

export const modbusVectors: readonly ModbusVector[] = [
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.1: read discrete outputs 20-38',
    request: '0100130013',
    response: '0103cd6b05',
    // 27-20 is CD = 1100 1101, 35-28 is 6B = 0110 1011, 38-36 is 05 = 101
    coils: bits(0x13, '1011001111010110101'),
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.2: read discrete inputs 197-218',
    request: '0200c40016',
    response: '0203acdb35',
    // 204-197 is AC = 1010 1100, 212-205 is DB = 1101 1011, 218-213 is 35 = 11 0101
    inputs: bits(0xc4, '0011010111011011101011'),
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.3: read registers 108-110',
    request: '03006b0003',
    response: '0306022b00000064',
    registers: { 0x6b: 0x022b, 0x6c: 0, 0x6d: 100 },
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.4: read input register 9',
    request: '0400080001',
    response: '0402000a',
    inputRegisters: { 8: 10 },
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.5: write coil 173 on',
    request: '0500acff00',
    response: '0500acff00',
    coils: { 0xac: false },
    after: { 0xac: true },
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.6: write register 2 to 00 03 hex',
    request: '0600010003',
    response: '0600010003',
    registers: { 1: 0 },
    after: { 1: 3 },
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.11: write ten coils from 20',
    request: '0f0013000a02cd01',
    response: '0f0013000a',
    coils: bits(0x13, '0000000000'),
    after: bits(0x13, '1011001110'),
  },
  {
    source: 'MODBUS Application Protocol V1.1b3 §6.12: write two registers from 2',
    request: '100001000204000a0102',
    response: '1000010002',
    registers: { 1: 0, 2: 0 },
    after: { 1: 0x000a, 2: 0x0102 },
  },
];

/** Refused, and nothing is written. Registers 16 and 17, coils and inputs 0 to 6 exist. */
export const modbusRefusals: readonly {
  readonly source: string;
  readonly request: string;
  readonly response: string;
}[] = [
  {
    source: '§7 code 01: read input registers, none here',
    request: '0400000001',
    response: '8401',
  },
  { source: '§7 code 01: no such function', request: '5500', response: 'd501' },
  { source: '§7 code 01: an empty PDU', request: '', response: '8001' },
  { source: '§6.1: count 0', request: '0100000000', response: '8103' },
  { source: '§6.1: count above 2000', request: '01000007d1', response: '8103' },
  { source: '§6.1: an address beyond', request: '0100000008', response: '8102' },
  { source: '§6.2: too short', request: '02000000', response: '8203' },
  { source: '§6.2: too long', request: '020000000101', response: '8203' },
  { source: '§6.3: count above 125', request: '030010007e', response: '8303' },
  { source: '§6.3: an address before', request: '03000f0002', response: '8302' },
  { source: '§6.3: the last address and one more', request: '03ffff0002', response: '8302' },
  { source: '§6.5: neither FF00 nor 0000', request: '0500001234', response: '8503' },
  { source: '§6.5: an address beyond', request: '050007ff00', response: '8502' },
  { source: '§6.6: an address beyond', request: '0600120001', response: '8602' },
  { source: '§6.6: too short', request: '06001000', response: '8603' },
  { source: '§6.11: byte count does not fit', request: '0f0000000a01ff', response: '8f03' },
  { source: '§6.11: count 0', request: '0f0000000000', response: '8f03' },
  { source: '§6.12: byte count does not fit', request: '100010000204000a', response: '9003' },
  { source: '§6.12: second address beyond', request: '1000110002040001ffff', response: '9002' },
];
