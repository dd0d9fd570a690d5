import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { append, createJournalFolder, readAll } from '../testing/journal-folder.ts';
import type { JournalFolder } from '../testing/journal-folder.ts';
import {
  doorEvent,
  itemOf,
  openMemoryJournal,
  sampleAtMs,
  sampleMark,
  urgentEvent,
} from '../testing/journal-samples.ts';
import type { JournalFile } from './journal-file.ts';

const folders: JournalFolder[] = [];
afterEach(() => folders.splice(0).forEach((folder) => folder.remove()));
const createDisk = (): JournalFolder => {
  const folder = createJournalFolder();
  folders.push(folder);
  return folder;
};

describe('journal file', () => {
  it('numbers each stream from 1 and gives the events back as they came', () => {
    const journal = openMemoryJournal();
    const results = append(
      journal,
      { events: [doorEvent(1), urgentEvent(2)] },
      { events: [doorEvent(3)] },
    );
    expect(results).toEqual([
      {
        ok: true,
        refs: [
          { gateway: 'gw-1', epoch: '0000aaaa', stream: 'main', seq: 1 },
          { gateway: 'gw-1', epoch: '0000aaaa', stream: 'urgent', seq: 1 },
        ],
      },
      { ok: true, refs: [{ gateway: 'gw-1', epoch: '0000aaaa', stream: 'main', seq: 2 }] },
    ]);
    expect(readAll(journal, '0000aaaa', 'main')).toEqual({
      from: 1,
      to: 2,
      events: [
        { seq: 1, ...doorEvent(1) },
        { seq: 2, ...doorEvent(3) },
      ],
      lost: [],
    });
    expect(readAll(journal, '0000aaaa', 'urgent').events).toEqual([{ seq: 1, ...urgentEvent(2) }]);
  });

  it('fails an append alone whose mark is not above the stored one', () => {
    const journal = openMemoryJournal();
    const [, again, lower, other, higher] = append(
      journal,
      { events: [doorEvent(1)], mark: sampleMark('00000000000000aa', 5) },
      { events: [doorEvent(2)], mark: sampleMark('00000000000000aa', 5), fenceMs: 9 },
      { events: [doorEvent(3)], mark: sampleMark('00000000000000aa', 4) },
      { events: [doorEvent(4)], mark: sampleMark('00000000000000bb', 1) },
      { events: [doorEvent(5)], mark: sampleMark('00000000000000aa', 6) },
    );
    const held = sampleMark('00000000000000aa', 5);
    expect(again).toEqual({ ok: false, why: 'mark_not_above', held });
    expect(lower).toEqual({ ok: false, why: 'mark_not_above', held });
    expect([other?.ok, higher?.ok]).toEqual([true, true]);
    const mono = readAll(journal, '0000aaaa', 'main').events.map((event) => event.clock.mono);
    expect(mono).toEqual([1, 4, 5]);
  });

  it('writes nothing of a group that the disk refuses, and gives its numbers out again', () => {
    const db = new DatabaseSync(':memory:');
    const journal = openMemoryJournal({ db });
    db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON events WHEN new.body LIKE '%"mono":2}%'
      BEGIN SELECT raise(ABORT, 'disk I/O error'); END`);
    const group = [{ events: [doorEvent(1)], mark: sampleMark('00000000000000aa', 1) }];
    expect(() => append(journal, ...group, { events: [doorEvent(2)] })).toThrow('disk I/O error');
    expect(readAll(journal, '0000aaaa', 'main').events).toEqual([]);
    expect(append(journal, ...group)).toMatchObject([{ ok: true, refs: [{ seq: 1 }] }]);
  });

  it('keeps fence, marks and open commands over a restart', () => {
    const disk = createDisk();
    const first = disk.open();
    expect(first.opened).toEqual({
      epoch: '00000001',
      clean: false,
      fenceMs: 0,
      commandsOpen: [],
      pinTries: [],
    });
    const pinTries = [{ key: 'number 123456', at: [sampleAtMs] }];
    const entry = { id: 'c1', door: 'east-gate', action: 'unlock', actor: 'p1' };
    const toDevice = { id: 'c3', device: 'locker-1', run: 'open', action: 'run', actor: 'p1' };
    append(
      first,
      { events: [], commandBegun: entry, fenceMs: 77, mark: sampleMark('00000000000000aa', 3) },
      { events: [], commandBegun: { ...entry, id: 'c2' } },
      { events: [], commandEnded: 'c2' },
      { events: [], commandBegun: toDevice },
      { events: [], commandBegun: { ...toDevice, id: 'c4' } },
      { events: [], commandEnded: 'c4' },
      { events: [], pinTries: [{ key: 'reader r1', at: [1] }] },
      { events: [], pinTries },
    );
    first.close();
    const second = disk.open();
    expect(second.opened).toEqual({
      epoch: '00000001',
      clean: true,
      fenceMs: 77,
      commandsOpen: [entry, toDevice],
      pinTries,
    });
    expect([...second.marks()]).toEqual([sampleMark('00000000000000aa', 3)]);
    expect(second.markCount()).toBe(1);
    second.close();
  });

  it.each([
    ['a clean end', (j: JournalFile) => j.close(), () => undefined, '00000001', true],
    ['a crash', (j: JournalFile) => j.abandon(), () => undefined, '00000002', false],
    [
      'a clean end and a lost instance id',
      (j: JournalFile) => j.close(),
      (disk: JournalFolder) => disk.forgetInstance(),
      '00000002',
      false,
    ],
  ])('after %s the epoch is right and numbers go on', (_, end, meanwhile, epoch, clean) => {
    const disk = createDisk();
    const first = disk.open();
    append(first, { events: [doorEvent(1)] }, { events: [doorEvent(2)] });
    end(first);
    meanwhile(disk);
    const second = disk.open();
    expect(second.opened).toMatchObject({ epoch, clean });
    const [result] = append(second, { events: [doorEvent(3)] });
    expect(result).toMatchObject({ ok: true, refs: [{ epoch, seq: clean ? 3 : 1 }] });
    expect(second.positions().at(-1)?.epoch).toBe(epoch);
    const before = readAll(second, '00000001', 'main');
    expect(before.events.map((event) => event.clock.mono)).toEqual(clean ? [1, 2, 3] : [1, 2]);
    second.close();
  });

  it('lists ended epochs oldest first, without streams that never had an event', () => {
    const disk = createDisk();
    for (const n of [1, 2]) {
      const journal = disk.open();
      append(journal, { events: [doorEvent(n)] });
      journal.abandon();
    }
    const third = disk.open();
    expect(third.positions().map(({ epoch, stream, head }) => [epoch, stream, head])).toEqual([
      ['00000001', 'main', 1],
      ['00000002', 'main', 1],
      ['00000003', 'telemetry', 0],
      ['00000003', 'urgent', 0],
      ['00000003', 'main', 0],
    ]);
    third.close();
  });

  it('starts a new epoch when the cloud has more than was given out, and moves the run', () => {
    const disk = createDisk();
    const first = disk.open();
    append(first, { events: [doorEvent(1)] }, { events: [doorEvent(2)] });
    first.close();
    const restored = disk.open();
    append(restored, { events: [doorEvent(3), urgentEvent(4)] });
    const cursor = { epoch: '00000001', stream: 'main' as const, cursor: 150 };
    restored.acknowledge({ ...cursor, freshEpoch: 'bbbbbbbb' });
    const positions = restored
      .positions()
      .map(({ epoch, stream, head, acknowledged }) => [epoch, stream, head, acknowledged]);
    expect(positions).toEqual([
      ['00000001', 'telemetry', 0, 0],
      ['00000001', 'urgent', 1, 0],
      ['00000001', 'main', 2, 2],
      ['bbbbbbbb', 'telemetry', 0, 0],
      ['bbbbbbbb', 'urgent', 0, 0],
      ['bbbbbbbb', 'main', 1, 0],
    ]);
    expect(readAll(restored, 'bbbbbbbb', 'main').events).toEqual([{ seq: 1, ...doorEvent(3) }]);
    restored.close();
    expect(disk.open().opened).toMatchObject({ epoch: 'bbbbbbbb', clean: true });
  });

  it('opens a journal of before there were commands to devices, and the other way', () => {
    const db = new DatabaseSync(':memory:');
    append(openMemoryJournal({ db }), { events: [doorEvent(1)] });
    db.exec(`DROP TABLE device_commands; INSERT INTO commands VALUES ('c1', 'lab', 'unlock', 'p')`);
    const { opened } = openMemoryJournal({ db });
    expect(opened.commandsOpen).toEqual([{ id: 'c1', door: 'lab', action: 'unlock', actor: 'p' }]);
    // What it writes: by the number of columns.
    db.exec(`INSERT OR IGNORE INTO commands VALUES ('c2', 'lab', 'unlock', 'p')`);
    expect(openMemoryJournal({ db }).opened.commandsOpen).toHaveLength(2);
  });

  it('takes a random number twice without harm', () => {
    const db = new DatabaseSync(':memory:');
    append(openMemoryJournal({ db }), { events: [doorEvent(1)] });
    expect(openMemoryJournal({ db }).opened.epoch).toBe('0000aaab');
  });

  it('declares losses with numbers of their own', () => {
    const journal = openMemoryJournal();
    append(journal, { events: [doorEvent(1)] });
    const loss = { stream: 'main' as const, journalClass: 'audit' as const, count: 3 };
    journal.appendMany([{ loss }, itemOf({ events: [doorEvent(2)] })], sampleAtMs);
    const slice = readAll(journal, '0000aaaa', 'main');
    expect(slice.lost).toEqual([{ from: 2, to: 4, journalClass: 'audit', why: 'unwritten' }]);
    expect(slice.events.map((event) => event.seq)).toEqual([1, 5]);
    expect(readAll(journal, '0000aaaa', 'main', 3).lost).toEqual([
      { from: 4, to: 4, journalClass: 'audit', why: 'unwritten' },
    ]);
  });

  it('declares a hole that nobody declared, and a body that nobody can read', () => {
    const db = new DatabaseSync(':memory:');
    const journal = openMemoryJournal({ db });
    append(journal, { events: [1, 2, 3, 4, 5].map(doorEvent) });
    db.exec(`DELETE FROM events WHERE seq IN (2, 3); UPDATE events SET body = '{' WHERE seq = 5`);
    const slice = readAll(journal, '0000aaaa', 'main');
    expect(slice.events.map((event) => event.seq)).toEqual([1, 4]);
    expect(slice).toMatchObject({
      to: 5,
      lost: [
        { from: 2, to: 3, why: 'damaged' },
        { from: 5, to: 5, why: 'damaged' },
      ],
    });
  });

  it.each([
    ['events', { eventsMax: 2, bytesMax: 1e6 }, 2],
    ['bytes', { eventsMax: 9, bytesMax: 1_500 }, 3],
    ['bytes, but always one', { eventsMax: 9, bytesMax: 1 }, 1],
  ])('bounds a slice by %s', (_, bounds, count) => {
    const journal = openMemoryJournal();
    append(journal, { events: [1, 2, 3, 4, 5].map(doorEvent) });
    const slice = journal.read({ epoch: '0000aaaa', stream: 'main', after: 0, ...bounds });
    expect(slice?.events).toHaveLength(count);
    expect(slice?.to).toBe(count);
  });

  it('says how durable a commit is, whatever the library assumes', () => {
    const disk = createDisk();
    const db = new DatabaseSync(disk.file);
    const instance = { held: undefined, next: '0000000000000001' };
    const journal = openMemoryJournal({ db, instance });
    const pragmas = ['journal_mode', 'synchronous', 'locking_mode'].map((name) =>
      Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {}),
    );
    expect(pragmas).toEqual([['wal'], [2 /* FULL */], ['exclusive']]);
    journal.abandon();
  });

  it('knows nothing above the head and of another epoch', () => {
    const journal = openMemoryJournal();
    append(journal, { events: [doorEvent(1)] });
    const at = { stream: 'main' as const, eventsMax: 9, bytesMax: 9_999 };
    expect(journal.read({ epoch: '0000aaaa', after: 1, ...at })).toBeUndefined();
    expect(journal.read({ epoch: 'ffffffff', after: 0, ...at })).toBeUndefined();
    journal.acknowledge({ epoch: 'ffffffff', stream: 'main', cursor: 9, freshEpoch: 'eeeeeeee' });
    expect(journal.opened.epoch).toBe('0000aaaa');
  });
});
