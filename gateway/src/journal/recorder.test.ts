import type { NewEvent } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createRecorder, owedMax, retryEveryMs } from './recorder.ts';

const createBench = () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal();
  const recorder = createRecorder({ clock, journal: journal.port, log: createSilentLog() });
  const troubles: boolean[] = [];
  recorder.onTrouble((failing) => void troubles.push(failing));
  const record = (n: number): void => {
    const stamp = { q: 'trusted', boot: clock.boot, mono: n } as const;
    recorder.record({ kind: 'door.closed', at: n, clock: stamp, door: 'lab', data: {} });
  };
  const written = () => journal.events().map(({ at }: NewEvent) => at);
  return { clock, journal, recorder, troubles, record, written };
};

const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('an event for which nobody waits', () => {
  it('is written in order', async () => {
    const { recorder, record, written } = createBench();
    upTo(120).forEach(record);
    await recorder.flush();
    expect(written()).toEqual(upTo(120));
  });

  it('is kept while the journal refuses, and written once when it is back', async () => {
    const { clock, journal, troubles, record, written } = createBench();
    journal.mood = 'fails';
    upTo(3).forEach(record);
    await clock.advance(3 * retryEveryMs);
    expect([troubles, written()]).toEqual([[true], []]);
    journal.mood = 'well';
    await clock.advance(retryEveryMs);
    expect([troubles, written()]).toEqual([[true, false], upTo(3)]);
    expect(clock.timersWaiting()).toBe(0);
  });

  it('is not tried again after the end', async () => {
    const { clock, journal, recorder, record } = createBench();
    journal.mood = 'fails';
    record(1);
    await clock.settle();
    recorder.stop();
    record(2);
    await clock.settle();
    expect(clock.timersWaiting()).toBe(0);
  });

  it('beyond the bound is declared as lost, and its like that come meanwhile too', async () => {
    const { clock, journal, record, written } = createBench();
    journal.mood = 'fails';
    upTo(owedMax + 5).forEach(record);
    await clock.advance(retryEveryMs);
    journal.mood = 'well';
    await clock.advance(retryEveryMs);
    expect([written().length, journal.losses]).toEqual([owedMax, ['main door 5']]);
    expect(written().at(-1)).toBe(owedMax);
  });

  it('waits without bound for a disk that hangs, and fills no memory doing so', async () => {
    const { clock, journal, record, written } = createBench();
    journal.mood = 'hangs';
    record(1);
    await clock.settle();
    for (let n = 2; n <= owedMax; n += 1) record(n);
    await clock.settle();
    expect(journal.waiting()).toBe(1);
    journal.release();
    await clock.settle();
    expect(written()).toEqual(upTo(owedMax));
  });

  it('that is lost while a loss is being declared is declared next', async () => {
    const { clock, journal, record } = createBench();
    journal.mood = 'hangs';
    upTo(owedMax + 2).forEach(record);
    await clock.settle();
    // The first 50 hang; all else is written, until the declaration itself hangs.
    while (journal.losses.length === 0 && journal.waiting() > 0) {
      journal.release();
      journal.mood = 'hangs';
      await clock.settle();
    }
    journal.release();
    await clock.settle();
    expect(journal.losses.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)).toBe(2);
  });
});
