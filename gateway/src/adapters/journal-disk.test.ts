import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import type { JournalFile } from '../journal/journal-file.ts';
import { doorEvent, itemOf, sampleAtMs, sampleMark } from '../testing/journal-samples.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { openJournalOnDisk } from './journal-disk.ts';

const folders: string[] = [];
const held: JournalFile[] = [];
afterEach(() => {
  for (const journal of held.splice(0)) closeQuietly(journal);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const closeQuietly = (journal: JournalFile): void => {
  try {
    journal.abandon();
  } catch {
    // closed by the test
  }
};

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-disk-'));
  folders.push(folder);
  return folder;
};
const open = (folder: string, freshEpoch: string) => {
  const log = createSilentLog();
  const disk = openJournalOnDisk({
    file: join(folder, 'journal.sqlite'),
    gateway: 'gw-1',
    bytesMax: 64 * 1024 * 1024,
    freshEpoch,
    nextInstance: freshEpoch.repeat(2),
    log,
  });
  held.push(disk.journal);
  return { ...disk, log };
};
const append = (journal: JournalFile, from: number, to: number): void => {
  for (let n = from; n <= to; n += 1) {
    const item = itemOf({ events: [doorEvent(n)], mark: sampleMark('00000000000000aa', n) });
    journal.appendMany([item], sampleAtMs);
  }
};
const allOf = (journal: JournalFile, epoch: string) =>
  journal.read({ epoch, stream: 'main', after: 0, eventsMax: 1e6, bytesMax: 1e9 });
const monosOf = (journal: JournalFile, epoch: string): readonly number[] =>
  allOf(journal, epoch)?.events.map((event) => event.clock.mono) ?? [];
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);
const names = ['journal.sqlite', 'journal.sqlite-wal', 'journal.id'] as const;
/** What a card holds when the power goes: the files as they are, no clean end. */
const imageOf = (folder: string): string => {
  const image = makeFolder();
  for (const name of names) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(image, name));
  }
  return image;
};

describe('journal on disk', () => {
  it('goes on after a clean end and begins a new epoch after a crash', () => {
    const folder = makeFolder();
    const first = open(folder, 'aaaaaaaa');
    append(first.journal, 1, 3);
    first.journal.close();
    const second = open(folder, 'bbbbbbbb');
    expect(second.journal.opened).toMatchObject({ epoch: 'aaaaaaaa', clean: true });
    append(second.journal, 4, 5);
    second.journal.abandon();
    const third = open(folder, 'cccccccc');
    expect(third.journal.opened).toMatchObject({ epoch: 'cccccccc', clean: false });
    expect(monosOf(third.journal, 'aaaaaaaa')).toEqual(upTo(5));
  });

  it('is held by one process at a time', () => {
    const folder = makeFolder();
    open(folder, 'aaaaaaaa');
    expect(() => open(folder, 'bbbbbbbb')).toThrow(
      expect.objectContaining({ code: 'GW_JOURNAL_FAILED' }),
    );
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('sees that an older copy of itself was put back', () => {
    const folder = makeFolder();
    const first = open(folder, 'aaaaaaaa');
    append(first.journal, 1, 3);
    first.journal.close();
    const backup = readFileSync(join(folder, 'journal.sqlite'));
    const second = open(folder, 'bbbbbbbb');
    append(second.journal, 4, 9);
    second.journal.close();
    writeFileSync(join(folder, 'journal.sqlite'), backup);
    const restored = open(folder, 'cccccccc');
    expect(restored.journal.opened).toMatchObject({ epoch: 'cccccccc', clean: false });
    expect(monosOf(restored.journal, 'aaaaaaaa')).toEqual(upTo(3));
  });

  it('says so in the stream when its file has vanished', () => {
    const folder = makeFolder();
    open(folder, 'aaaaaaaa').journal.close();
    rmSync(join(folder, 'journal.sqlite'));
    const { journal } = open(folder, 'bbbbbbbb');
    expect(journal.opened).toMatchObject({ epoch: 'bbbbbbbb', clean: false });
    expect(allOf(journal, 'bbbbbbbb')?.lost).toEqual([
      { from: 1, to: 1, journalClass: 'door', why: 'damaged' },
    ]);
  });

  it('knows when its path leads elsewhere', () => {
    const folder = makeFolder();
    const { isInPlace } = open(folder, 'aaaaaaaa');
    expect(isInPlace()).toBe(true);
    rmSync(folder, { recursive: true });
    expect(isInPlace()).toBe(false);
    mkdirSync(folder);
    writeFileSync(join(folder, 'journal.sqlite'), '');
    expect(isInPlace()).toBe(false);
  });

  it('refuses with its code where the disk does not let it in', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => open(join(folder, 'file'), 'aaaaaaaa')).toThrow(GatewayError);
  });
});

