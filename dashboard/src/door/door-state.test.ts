import type { DoorView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { doorStateOf } from './door-state.ts';
import type { DoorState } from './door-state.ts';

type Row = readonly [
  DoorView['lock'],
  DoorView['contact'],
  DoorView['passage'],
  'fresh' | 'old',
  DoorState,
];

const table: readonly Row[] = [
  ['locked', 'closed', 'secure', 'fresh', 'locked'],
  ['locked', 'unknown', 'secure', 'fresh', 'locked'], // a door without a contact
  ['unlocked', 'closed', 'secure', 'fresh', 'unlocked'],
  ['unlocked', 'closed', 'granted', 'fresh', 'granted'],
  ['unlocked', 'open', 'granted', 'fresh', 'granted'],
  ['locked', 'open', 'secure', 'fresh', 'open'],
  ['unlocked', 'open', 'secure', 'fresh', 'open'],
  ['locked', 'open', 'forced', 'fresh', 'forced'],
  ['locked', 'open', 'held', 'fresh', 'held'],
  ['unknown', 'closed', 'secure', 'fresh', 'unknown'],
  ['unknown', 'unknown', 'unknown', 'fresh', 'unknown'],
  ['locked', 'closed', 'secure', 'old', 'unknown'], // an old report is no state
  ['locked', 'open', 'forced', 'old', 'unknown'],
];

describe('the state of a door', () => {
  for (const [lock, contact, passage, age, state] of table) {
    it(`${lock}, ${contact}, ${passage}, ${age} is ${state}`, () => {
      expect(doorStateOf({ lock, contact, passage, fresh: age === 'fresh' })).toBe(state);
    });
  }
});
