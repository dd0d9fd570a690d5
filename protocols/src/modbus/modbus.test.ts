import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes.ts';
import { hexBytes } from '../framing/layout.ts';
import { parseReply, parseRtu, readRequest, rtuFrame, writeRequest } from './modbus.ts';
import type { ModbusArea, WriteRequest } from './modbus.ts';
import { modbusExceptions, modbusReads, modbusWrites, rtuVectors } from './modbus.vectors.ts';

const bytesOf = (hex: string): Uint8Array => hexBytes(hex) ?? new Uint8Array();

describe('modbus: vectors', () => {
  it.each(modbusReads)('$source', ({ area, address, count, request, reply, values }) => {
    expect(readRequest(area, address, count)).toEqual(bytesOf(request));
    expect(parseReply(bytesOf(request), bytesOf(reply))).toEqual({ ok: true, values });
  });

  it.each(modbusWrites)('$source', ({ write, request, reply }) => {
    expect(writeRequest(write)).toEqual(bytesOf(request));
    expect(parseReply(bytesOf(request), bytesOf(reply))).toEqual({ ok: true, values: [] });
  });

  it.each(modbusExceptions)('$source', ({ request, reply, exception, code }) => {
    const got = parseReply(bytesOf(request), bytesOf(reply));
    expect(got).toEqual({ ok: false, exception, code });
  });

  it.each(rtuVectors)('RTU: $source', ({ hex }) => {
    const bytes = bytesOf(hex);
    const got = parseRtu(bytes);
    if (!got.ok) throw new Error(got.fault);
    expect(toHex(rtuFrame(got.unit, got.pdu))).toBe(toHex(bytes));
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(parseRtu(bytes.subarray(0, cut)).ok).toBe(false);
    }
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const flipped = bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(parseRtu(flipped)).toEqual({ ok: false, fault: 'bad_checksum' });
    }
  });

  it('knows no frame of more than 256 bytes', () => {
    expect(parseRtu(new Uint8Array(257))).toEqual({ ok: false, fault: 'too_long' });
  });
});

describe('modbus: requests that the standard does not allow', () => {
  it.each<readonly [ModbusArea, number, number]>([
    ['coil', 0, 0],
    ['coil', 0, 2001],
    ['holding', 0, 126],
    ['input', 65_535, 2],
    ['discrete', -1, 1],
    ['holding', 0.5, 1],
  ])('read %s %d, %d', (area, address, count) => {
    expect(readRequest(area, address, count)).toBeUndefined();
  });

  it.each<readonly [string, WriteRequest]>([
    ['no values', { area: 'holding', address: 0, values: [] }],
    ['a register above 65535', { area: 'holding', address: 0, values: [65_536] }],
    ['a negative register', { area: 'holding', address: 0, values: [-1] }],
    ['part of a register', { area: 'holding', address: 0, values: [0.5] }],
    ['124 registers', { area: 'holding', address: 0, values: Array<number>(124).fill(0) }],
    ['a coil of 2', { area: 'coil', address: 0, values: [2] }],
    ['behind the last address', { area: 'coil', address: 65_535, values: [true, true] }],
    ['a raw coil above 65535', { area: 'coil', address: 0, values: [true], rawCoil: 65_536 }],
  ])('write %s', (_name, request) => {
    expect(writeRequest(request)).toBeUndefined();
  });
});

describe('modbus: replies that are none', () => {
  const request = bytesOf('03 00 6B 00 03');
  it.each([
    ['of another function', '04 06 02 2B 00 00 00 64', 'other_request'],
    ['of fewer registers', '03 04 02 2B 00 00', 'bad_length'],
    ['with a wrong byte count', '03 05 02 2B 00 00 00 64', 'other_request'],
    ['empty', '', 'bad_length'],
    ['an exception without a code', '83', 'bad_length'],
  ])('%s', (_name, reply, fault) => {
    expect(parseReply(request, bytesOf(reply))).toEqual({ ok: false, fault });
  });

  it('a write that echoes another value', () => {
    const got = parseReply(bytesOf('06 00 01 00 03'), bytesOf('06 00 01 00 04'));
    expect(got).toEqual({ ok: false, fault: 'other_request' });
  });

  it('to what is no request', () => {
    expect(parseReply(bytesOf('03 00'), bytesOf('03 00'))).toEqual({
      ok: false,
      fault: 'bad_request',
    });
    expect(parseReply(bytesOf('2B 00 00 00 00'), bytesOf('2B 00 00 00 00'))).toEqual({
      ok: false,
      fault: 'bad_request',
    });
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), fc.uint8Array({ maxLength: 12 }), (a, b) => {
        expect(typeof parseReply(a, b).ok).toBe('boolean');
        expect(typeof parseRtu(a).ok).toBe('boolean');
      }),
    );
  });

  it('unpacks the bits that a write packs', () => {
    const values = fc.array(fc.boolean(), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(values, (bits) => {
        const write = writeRequest({ area: 'coil', address: 7, values: bits, multiple: true });
        const read = readRequest('coil', 7, bits.length);
        if (write === undefined || read === undefined) throw new Error('no request');
        const reply = Uint8Array.of(1, ...write.subarray(5));
        expect(parseReply(read, reply)).toEqual({ ok: true, values: bits });
      }),
    );
  });
});
