import Value from 'typebox/value';
import { expect, it } from 'vitest';
import { beatEveryMs, Beat, Birth, Death, Hello, Report, silentAfterMs } from './session.ts';
import { CursorNote } from './batch.ts';

const session = '0123456789abcdef';
const clock = { q: 'holdover', boot: '0badc0de', mono: 1 };
const held = {
  keysSerial: 1,
  policyEpoch: 1,
  policyVersion: 0,
  revocationEpoch: 0,
  revocation: 0,
};
const at = { epoch: '0000cafe', stream: 'main' };
const birth = {
  v: 1,
  session,
  version: '0.1.0',
  clock,
  held,
  journals: [{ ...at, oldest: 1, head: 0 }],
};
const beat = { session, n: 1, clock, held, waiting: 0, journalFill: 1 };
const door = {
  door: 'lab',
  lock: 'unknown',
  contact: 'open',
  passage: 'held',
  ready: false,
  since: 1,
};
const report = {
  session,
  n: 1,
  doors: [door],
  devices: [{ device: 'scan-1', state: 'silent', since: 1 }],
  conditions: [{ code: 'serial_lost', subject: 'scan-1', since: 1, detail: '' }],
};
const hello = { session, lineage: session, at: 1, cursors: [{ ...at, cursor: 0 }] };

it.each([
  ['birth', Birth, birth, true],
  ['birth of a later version', Birth, { ...birth, v: 2 }, false],
  ['birth with a clock of no quality', Birth, { ...birth, clock: { ...clock, q: 'good' } }, false],
  ['death', Death, { session }, true],
  ['death without a session', Death, {}, false],
  ['beat', Beat, beat, true],
  ['beat of an overfull journal', Beat, { ...beat, journalFill: 1.1 }, false],
  ['report', Report, report, true],
  ['report of a closed lock', Report, { ...report, doors: [{ ...door, lock: 'closed' }] }, false],
  ['hello', Hello, hello, true],
  ['hello with a cursor below zero', Hello, { ...hello, cursors: [{ ...at, cursor: -1 }] }, false],
  ['cursor', CursorNote, { lineage: session, ...at, cursor: 0 }, true],
  ['cursor of no stream', CursorNote, { lineage: session, ...at, stream: 'x', cursor: 0 }, false],
])('%s', (_, schema, value, valid) => {
  expect(Value.Check(schema, value)).toBe(valid);
});

it('a gateway is silent after two beats that did not come, and not after one', () => {
  expect(silentAfterMs).toBeGreaterThan(2 * beatEveryMs);
  expect(silentAfterMs).toBeLessThan(3 * beatEveryMs);
});
