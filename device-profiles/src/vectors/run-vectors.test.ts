import { describe, expect, it } from 'vitest';
import { readModelFiles } from '../adapters/model-files.ts';
import { profileOf } from '../testing/profiles.ts';
import { sampleLock } from '../testing/sample-lock.ts';
import { runVectors } from './run-vectors.ts';

const models = await readModelFiles();

describe('the vectors that ship', () => {
  it.each(models)('$name: all hold, and nothing is left unproved', ({ name, text }) => {
    const { results, coverage } = runVectors(profileOf(text, name));
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(coverage.missing).toEqual([]);
    expect(coverage.covered).toBe(coverage.needed);
  });
});

const withVectors = (...rows: readonly string[]) => {
  const list = rows.map((row) => `  - { source: invented, ${row} }\n`).join('');
  return runVectors(profileOf(sampleLock.replace(/vectors:\n.*\n/, `vectors:\n${list}`)));
};
const status = 'binding: serial, in: 02 0A 01 21 05 5A 04 E2 93 03';
const outOfStatus = (voltage: number): string =>
  `out: { state: { bolt: unlocked, tamper: false, contact: open }, ` +
  `telemetry: { battery: 90, voltage: ${voltage} } }`;
const block = 'binding: modbus, tx: 11 03 00 08 00 04 C7 5B';

describe('one vector', () => {
  it.each([
    ['received', `${status}, ${outOfStatus(12.5)}`],
    ['a refusal', 'binding: serial, in: 02 06 01 15 12 03, error: refused_busy'],
    ['sent', 'binding: serial, command: open, args: { ms: 3000 }, tx: 02 07 01 01 1E 19 03'],
    [
      'sent, with its answer',
      'binding: serial, command: open, tx: 02 07 01 01 1E 19 03, in: 02 06 01 06 01 03, out: {}',
    ],
    [
      'sent and refused',
      'binding: serial, command: open, tx: 02 07 01 01 1E 19 03, in: 02 06 01 15 12 03, ' +
        'error: refused_busy',
    ],
    ['not sent', 'binding: serial, command: open, args: { ms: 1 }, error: out_of_range'],
    ['a poll', 'binding: serial, poll: 0, tx: 02 06 01 05 02 03'],
    [
      'of another address',
      'binding: serial, params: { address: 2 }, poll: 0, tx: 02 06 02 05 01 03',
    ],
    [
      'a register block of another unit',
      `${block}, in: 11 03 08 00 5A 00 80 41 48 00 00 AE E6, out: { state: { bolt: locked, ` +
        `tamper: true }, telemetry: { battery: 90, voltage: 12.5 } }`,
    ],
  ])('holds: %s', (_case, row) => {
    const [result] = withVectors(row).results;
    expect(result).toMatchObject({ ok: true, expected: undefined, got: undefined });
  });

  it.each<readonly [string, string, string, unknown]>([
    [
      'another value',
      `${status}, ${outOfStatus(12.6)}`,
      'state.bolt = "unlocked", state.contact = "open", state.tamper = false, ' +
        'telemetry.battery = 90, telemetry.voltage = 12.6',
      'state.bolt = "unlocked", state.contact = "open", state.tamper = false, ' +
        'telemetry.battery = 90, telemetry.voltage = 12.5',
    ],
    ['a value too few', `${status}, out: {}`, 'nothing', expect.stringContaining('state.bolt')],
    [
      'another error',
      'binding: serial, in: 02 06 01 77 70 03, error: truncated',
      'error truncated',
      'error unknown_message',
    ],
    [
      'no error',
      'binding: serial, in: 02 06 01 06 01 03, error: truncated',
      'error truncated',
      'nothing',
    ],
    [
      'an error',
      'binding: serial, in: 02 06 01 06 00 03, out: {}',
      'nothing',
      'error bad_checksum',
    ],
    [
      'other bytes',
      'binding: serial, command: open, tx: 02 07 01 01 1E 18 03',
      '02 07 01 01 1E 18 03',
      '02 07 01 01 1E 19 03',
    ],
    [
      'sent after all',
      'binding: serial, command: open, args: { ms: 3000 }, error: out_of_range',
      'error out_of_range',
      '02 07 01 01 1E 19 03',
    ],
    [
      'another answer',
      'binding: serial, poll: 0, tx: 02 06 01 05 02 03, in: 02 06 01 06 01 03, out: {}',
      'the reply status',
      'done',
    ],
    [
      'a request with a wrong checksum',
      'binding: modbus, tx: 11 03 00 08 00 04 C7 5A, in: 11 83 02 C1 34, ' +
        'error: exception_illegal_address',
      'tx: a read request',
      'bad_checksum',
    ],
    [
      'another exception',
      `${block}, in: 11 83 02 C1 34, error: exception_device_busy`,
      'error exception_device_busy',
      'error exception_illegal_address',
    ],
    [
      'other registers',
      'binding: modbus, command: open, tx: 01 06 00 10 00 1D 48 06',
      '01 06 00 10 00 1D 48 06',
      '01 06 00 10 00 1E 08 07',
    ],
  ])('fails: %s', (_case, row, expected, got) => {
    const [result] = withVectors(row).results;
    expect(result).toMatchObject({ ok: false, expected, got });
  });
});

