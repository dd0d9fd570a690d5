import Value from 'typebox/value';
import { expect, it } from 'vitest';
import { DemoScanBody } from './demo-views.ts';
import { ChangeView, CommandView, DoorView, EventView, UnlockBody } from './views.ts';

const name = { zh: '实验室', en: 'Lab' };
const time = '2026-09-01T10:00:00.000+08:00';
const door = {
  id: 'lab',
  name,
  class: 'lab',
  building: 'b1',
  buildingName: name,
  gateway: 'gw-1',
  lock: 'locked',
  contact: 'closed',
  passage: 'secure',
  fresh: true,
  since: null,
  mayUnlock: false,
};
const event = {
  id: 'gw-1.0000cafe.main.1',
  kind: 'robot.waved',
  at: time,
  receivedAt: time,
  late: false,
  gateway: 'gw-1',
  gatewayName: name,
  door: null,
  device: null,
  person: null,
  data: { anything: [1] },
};
const command = {
  id: 'x',
  door: 'lab',
  device: null,
  run: null,
  action: 'unlock',
  state: 'confirmed',
  failure: null,
  steps: [{ state: 'sent', at: time }],
};

it.each([
  ['a door', DoorView, door, true],
  ['a door in a state that we do not know', DoorView, { ...door, lock: 'ajar' }, false],
  ['a door that never reported', DoorView, { ...door, since: null }, true],
  ['an event of a later gateway', EventView, event, true],
  ['an event without its time of receipt', EventView, { ...event, receivedAt: undefined }, false],
  ['a command', CommandView, command, true],
  ['a command that is done', CommandView, { ...command, state: 'done' }, false],
  ['a change of nothing', ChangeView, {}, true],
  ['a change of one door', ChangeView, { doors: [door], later: 1 }, true],
  ['a change of half a door', ChangeView, { doors: [{ id: 'lab' }] }, false],
  ['an unlock without words', UnlockBody, { reason: '' }, true],
  ['an unlock with a novel', UnlockBody, { reason: 'x'.repeat(201) }, false],
  ['a scan', DemoScanBody, { device: 'scan-1', text: 'x' }, true],
  ['a scan of megabytes', DemoScanBody, { device: 'scan-1', text: 'x'.repeat(4097) }, false],
])('%s', (_, schema, value, valid) => {
  expect(Value.Check(schema, value)).toBe(valid);
});
