import { describe, expect, it } from 'vitest';
import { EventPage, eventId, UseView } from '@gatehouse/protocols';
import type { EventView } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { ingestBatch } from '../ingest/ingest.ts';
import type { Database } from '../ports.ts';
import {
  testBatch,
  testEvent,
  testHeader,
  testIngestPorts,
  testNowMs,
} from '../testing/batches.ts';
import type { EventChange } from '../testing/batches.ts';
import { lilei, lileiCard, seedPlaces, wangfang } from '../testing/places.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { eventPage, eventsOfBatch } from './event-queries.ts';
import type { EventFilter } from './event-queries.ts';
import { usesOfBatch, usesOfCard } from './uses.ts';

const createTestDatabase = useTestDatabases();

const decision = {
  reason: 'granted',
  side: 'entry',
  reader: 'library-east-in',
  basis: 'local',
  policy: { epoch: 1, version: 3, ageMs: 20 },
  card: lileiCard,
  person: lilei,
  counter: 7,
};
const refused = { ...decision, reason: 'used', counter: 8 };
const unknown = { ...refused, reason: 'unknown_credential', card: undefined, person: undefined };

/** What happened, from seq 1 on; `at` falls with seq, so no order is there by chance. */
const story: readonly (readonly [kind: string, change: EventChange])[] = [
  ['gateway.started', { door: undefined, data: { version: '1' } }],
  ['access.granted', { data: decision, evidence: 'x'.repeat(108) }],
  ['access.taken', { data: { person: lilei, side: 'entry' } }],
  ['access.denied', { data: refused, door: 'library-west' }],
  ['access.denied', { data: unknown }],
  ['command.accepted', { data: { command: 'c', action: 'unlock', actor: wangfang } }],
  ['sale.approved', { door: undefined, device: 'pos-1', data: {} }],
  ['window.broken', { door: 'roof-1', data: { pane: 3 } }],
];

const atOf = (seq: number): number => testNowMs - seq * 1000;

const tell = async (): Promise<Database> => {
  const { database } = await createTestDatabase();
  await seedPlaces(database);
  const events = story.map(([kind, change], i) =>
    testEvent(i + 1, { kind, at: atOf(i + 1), ...change }),
  );
  await ingestBatch(testIngestPorts(database), testHeader.gateway, testBatch(events));
  return database;
};

const seqsOf = (events: readonly { readonly id: string }[]): readonly number[] =>
  events.map(({ id }) => Number(id.split('.').at(-1)));

describe('an event as the screen gets it', () => {
  it('has names, both times, and never evidence', async () => {
    const page = await eventPage(await tell(), { role: 'admin', limit: 50 });
    expect(Value.Check(EventPage, page)).toBe(true);
    const expected: EventView = {
      id: eventId({ ...testHeader, seq: 2 }),
      kind: 'access.granted',
      at: '2026-11-21T23:59:58.000Z',
      receivedAt: '2026-11-22T00:00:00.000Z',
      late: false,
      gateway: 'library-gw',
      gatewayName: { zh: '图书馆网关', en: 'Library gateway' },
      door: { id: 'library-east', name: { zh: '东门', en: 'East gate' } },
      device: null,
      person: {
        id: lilei,
        name: { zh: '李雷', en: 'Li Lei' },
        affiliation: 'student',
        unit: { zh: '计算机学院', en: 'Computing' },
      },
      data: decision,
    };
    expect(page.events.find(({ kind }) => kind === 'access.granted')).toEqual(expected);
    expect(JSON.stringify(page)).not.toContain('xxxx');
  });

  it('is called by its id where nobody gave it a name', async () => {
    const { events } = await eventPage(await tell(), { role: 'admin', limit: 50 });
    const door = events.find(({ kind }) => kind === 'window.broken')?.door;
    expect(door).toEqual({ id: 'roof-1', name: { zh: 'roof-1', en: 'roof-1' } });
    expect(events.find(({ kind }) => kind === 'sale.approved')?.door).toBeNull();
    expect(events.find(({ kind }) => kind === 'command.accepted')?.person?.id).toBe(wangfang);
  });

  it.each([
    ['10 s after it happened', 10_000, null, false],
    ['a little more', 10_001, null, true],
    ['long after, by a clock that was wrong', 900_000, 1_000, false],
    ['before it happened, by a clock that is ahead', -5_000, null, false],
  ])('came %s', async (_, agoMs, correctedAgoMs, late) => {
    const { database } = await createTestDatabase();
    const event = testEvent(1, { at: testNowMs - agoMs });
    await ingestBatch(testIngestPorts(database), testHeader.gateway, testBatch([event]));
    const corrected = correctedAgoMs === null ? null : new Date(testNowMs - correctedAgoMs);
    await database.query('update event set at_corrected = $1', [corrected]);
    const [view] = await eventsOfBatch(database, { ...testHeader, from: 1, to: 1 });
    expect(view?.late).toBe(late);
    expect(view?.at).toBe((corrected ?? new Date(testNowMs - agoMs)).toISOString());
  });
});

