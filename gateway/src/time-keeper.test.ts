import { describe, expect, it } from 'vitest';
import type { ClockSigns } from './ports.ts';
import { createVirtualClock } from './testing/virtual-clock.ts';
import {
  createTimeKeeper,
  floorSavedEveryMs,
  signsEveryMs,
  signsWaitMaxMs,
  stepMaxMs,
} from './time-keeper.ts';

const createBench = async (found: ClockSigns = { synchronised: true, rtc: true }) => {
  const clock = createVirtualClock();
  const steps: number[] = [];
  const floors: number[] = [];
  const hanging: (() => void)[] = [];
  const bench = { signs: found, reads: 0, hangs: false, diskFails: false };
  const timeSigns = () => {
    bench.reads += 1;
    if (!bench.hangs) return Promise.resolve(bench.signs);
    return new Promise<ClockSigns>((resolve) => {
      hanging.push(() => resolve({ synchronised: true, rtc: true }));
    });
  };
  const time = createTimeKeeper({ clock, timeSigns }, (atMs) => {
    floors.push(atMs);
    return bench.diskFails ? Promise.reject(new Error('read-only')) : Promise.resolve();
  });
  const begin = async () => {
    await time.begin();
    time.start((byMs) => void steps.push(byMs));
  };
  const release = () => hanging.splice(0).forEach((end) => void end());
  return { bench, clock, time, steps, floors, begin, release };
};

const begun = async (found?: ClockSigns) => {
  const bench = await createBench(found);
  await bench.begin();
  return bench;
};

describe('the wall clock', () => {
  it.each([
    [stepMaxMs + 1, [stepMaxMs + 1]],
    [-stepMaxMs - 1, [-stepMaxMs - 1]],
    [stepMaxMs, []],
    [-stepMaxMs, []],
  ])('that jumps by %d ms has stepped: %j', async (byMs, expected) => {
    const { clock, steps } = await begun();
    await clock.advance(5_000);
    clock.stepWall(byMs);
    await clock.advance(5_000);
    expect(steps).toEqual(expected);
  });

  it('that was set before the start has stepped too', async () => {
    const { clock, steps, begin } = await createBench();
    clock.stepWall(60_000);
    await begin();
    expect(steps).toEqual([60_000]);
  });

  it('below something signed is not trusted', async () => {
    const { clock, time } = await begun();
    time.raiseFloor(clock.nowMs() + 10_000);
    time.raiseFloor(clock.nowMs() - 10_000);
    expect(time.quality()).toBe('untrusted');
    await clock.advance(10_000 - stepMaxMs);
    expect(time.quality()).toBe('trusted');
  });

  it('is untrusted before anybody has looked, and where looking fails', async () => {
    const { time, begin } = await createBench();
    expect(time.quality()).toBe('untrusted');
    await begin();
    expect(time.quality()).toBe('trusted');
    const broken = createTimeKeeper({
      clock: createVirtualClock(),
      timeSigns: () => Promise.reject(new Error('no such file')),
    });
    await broken.begin();
    expect(broken.quality()).toBe('untrusted');
  });

  it('loses its time service, and says for how long', async () => {
    const { bench, clock, time } = await begun();
    await clock.advance(60_000);
    bench.signs = { synchronised: false, rtc: true };
    await clock.advance(signsEveryMs);
    const from = clock.monoMs();
    expect(time.quality()).toBe('holdover');
    await clock.advance(60_000);
    expect(time.unsureMs()).toBeGreaterThanOrEqual(clock.monoMs() - from);
    bench.signs = { synchronised: true, rtc: true };
    await clock.advance(signsEveryMs);
    expect(time.reading()).toMatchObject({ quality: 'trusted', unsureMs: 0 });
  });

  it('is not trusted on the word of somebody who does not answer any more', async () => {
    const { bench, clock, time, release } = await begun();
    expect(time.quality()).toBe('trusted');
    bench.hangs = true;
    await clock.advance(signsEveryMs + signsWaitMaxMs + 1_000);
    expect([time.quality(), bench.reads]).toEqual(['holdover', 2]);
    await clock.advance(10 * signsEveryMs);
    expect(bench.reads).toBe(2);
    bench.hangs = false;
    release();
    await clock.advance(1_000);
    expect([time.quality(), bench.reads]).toEqual(['trusted', 3]);
  });

  it('of which nothing is said holds up no start', async () => {
    const { bench, clock, time, begin } = await createBench();
    bench.hangs = true;
    let isBegun = false;
    void begin().then(() => {
      isBegun = true;
    });
    await clock.advance(signsWaitMaxMs);
    expect([isBegun, time.quality()]).toEqual([true, 'untrusted']);
  });

  it('is not looked at after the stop', async () => {
    const { bench, clock, time } = await begun();
    time.stop();
    const { reads } = bench;
    await clock.advance(10 * signsEveryMs);
    expect([clock.timersWaiting(), bench.reads]).toEqual([0, reads]);
  });
});

describe('signed time', () => {
  it('is gone by where the wall clock is wrong, and the jump is fenced', async () => {
    const { clock, time, steps } = await begun({ synchronised: false, rtc: false });
    const trueMs = clock.nowMs() + 3_600_000;
    time.signed({ atMs: trueMs, monoMs: clock.monoMs() });
    expect(time.quality()).toBe('trusted');
    expect(time.clock.nowMs()).toBe(trueMs);
    await clock.advance(5_000);
    expect(time.clock.nowMs()).toBe(trueMs + 5_000);
    expect(steps).toEqual([3_600_000]);
  });

  it('holds against a time service that sets the clock back', async () => {
    const { clock, time, steps } = await begun();
    time.signed({ atMs: clock.nowMs(), monoMs: clock.monoMs() });
    const before = clock.nowMs();
    clock.stepWall(-86_400_000);
    await clock.advance(5_000);
    expect(time.clock.nowMs()).toBe(before + 5_000);
    expect([steps, time.reading().offMs]).toEqual([[], -86_400_000]);
  });
});

const firstMs = 1_800_000_000_000;

it('the floor is kept when it has risen far enough', async () => {
  const { clock, time, floors } = await begun();
  for (const byMs of [0, 1, floorSavedEveryMs - 1, floorSavedEveryMs, floorSavedEveryMs - 5]) {
    time.raiseFloor(firstMs + byMs);
    await clock.settle();
  }
  expect(floors).toEqual([firstMs, firstMs + floorSavedEveryMs]);
});

it('the floor that was not written is written with the next signed thing', async () => {
  const { bench, clock, time, floors } = await begun();
  bench.diskFails = true;
  time.raiseFloor(firstMs);
  await clock.settle();
  bench.diskFails = false;
  for (const byMs of [1, 2]) {
    time.raiseFloor(firstMs + byMs);
    await clock.settle();
  }
  expect(floors).toEqual([firstMs, firstMs + 1]);
});

it('a floor that rises while it is written is written again where it has risen far', async () => {
  const { clock, time, floors } = await begun();
  for (const byMs of [0, 1, floorSavedEveryMs]) time.raiseFloor(firstMs + byMs);
  await clock.settle();
  expect(floors).toEqual([firstMs, firstMs + floorSavedEveryMs]);
});

it('the last fence counts, also where it is the earlier one', async () => {
  const { time } = await begun();
  expect(time.fenceMs()).toBeUndefined();
  time.fence(2_000);
  time.fence(1_000);
  expect(time.fenceMs()).toBe(1_000);
});
