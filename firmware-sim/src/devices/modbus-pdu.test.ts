import { fromHex, toHex } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerPdu, pduBytesMax } from './modbus-pdu.ts';
import type { ModbusBank } from './modbus-pdu.ts';
import { modbusRefusals, modbusVectors } from './modbus-pdu.vectors.ts';

const pdu = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

type Cells<T> = Record<number, T>;
type Tables = {
  readonly coil: Cells<boolean>;
  readonly discrete: Cells<boolean>;
  readonly holding: Cells<number>;
  readonly input?: Cells<number>;
};

const bankOf = (tables: Tables): ModbusBank => {
  const read: ModbusBank['read'] = (table, from, count) => {
    const cells = tables[table] ?? {};
    const values = Array.from({ length: count }, (_, i) => cells[from + i]);
    // One table holds one kind.
    return values.includes(undefined) ? undefined : (values as number[] | boolean[]);
  };
  return {
    has: (table) => tables[table] !== undefined,
    read,
    write: (table, from, values) => {
      if (read(table, from, values.length) === undefined) return 'illegal_address';
      // A word in the place of on and off: these coils know no time.
      if (table === 'coil' && typeof values[0] === 'number') return 'illegal_value';
      Object.assign(tables[table], Object.fromEntries(values.map((v, i) => [from + i, v])));
      return 'written';
    },
  };
};

const seven = (): Cells<boolean> =>
  Object.fromEntries(Array.from({ length: 7 }, (_, i) => [i, false]));

describe('Modbus PDU', () => {
  it.each(modbusVectors)('$source', (vector) => {
    const coils = { ...vector.coils };
    const registers = { ...vector.registers };
    const bank = bankOf({
      coil: coils,
      discrete: { ...vector.inputs },
      holding: registers,
      input: { ...vector.inputRegisters },
    });
    expect(toHex(answerPdu(pdu(vector.request), bank) ?? pdu(''))).toBe(vector.response);
    if (vector.after !== undefined) expect({ ...coils, ...registers }).toEqual(vector.after);
  });

  it.each(modbusRefusals)('$source: $request', ({ request, response }) => {
    const coils = seven();
    const registers = { 16: 0, 17: 0 };
    const bank = bankOf({ coil: coils, discrete: seven(), holding: registers });
    expect(toHex(answerPdu(pdu(request), bank) ?? pdu(''))).toBe(response);
    expect(coils).toEqual(seven());
    expect(registers).toEqual({ 16: 0, 17: 0 });
  });

  it('answers whatever comes, within the bound of a PDU', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: pduBytesMax }), (request) => {
        const all = bankOf({ coil: seven(), discrete: seven(), holding: { 16: 0, 17: 0 } });
        const response = answerPdu(request, all) ?? new Uint8Array();
        expect(response.length).toBeGreaterThanOrEqual(2);
        expect(response.length).toBeLessThanOrEqual(pduBytesMax);
        expect((response[0] ?? 0) & 0x7f).toBe((request[0] ?? 0) & 0x7f);
      }),
    );
  });

  it.each([
    ['unanswered', undefined],
    ['illegal_value', '8603'],
    ['illegal_address', '8602'],
  ] as const)('a write that is %s', (outcome, response) => {
    const bank = { ...bankOf({ coil: {}, discrete: {}, holding: {} }), write: () => outcome };
    const answer = answerPdu(pdu('0600010003'), bank);
    expect(answer === undefined ? undefined : toHex(answer)).toBe(response);
  });
});
