import { fromHex, toHex } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerPdu, pduBytesMax } from './modbus-pdu.ts';
import type { ModbusBank } from './modbus-pdu.ts';
import { modbusRefusals, modbusVectors } from './modbus-pdu.vectors.ts';

const pdu = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

type Cells<T> = Record<number, T>;

const bankOf = (coils: Cells<boolean>, inputs: Cells<boolean>, registers: Cells<number>) => {
  const read =
    <T>(cells: Cells<T>) =>
    (from: number, count: number): readonly T[] | undefined => {
      const values = Array.from({ length: count }, (_, i) => cells[from + i]);
      const known = values.filter((value) => value !== undefined);
      return known.length < count ? undefined : known;
    };
  const write =
    <T>(cells: Cells<T>) =>
    (from: number, values: readonly T[]): boolean => {
      if (read(cells)(from, values.length) === undefined) return false;
      values.forEach((value, i) => (cells[from + i] = value));
      return true;
    };
  const bank: ModbusBank = {
    readCoils: read(coils),
    readDiscreteInputs: read(inputs),
    readHoldingRegisters: read(registers),
    writeCoils: write(coils),
    writeRegisters: write(registers),
  };
  return bank;
};

const seven = (): Cells<boolean> =>
  Object.fromEntries(Array.from({ length: 7 }, (_, i) => [i, false]));

describe('Modbus PDU', () => {
  it.each(modbusVectors)('$source', (vector) => {
    const coils = { ...vector.coils };
    const registers = { ...vector.registers };
    const bank = bankOf(coils, { ...vector.inputs }, registers);
    expect(toHex(answerPdu(pdu(vector.request), bank))).toBe(vector.response);
    if (vector.after !== undefined) expect({ ...coils, ...registers }).toEqual(vector.after);
  });

  it.each(modbusRefusals)('$source: $request', ({ request, response }) => {
    const coils = seven();
    const registers = { 16: 0, 17: 0 };
    const bank = bankOf(coils, seven(), registers);
    expect(toHex(answerPdu(pdu(request), bank))).toBe(response);
    expect(coils).toEqual(seven());
    expect(registers).toEqual({ 16: 0, 17: 0 });
  });

  it('answers whatever comes, within the bound of a PDU', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: pduBytesMax }), (request) => {
        const all = bankOf(seven(), seven(), { 16: 0, 17: 0 });
        const response = answerPdu(request, all);
        expect(response.length).toBeGreaterThanOrEqual(2);
        expect(response.length).toBeLessThanOrEqual(pduBytesMax);
        expect((response[0] ?? 0) & 0x7f).toBe((request[0] ?? 0) & 0x7f);
      }),
    );
  });
});
