import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { conditionCodes } from './conditions.ts';
import { eventKinds, isEventKind, journalClasses, sentenceNames, WireEvent } from './events.ts';
import type { EventRow } from './events.ts';
import { streams } from './ids.ts';
import { languages } from './text.ts';

const rows: readonly (readonly [string, EventRow])[] = Object.entries(eventKinds);
const clock = { q: 'trusted', boot: '0badc0de', mono: 1 };

describe('each kind of event', () => {
  it.each(rows)('%s is `noun.past` with class, stream and a sentence', (kind, row) => {
    expect(Value.Check(WireEvent, { seq: 1, kind, at: 1, clock, data: {} })).toBe(true);
    expect(isEventKind(kind)).toBe(true);
    expect(journalClasses).toContain(row.journalClass);
    expect(streams).toContain(row.stream);
    // Telemetry alone may be thinned; nothing else shares its stream.
    expect(row.stream === 'telemetry').toBe(row.journalClass === 'telemetry');
  });

  it.each(rows)('%s names in its sentence only what a screen can fill in', (_, { sentence }) => {
    const namesIn = (text: string) => [...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
    for (const language of languages) {
      const names = namesIn(sentence[language]);
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => !sentenceNames.some((known) => known === name))).toEqual([]);
    }
    expect(new Set(namesIn(sentence.zh))).toEqual(new Set(namesIn(sentence.en)));
  });
});

it('each name of a sentence is used by one', () => {
  const all = rows.map(([, { sentence }]) => sentence.en).join(' ');
  expect(sentenceNames.filter((name) => !all.includes(`{${name}}`))).toEqual([]);
});

it.each(['constructor', 'toString', 'access.', ''])('%j is no kind', (kind) => {
  expect(isEventKind(kind)).toBe(false);
});

const decision = {
  reason: 'granted',
  side: 'entry',
  reader: 'r1',
  basis: 'local',
  policy: { epoch: 1, version: 2, ageMs: 3 },
};

// kind | data | valid
const data: readonly (readonly [keyof typeof eventKinds, object, boolean])[] = [
  ['access.granted', decision, true],
  ['access.granted', { ...decision, credential: '00a1b2c3d4e5f607', counter: 1, later: 1 }, true],
  ['access.granted', { ...decision, reason: 'exit_no_right', side: 'exit' }, true],
  ['access.denied', { ...decision, side: 'both' }, false],
  ['access.denied', { ...decision, credential: 'A1B2' }, false],
  ['access.denied', { ...decision, policy: { epoch: 1, version: 2, ageMs: -1 } }, false],
  ['access.denied', {}, false],
  ['access.not_taken', { cause: 'gw-1.0000cafe.main.1', side: 'entry' }, true],
  ['access.taken', {}, true],
  ['door.relocked', { outputs: ['entry'] }, true],
  ['door.relocked', {}, false],
  ['command.failed', { command: 'x', action: 'unlock', reason: 'expired' }, true],
  ['command.failed', { command: 'x', action: 'unlock' }, false],
  ['clock.stepped', { byMs: -3000 }, true],
  ['clock.stepped', { byMs: 0.5 }, false],
];

it.each(data)('%s with %j: %s', (kind, value, valid) => {
  expect(Value.Check(eventKinds[kind].data, value)).toBe(valid);
});

it('every condition code fits the event that raises it', () => {
  for (const code of conditionCodes) {
    const value = { code, subject: 'gw-1', detail: '' };
    expect(Value.Check(eventKinds['condition.raised'].data, value)).toBe(true);
  }
});

describe('an event on the wire', () => {
  const event = { seq: 1, kind: 'door.closed', at: 1, clock, data: {} };
  it.each([
    ['of a later gateway', { kind: 'robot.waved', mood: 'good' }, true],
    ['with the 81 bytes of a pass', { evidence: 'A'.repeat(108) }, true],
    ['with other evidence', { evidence: 'A'.repeat(107) }, false],
    ['of seq 0', { seq: 0 }, false],
    ['of a broken number', { seq: 1.5 }, false],
    ['of a time before 1970', { at: -1 }, false],
    ['of a hostile kind', { kind: 'door.closed; drop' }, false],
    ['at a hostile door', { door: '../lab' }, false],
    ['without data', { data: undefined }, false],
  ])('%s: %j %s', (_, change, valid) => {
    expect(Value.Check(WireEvent, { ...event, ...change })).toBe(valid);
  });
});
