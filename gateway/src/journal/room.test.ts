import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { append, readAll, tendAll } from '../testing/journal-folder.ts';
import {
  doorEvent,
  itemOf,
  openMemoryJournal,
  sampleAtMs,
  sampleMark,
  telemetryEvent,
  urgentEvent,
} from '../testing/journal-samples.ts';
import type { JournalFile } from './journal-file.ts';

const dayMs = 24 * 3600 * 1000;
const capBytes = 1_000_000;
const acknowledgeAll = (journal: JournalFile): void => {
  for (const { epoch, stream, head } of journal.positions()) {
    journal.acknowledge({ epoch, stream, cursor: head, freshEpoch: 'eeeeeeee' });
  }
};
const fillWith = (journal: JournalFile, event: typeof doorEvent, share: number): number => {
  let count = 0;
  while (journal.status().fill < share) {
    append(journal, { events: Array.from({ length: 20 }, (_, i) => event(count + i)) });
    count += 20;
  }
  return count;
};

describe('room in the journal', () => {
  it('keeps acknowledged events for 14 days, then says what is gone', () => {
    const journal = openMemoryJournal();
    append(journal, { events: [doorEvent(1), urgentEvent(2)] });
    journal.appendMany([itemOf({ events: [doorEvent(3)] })], sampleAtMs + dayMs);
    append(journal, { events: [] });
    acknowledgeAll(journal);
    tendAll(journal, sampleAtMs + 13 * dayMs);
    expect(journal.positions().map(({ oldest }) => oldest)).toEqual([1, 1, 1]);
    tendAll(journal, sampleAtMs + 14.5 * dayMs);
    expect(readAll(journal, '0000aaaa', 'main')).toMatchObject({
      lost: [{ from: 1, to: 1, journalClass: 'door', why: 'pruned' }],
      events: [{ seq: 2 }],
    });
    expect(journal.positions().at(-1)).toMatchObject({ oldest: 2, head: 2, acknowledged: 2 });
  });

  it('never deletes what the cloud does not have', () => {
    const journal = openMemoryJournal();
    append(journal, { events: [1, 2, 3].map(doorEvent) });
    journal.acknowledge({ epoch: '0000aaaa', stream: 'main', cursor: 1, freshEpoch: 'eeeeeeee' });
    tendAll(journal, sampleAtMs + 400 * dayMs);
    expect(readAll(journal, '0000aaaa', 'main')).toMatchObject({
      lost: [{ from: 1, to: 1 }],
      events: [{ seq: 2 }, { seq: 3 }],
    });
  });

  it('a lower cursor of a restored cloud holds events back from pruning', () => {
    const journal = openMemoryJournal();
    append(journal, { events: [1, 2, 3].map(doorEvent) });
    acknowledgeAll(journal);
    journal.acknowledge({ epoch: '0000aaaa', stream: 'main', cursor: 1, freshEpoch: 'eeeeeeee' });
    expect(journal.status().waiting).toBe(2);
    tendAll(journal, sampleAtMs + 400 * dayMs);
    expect(readAll(journal, '0000aaaa', 'main').events.map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it('gives acknowledged events up to stay at half the cap', () => {
    const journal = openMemoryJournal({ bytesMax: 4 * capBytes });
    const count = fillWith(journal, doorEvent, 0.8);
    acknowledgeAll(journal);
    expect(journal.status()).toEqual({ waiting: 0, fill: 0 });
    tendAll(journal, sampleAtMs);
    const { oldest = 0, head } = journal.positions().at(-1) ?? {};
    expect(head).toBe(count);
    expect(oldest).toBeGreaterThan(count * 0.3);
    expect(oldest).toBeLessThan(count * 0.7);
  });

  it('thins telemetry and nothing else near the cap, in one declared range', () => {
    const journal = openMemoryJournal({ bytesMax: capBytes });
    const doors = fillWith(journal, doorEvent, 0.4);
    fillWith(journal, telemetryEvent, 0.95);
    tendAll(journal, sampleAtMs);
    expect(journal.status().fill).toBeLessThan(0.9);
    const { lost, events } = readAll(journal, '0000aaaa', 'telemetry');
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ from: 1, journalClass: 'telemetry', why: 'thinned' });
    expect(events[0]?.seq).toBe((lost[0]?.to ?? 0) + 1);
    const main = journal.read({
      epoch: '0000aaaa',
      stream: 'main',
      after: 0,
      eventsMax: 1e6,
      bytesMax: 1e9,
    });
    expect(main).toMatchObject({ to: doors, lost: [] });
    expect(main?.events).toHaveLength(doors);
  });

  it('refuses at 100 % with nothing lost, and goes on when the cloud has taken some', () => {
    const journal = openMemoryJournal({ bytesMax: capBytes });
    let written = 0;
    const fill = (): void => {
      for (;;) {
        append(journal, { events: [doorEvent(written)], mark: sampleMark('aa', written + 1) });
        written += 1;
      }
    };
    expect(fill).toThrow(GatewayError);
    expect(fill).toThrow(expect.objectContaining({ code: 'GW_JOURNAL_FAILED' }));
    expect(journal.status().fill).toBeGreaterThan(0.95);
    expect(journal.positions().at(-1)).toMatchObject({ oldest: 1, head: written });
    const cursor = Math.floor(written / 2);
    journal.acknowledge({ epoch: '0000aaaa', stream: 'main', cursor, freshEpoch: 'eeeeeeee' });
    const [result] = append(journal, { events: [doorEvent(written)] });
    expect(result).toMatchObject({ ok: true, refs: [{ seq: written + 1 }] });
  });
});
