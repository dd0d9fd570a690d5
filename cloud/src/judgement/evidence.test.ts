import { evidenceKeptMs } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import type { Cancel, Database } from '../ports.ts';
import { createEvidenceRetention } from './evidence.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A clock that is moved by hand, and a table that only counts what is asked of it. */
const openWorld = () => {
  let nowMs = 100 * dayMs;
  let waiting: { readonly atMs: number; readonly run: () => void } | undefined;
  const asked: number[] = [];
  let isAway = false;
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i += 1) await Promise.resolve();
  };
  const query = (_text: string, [before]: readonly unknown[] = []): Promise<readonly never[]> => {
    asked.push((before as Date).getTime());
    return isAway ? Promise.reject(new Error('away')) : Promise.resolve([]);
  };
  const silent = (): void => undefined;
  const retention = createEvidenceRetention({
    // Of a database it uses this one function.
    database: { query } as unknown as Database,
    clock: {
      nowMs: () => nowMs,
      after: (delayMs, run): Cancel => {
        const timer = { atMs: nowMs + delayMs, run };
        waiting = timer;
        return () => {
          if (waiting === timer) waiting = undefined;
        };
      },
    },
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
  return {
    asked,
    retention,
    settle,
    away: (is: boolean): void => {
      isAway = is;
    },
    pass: async (ms: number): Promise<void> => {
      nowMs += ms;
      if (waiting !== undefined && waiting.atMs <= nowMs) waiting.run();
      await settle();
    },
  };
};

describe('evidence is erased', () => {
  it('at the start and every day, what is thirty days old', async () => {
    const { retention, asked, pass, settle } = openWorld();
    retention.start();
    await settle();
    await pass(dayMs - 1);
    await pass(1);
    await pass(dayMs);
    expect(asked).toEqual([100, 101, 102].map((day) => day * dayMs - evidenceKeptMs));
    await retention.stop();
    await pass(dayMs);
    expect(asked).toHaveLength(3);
  });

  it('soon again after a database that was away', async () => {
    const { retention, asked, pass, settle, away } = openWorld();
    away(true);
    retention.start();
    await settle();
    away(false);
    await pass(10 * 60 * 1000);
    await pass(10 * 60 * 1000);
    expect(asked).toHaveLength(2);
    await retention.stop();
  });
});