describe('eventPage', () => {
  const filters: readonly (readonly [name: string, Partial<EventFilter>, seqs: number[]])[] = [
    ['everything, newest first', {}, [1, 2, 3, 4, 5, 6, 7, 8]],
    ['money is for admins', { role: 'guard' }, [1, 2, 3, 4, 5, 6, 8]],
    ['a door', { door: 'library-east' }, [2, 3, 5, 6]],
    ['a person', { person: lilei }, [2, 3, 4]],
    ['a kind', { kind: 'window.broken' }, [8]],
    ['a kind that is hidden', { kind: 'sale.approved', role: 'facility' }, []],
    ['granted', { result: 'granted' }, [2]],
    ['denied', { result: 'denied' }, [4, 5]],
    [
      'all together',
      { door: 'library-west', person: lilei, kind: 'access.denied', result: 'denied' },
      [4],
    ],
    ['against each other', { kind: 'access.granted', result: 'denied' }, []],
    ['the first two', { limit: 2 }, [1, 2]],
  ];
  it('shows what fits every part of the filter', async () => {
    const database = await tell();
    const answers: unknown[] = [];
    for (const [name, filter] of filters) {
      const page = await eventPage(database, { role: 'admin', limit: 50, ...filter });
      answers.push([name, filter, seqsOf(page.events)]);
    }
    expect(answers).toEqual(filters);
  });

  it.each([1, 3, 7, 8])('pages of %i, while new events come in', async (limit) => {
    const database = await tell();
    const ports = testIngestPorts(database);
    const seen: number[] = [];
    let before: string | null | undefined;
    for (let page = 1; before !== null; page += 1) {
      const filter = { role: 'admin', limit, ...(before === undefined ? {} : { before }) } as const;
      const answer = await eventPage(database, filter);
      expect(answer.events.length).toBeLessThanOrEqual(limit);
      seen.push(...seqsOf(answer.events));
      ({ before } = answer);
      const newer = testEvent(story.length + page, { at: testNowMs + page });
      await ingestBatch(ports, testHeader.gateway, testBatch([newer]));
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('loses nothing where many events have the same time', async () => {
    const { database } = await createTestDatabase();
    const ports = testIngestPorts(database);
    for (const gateway of ['b-gw', 'a-gw']) {
      const events = [1, 2, 3, 4, 5].map((seq) => testEvent(seq, { at: testNowMs }));
      await ingestBatch(ports, gateway, testBatch(events, { gateway }));
    }
    const ids: string[] = [];
    let before: string | null = null;
    do {
      const filter = { role: 'admin', limit: 3, ...(before === null ? {} : { before }) } as const;
      const page: EventPage = await eventPage(database, filter);
      ids.push(...page.events.map(({ id }) => id));
      ({ before } = page);
    } while (before !== null);
    const expected = ['a-gw', 'b-gw'].flatMap((gateway) =>
      [1, 2, 3, 4, 5].map((seq) => eventId({ ...testHeader, gateway, seq })),
    );
    expect(ids).toEqual(expected);
  });

  it('refuses a place that it did not name itself', async () => {
    const { database } = await createTestDatabase();
    for (const before of ['', 'x', 'MTIz', '1/2', 'e30', '\0', 'L2EuMGExYjJjM2QubWFpbi4x']) {
      const page = eventPage(database, { role: 'admin', limit: 5, before });
      await expect(page, before).rejects.toMatchObject({ code: 'CL_BAD_REQUEST' });
    }
  });
});

describe('uses of a card', () => {
  it('are its decisions, newest first', async () => {
    const database = await tell();
    const uses = await usesOfCard(database, { person: lilei, card: lileiCard, limit: 10 });
    expect(uses.every((use) => Value.Check(UseView, use))).toBe(true);
    expect(uses).toEqual([
      {
        id: eventId({ ...testHeader, seq: 2 }),
        at: new Date(atOf(2)).toISOString(),
        granted: true,
        reason: 'granted',
        door: { id: 'library-east', name: { zh: '东门', en: 'East gate' } },
        counter: 7,
      },
      {
        id: eventId({ ...testHeader, seq: 4 }),
        at: new Date(atOf(4)).toISOString(),
        granted: false,
        reason: 'used',
        door: { id: 'library-west', name: { zh: '西门', en: 'West gate' } },
        counter: 8,
      },
    ]);
    expect(await usesOfCard(database, { person: lilei, card: lileiCard, limit: 1 })).toHaveLength(
      1,
    );
    expect(await usesOfCard(database, { person: wangfang, card: lileiCard, limit: 9 })).toEqual([]);
  });

  it('come by card for a batch', async () => {
    const database = await tell();
    const uses = await usesOfBatch(database, { ...testHeader, from: 3, to: 8 });
    expect([...uses.keys()]).toEqual([lileiCard]);
    expect(seqsOf(uses.get(lileiCard) ?? [])).toEqual([4]);
  });
});
