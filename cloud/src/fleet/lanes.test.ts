import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLanes } from './lanes.ts';
import type { LaneBounds } from './lanes.ts';

const bounds: LaneBounds = { tasksMax: 4, bytesMax: 100, parallelMax: 2 };

/** Tasks that end when told to, and a record of what runs. */
const open = (change: Partial<LaneBounds> = {}) => {
  const lanes = createLanes({ ...bounds, ...change });
  const running: string[] = [];
  const done: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (name: string, bytes = 1): boolean =>
    lanes.add(name.slice(0, 1), bytes, async () => {
      running.push(name);
      await new Promise<void>((resolve) => void ends.set(name, resolve));
      running.splice(running.indexOf(name), 1);
      done.push(name);
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise<void>((resolve) => void setImmediate(resolve));
  };
  return { lanes, running, done, add, end };
};

describe('lanes', () => {
  it('run one at a time for each gateway and a few overall', async () => {
    const { add, end, running } = open();
    expect(['a1', 'a2', 'b1', 'c1'].map((name) => add(name))).toEqual([true, true, true, true]);
    expect(running).toEqual(['a1', 'b1']);
    await end('a1');
    // Who waited longer goes first.
    expect(running).toEqual(['b1', 'c1']);
    await end('b1');
    expect(running).toEqual(['c1', 'a2']);
  });

  it('drop what is too much, and take more when there is room', async () => {
    const { add, end, running } = open();
    const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];
    // One runs and waits no longer.
    expect(names.map((name) => add(name))).toEqual([true, true, true, true, true, false]);
    expect(add('b1', 101)).toBe(false);
    expect(add('b2', 100)).toBe(true);
    await end('a1');
    expect(add('a7')).toBe(true);
    expect(running).toEqual(['b2', 'a2']);
  });

  it('are idle when nothing waits or runs', async () => {
    const { lanes, add, end } = open();
    await lanes.idle();
    add('a1');
    add('a2');
    let idle = false;
    const over = lanes.idle().then(() => {
      idle = true;
    });
    await end('a1');
    expect(idle).toBe(false);
    await end('a2');
    await over;
    expect(idle).toBe(true);
  });

  it('keep the order of each gateway, whatever ends first', async () => {
    const arrivals = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.infiniteStream(fc.nat(5)), async (gateways, choices) => {
        const { add, end, running, done } = open({ tasksMax: 20 });
        const names = gateways.map((gateway, i) => `${gateway}${i}`);
        for (const name of names) add(name);
        while (running.length > 0) {
          const keys = running.map((name) => name.slice(0, 1));
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys.length).toBeLessThanOrEqual(2);
          const choice: unknown = choices.next().value;
          const index = typeof choice === 'number' ? choice % running.length : 0;
          await end(running[index] ?? '');
        }
        for (const key of ['a', 'b', 'c']) {
          const of = (list: readonly string[]) => list.filter((name) => name.startsWith(key));
          expect(of(done)).toEqual(of(names));
        }
      }),
      { numRuns: 50 },
    );
  });
});