describe('coverage', () => {
  it('lists everything that no vector proves', () => {
    const { coverage } = withVectors(`${status}, ${outOfStatus(12.5)}`);
    expect(coverage.missing.map(({ path, why }) => `${path}: ${why}`)).toEqual([
      'bindings.serial.messages.status.fields.2 state.bolt: no vector reads locked',
      'bindings.serial.messages.status.fields.3 state.tamper: no vector reads true',
      'bindings.serial.messages.status.fields.4 state.contact: no vector reads closed',
      'bindings.serial.messages.status.fields.5 telemetry.battery: no vector reads null',
      'bindings.serial.messages.card.fields.2 event.uid: no vector reads it',
      'bindings.serial.commands.open.0.fields.2 args.ms: no vector sends it',
      'bindings.serial.commands.beep.0.fields.2 args.times: no vector sends it',
      'bindings.serial.commands.open: no vector sends it',
      'bindings.serial.commands.beep: no vector sends it',
      'bindings.serial.messages.card: no vector receives it, so none emits card',
      'bindings.serial.messages.done: no vector receives it',
      'bindings.serial.messages.busy: no vector receives it, so none is refused_busy',
      'bindings.serial.polls.0: no vector sends it',
      'bindings.serial: no vector has error: bad_checksum',
      'bindings.serial: no vector has error: truncated',
      'bindings.serial: no vector has error: out_of_range, unknown_value or unknown_message',
      'bindings.modbus.registers.0 state.contact: no vector reads closed',
      'bindings.modbus.registers.0 state.contact: no vector reads open',
      'bindings.modbus.registers.1 telemetry.battery: no vector reads it',
      'bindings.modbus.registers.2 state.bolt: no vector reads locked',
      'bindings.modbus.registers.2 state.bolt: no vector reads unlocked',
      'bindings.modbus.registers.3 state.tamper: no vector reads false',
      'bindings.modbus.registers.3 state.tamper: no vector reads true',
      'bindings.modbus.registers.4 telemetry.voltage: no vector reads it',
      'bindings.modbus.commands.open.0 args.ms: no vector sends it',
      'bindings.modbus.commands.open: no vector sends it',
      'bindings.modbus: no vector has error: bad_checksum',
      'bindings.modbus: no vector has error: truncated',
      'bindings.modbus: no vector has error: out_of_range, unknown_value or unknown_message',
      'bindings.modbus: no vector has error: exception_…',
    ]);
    expect(coverage.needed - coverage.covered).toBe(coverage.missing.length);
  });

  it('counts nothing that a failing vector shows', () => {
    const good = withVectors(`${status}, ${outOfStatus(12.5)}`).coverage.covered;
    expect(withVectors(`${status}, ${outOfStatus(12.6)}`).coverage.covered).toBe(0);
    expect(good).toBeGreaterThan(0);
  });
});
