import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Journal } from '../ports.ts';
import { doorEvent, sampleMark, urgentEvent } from '../testing/journal-samples.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { appendsWaitingMax, createJournal } from './journal-client.ts';
import type { JournalOptions } from './journal-client.ts';

const folders: string[] = [];
const journals: Journal[] = [];
const mounted: string[] = [];
afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.close();
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-client-'));
  folders.push(folder);
  return folder;
};
const create = (folder: string, options: Partial<JournalOptions> = {}) => {
  const log = createSilentLog();
  const journal = createJournal({
    gateway: 'gw-1',
    file: join(folder, 'journal.sqlite'),
    bytesMax: 64 * 1024 * 1024,
    random: (length) => randomBytes(length),
    nowMs: Date.now,
    log,
    ...options,
  });
  journals.push(journal);
  return { journal, log };
};
const one = (n: number) => ({ events: [doorEvent(n)] });
const failed = expect.objectContaining({ code: 'GW_JOURNAL_FAILED' }) as unknown;
const readMain = async (journal: Journal, epoch: string) => {
  const limits = { after: 0, eventsMax: 100_000, bytesMax: 1e9 };
  return journal.read({ epoch, stream: 'main', ...limits });
};
const opensAgain = (log: { readonly lines: readonly string[] }): Promise<void> =>
  expect
    .poll(() => log.lines.some((line) => line.includes('journal.opened_again')), {
      timeout: 10_000,
    })
    .toBe(true);

describe('journal in its thread', () => {
  it('commits what many callers append at once, in the order of their calls', async () => {
    const { journal } = create(makeFolder());
    const { epoch } = await journal.open();
    const grown: string[] = [];
    journal.onAppended((streams) => grown.push(...streams));
    const results = await Promise.all(
      Array.from({ length: 500 }, (_, i) => journal.append(one(i + 1))),
    );
    const seqs = results.map((result) => (result.ok ? result.refs[0]?.seq : undefined));
    expect(seqs).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    expect(new Set(grown)).toEqual(new Set(['main']));
    expect(grown.length).toBeLessThan(100);
    const slice = await readMain(journal, epoch);
    expect(slice?.events[499]).toEqual({ seq: 500, ...doorEvent(500) });
    expect(journal.status().waiting).toBe(500);
    await journal.acknowledge(epoch, 'main', 500);
    expect(journal.status()).toEqual({ waiting: 0, fill: 0 });
    expect((await journal.positions()).at(-1)).toMatchObject({ head: 500, acknowledged: 500 });
  });

  it('hands marks, fence and open commands over after a clean end', async () => {
    const folder = makeFolder();
    const first = create(folder).journal;
    const { epoch } = await first.open();
    const marks = [sampleMark('00000000000000aa', 7), sampleMark('00000000000000bb', 9)];
    const commandBegun = { id: 'c1', door: 'east-gate', action: 'unlock', actor: 'p1' };
    for (const mark of marks) await first.append({ events: [], mark });
    await first.append({ events: [urgentEvent(1)], fenceMs: 12, commandBegun });
    expect(await first.append({ events: [], mark: sampleMark('00000000000000aa', 7) })).toEqual({
      ok: false,
      why: 'mark_not_above',
      held: marks[0],
    });
    await first.close();
    const second = create(folder).journal;
    expect(await second.open()).toEqual({
      epoch,
      clean: true,
      fenceMs: 12,
      marks,
      pinTries: [],
      commandsOpen: [commandBegun],
    });
  });

  it('loses no acknowledged append to kill -9, and gives no number twice', async () => {
    const folder = makeFolder();
    const file = join(folder, 'journal.sqlite');
    const acknowledged = new Map<string, Map<number, number>>();
    for (let round = 0; round < 3; round += 1) {
      const child = fork(new URL('../testing/appending-child.ts', import.meta.url), [file], {
        execArgv: [],
      });
      const seqs = new Map<number, number>();
      child.on('message', (message: { epoch?: string; mono: number; seq: number }) => {
        if (message.epoch !== undefined) acknowledged.set(message.epoch, seqs);
        else seqs.set(message.seq, message.mono);
        if (seqs.size > 300 + 211 * round) child.kill('SIGKILL');
      });
      await once(child, 'close');
    }
    expect(acknowledged.size).toBe(3);
    const { journal } = create(folder);
    const { clean, marks } = await journal.open();
    expect(clean).toBe(false);
    expect(marks.length).toBeGreaterThan(300);
    for (const [epoch, seqs] of acknowledged) {
      const slice = await readMain(journal, epoch);
      expect(slice?.lost).toEqual([]);
      const found = new Map(slice?.events.map((event) => [event.seq, event.clock.mono]));
      expect([...found.keys()]).toEqual(Array.from(found, (_, i) => i + 1));
      for (const [seq, mono] of seqs) expect(found.get(seq)).toBe(mono);
    }
  });

  it('refuses when too much waits, and keeps what it took', async () => {
    const { journal } = create(makeFolder(), { stall: { stallMs: 300, everyMs: 1_000 } });
    await journal.open();
    const settled: Promise<unknown>[] = [];
    for (let i = 0; i < appendsWaitingMax; i += 1) settled.push(journal.append({ events: [] }));
    await expect(journal.append(one(1))).rejects.toEqual(failed);
    expect(await Promise.all(settled)).toHaveLength(appendsWaitingMax);
    await expect(journal.append(one(1))).resolves.toMatchObject({ ok: true });
  });

  it('starts its thread again when that dies, as a new epoch with a fence', async () => {
    const folder = makeFolder();
    const workers: Worker[] = [];
    const keep = (worker: Worker): void => void workers.push(worker);
    process.on('worker', keep);
    onTestFinished(() => void process.off('worker', keep));
    const { journal, log } = create(folder, {
      nowMs: () => 4_711,
      stall: { stallMs: 100, everyMs: 0 },
    });
    const { epoch } = await journal.open();
    await journal.append(one(1));
    const waiting = journal.append(one(2));
    await workers.at(-1)?.terminate();
    await expect(waiting).rejects.toEqual(failed);
    await expect(journal.append(one(3))).rejects.toEqual(failed);
    await opensAgain(log);
    const appended = await journal.append(one(4));
    expect(appended).toMatchObject({ ok: true, refs: [{ seq: 1 }] });
    expect(appended.ok && appended.refs[0]?.epoch).not.toBe(epoch);
    await journal.close();
    const after = await create(folder).journal.open();
    expect(after.fenceMs).toBe(4_711);
  });

  it('rejects while its folder is gone and goes on in a new one', async () => {
    const folder = makeFolder();
    const { journal, log } = create(folder);
    await journal.open();
    await journal.append(one(1));
    rmSync(folder, { recursive: true });
    await expect(journal.append(one(2))).rejects.toEqual(failed);
    await opensAgain(log);
    await expect(journal.append(one(3))).resolves.toMatchObject({ ok: true, refs: [{ seq: 1 }] });
  });

  it('says so where it cannot open, and opens when the way is free', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'sub'), 'a file where a folder should be');
    const { journal, log } = create(join(folder, 'sub'));
    await expect(journal.open()).rejects.toEqual(failed);
    await expect(journal.append(one(1))).rejects.toEqual(failed);
    rmSync(join(folder, 'sub'));
    await opensAgain(log);
    await expect(journal.append(one(1))).resolves.toMatchObject({ ok: true });
  });
});