describe('damage', () => {
  const damaged = (folder: string) => readdirSync(folder).filter((n) => /damaged-\d+$/.test(n));

  it('saves what it can of a file with an unreadable page, and declares the rest', () => {
    const folder = makeFolder();
    const first = open(folder, 'aaaaaaaa');
    append(first.journal, 1, 400);
    first.journal.checkpoint();
    first.journal.abandon();
    const file = join(folder, 'journal.sqlite');
    const pages = statSync(file).size / 4096;
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, Math.floor(pages / 2) * 4096);
    closeSync(handle);

    const { journal, log } = open(folder, 'bbbbbbbb');
    expect(journal.opened).toMatchObject({ epoch: 'bbbbbbbb', clean: false });
    expect([...journal.marks()]).toEqual([sampleMark('00000000000000aa', 400)]);
    const slice = allOf(journal, 'aaaaaaaa');
    const [lost] = slice?.lost ?? [];
    expect(slice).toMatchObject({ from: 1, to: 400, lost: [{ why: 'damaged' }] });
    const gone = (lost?.to ?? 0) - (lost?.from ?? 0) + 1;
    expect(gone).toBeLessThan(40);
    expect(slice?.events).toHaveLength(400 - gone);
    expect(allOf(journal, 'bbbbbbbb')?.lost).toHaveLength(1);
    expect(damaged(folder)).toEqual(['journal.damaged-1']);
    expect(log.lines.join()).toContain('journal.damaged');
  });

  it('begins anew where nothing can be read, and keeps three damaged files', () => {
    const folder = makeFolder();
    const file = join(folder, 'journal.sqlite');
    for (const n of [1, 2, 3, 4, 5]) {
      writeFileSync(file, `this is no database ${n}`.repeat(500));
      const { journal } = open(folder, `0000000${n}`);
      append(journal, 1, 1);
      expect(monosOf(journal, `0000000${n}`)).toEqual([1]);
      journal.close();
    }
    expect(damaged(folder)).toEqual([
      'journal.damaged-3',
      'journal.damaged-4',
      'journal.damaged-5',
    ]);
  });
});

describe('power cut', () => {
  const acknowledged = 12;
  const after = 8;

  it.each([
    ['in the first log', false],
    ['in a log that began anew after a checkpoint', true],
  ])('%s: every append before the last sync is there, whatever byte the card lost', (_, again) => {
    const folder = makeFolder();
    const { journal } = open(folder, 'aaaaaaaa');
    append(journal, 1, acknowledged - 4);
    if (again) journal.checkpoint();
    append(journal, acknowledged - 3, acknowledged);
    const wal = 'journal.sqlite-wal';
    const synced = again ? 0 : statSync(join(folder, wal)).size;
    const before = imageOf(folder);
    append(journal, acknowledged + 1, acknowledged + after);
    const full = readFileSync(join(folder, wal));
    const safe = again ? safePrefix(full, readFileSync(join(before, wal))) : synced;

    const step = Math.max(1, Math.floor((full.length - safe) / 60));
    for (let length = safe; length <= full.length; length += step) {
      const image = imageOf(folder);
      truncateSync(join(image, wal), length);
      const survivor = open(image, 'bbbbbbbb').journal;
      expect(survivor.opened).toMatchObject({ epoch: 'bbbbbbbb', clean: false });
      const monos = monosOf(survivor, 'aaaaaaaa');
      expect(monos.length).toBeGreaterThanOrEqual(acknowledged);
      expect(monos).toEqual(upTo(monos.length));
      expect(allOf(survivor, 'aaaaaaaa')?.lost).toEqual([]);
      expect(Array.from(survivor.marks(), (mark) => mark.counter)).toEqual([monos.length]);
      survivor.abandon();
      rmSync(image, { recursive: true });
    }
  });

  it('a card that turned a byte of the log loses only what came after it', () => {
    const folder = makeFolder();
    const { journal } = open(folder, 'aaaaaaaa');
    append(journal, 1, acknowledged);
    const synced = statSync(join(folder, 'journal.sqlite-wal')).size;
    append(journal, acknowledged + 1, acknowledged + after);
    const image = imageOf(folder);
    const wal = readFileSync(join(image, 'journal.sqlite-wal'));
    wal[synced + 30] = (wal[synced + 30] ?? 0) ^ 1;
    writeFileSync(join(image, 'journal.sqlite-wal'), wal);
    const survivor = open(image, 'bbbbbbbb').journal;
    expect(monosOf(survivor, 'aaaaaaaa')).toEqual(upTo(acknowledged));
  });
});

/** How much of a log stayed the same: the part that was synced before. */
const safePrefix = (now: Buffer, before: Buffer): number => {
  let length = 0;
  while (length < before.length && now[length] === before[length]) length += 1;
  return length;
};