type SmallDisk = {
  readonly journal: Journal;
  /** Gives some of it back; the last number that the journal may have deleted for it. */
  readonly makeRoom: (epoch: string, head: number) => Promise<number>;
};

/** Root may mount a disk of one mebibyte; elsewhere the cap is the only small disk. */
const mountSmall = (folder: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    mounted.push(folder);
    return true;
  } catch {
    return false;
  }
};
const mayMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  const can = mountSmall(folder);
  if (can) execFileSync('umount', [mounted.pop() ?? folder]);
  rmSync(folder, { recursive: true });
  return can;
};

const cappedDisk = (folder: string): SmallDisk => {
  const { journal } = create(folder, { bytesMax: 1_000_000 });
  return {
    journal,
    makeRoom: async (epoch, head) => {
      await journal.acknowledge(epoch, 'main', Math.floor(head / 2));
      return Math.floor(head / 2);
    },
  };
};
const mountedDisk = (folder: string): SmallDisk => {
  mountSmall(folder);
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(bavail * bsize - 48 * 4096));
  const makeRoom = async (): Promise<number> => {
    await rm(join(folder, 'ballast'));
    return 0;
  };
  return { journal: create(folder).journal, makeRoom };
};
const smallDisks: readonly (readonly [string, (folder: string) => SmallDisk])[] = [
  ['its cap', cappedDisk],
  ...(mayMount() ? ([['a full disk', mountedDisk]] as const) : []),
];

describe('no room', () => {
  it.each(smallDisks)('at %s: rejects, keeps what it has, and goes on later', async (_, make) => {
    const { journal, makeRoom } = make(makeFolder());
    const { epoch } = await journal.open();
    const written: number[] = [];
    const fill = async (): Promise<never> => {
      for (let n = written.length + 1; ; n += 1) {
        await journal.append(one(n));
        written.push(n);
      }
    };
    await expect(fill()).rejects.toEqual(failed);
    await expect(fill()).rejects.toEqual(failed);
    const loss = journal.declareLost('main', 'door', 2);

    const { head = 0 } = (await journal.positions()).at(-1) ?? {};
    const after = await makeRoom(epoch, head);
    const last = written.length + 1;
    await expect(journal.append(one(last))).resolves.toMatchObject({ ok: true });
    await loss;
    const limits = { after, eventsMax: 100_000, bytesMax: 1e9 };
    const slice = await journal.read({ epoch, stream: 'main', ...limits });
    expect(slice?.events.map((event) => event.clock.mono)).toEqual([...written, last].slice(after));
    expect(slice?.lost).toMatchObject([{ journalClass: 'door', why: 'unwritten' }]);
    expect(slice?.to).toBe(last + 2);
  });
});
