import { describe, expect, it } from 'vitest';
import { createVirtualClock } from './testing/virtual-clock.ts';
import { createTimeKeeper, stepMaxMs } from './time-keeper.ts';

const createBench = () => {
  const clock = createVirtualClock();
  const time = createTimeKeeper(clock);
  const steps: number[] = [];
  time.start((byMs) => void steps.push(byMs));
  return { clock, time, steps };
};

describe('the wall clock', () => {
  it.each([
    [stepMaxMs + 1, [stepMaxMs + 1]],
    [-stepMaxMs - 1, [-stepMaxMs - 1]],
    [stepMaxMs, []],
    [-stepMaxMs, []],
  ])('that jumps by %d ms has stepped: %j', async (byMs, expected) => {
    const { clock, steps } = createBench();
    await clock.advance(5_000);
    clock.stepWall(byMs);
    await clock.advance(5_000);
    expect(steps).toEqual(expected);
  });

  it('that was set before the start has stepped too', () => {
    const clock = createVirtualClock();
    const time = createTimeKeeper(clock);
    clock.stepWall(60_000);
    const steps: number[] = [];
    time.start((byMs) => void steps.push(byMs));
    expect(steps).toEqual([60_000]);
  });

  it('below something signed is not trusted', async () => {
    const { clock, time } = createBench();
    time.raiseFloor(clock.nowMs() + 10_000);
    time.raiseFloor(clock.nowMs() - 10_000);
    expect(time.quality()).toBe('untrusted');
    await clock.advance(10_000 - stepMaxMs);
    expect(time.quality()).toBe('trusted');
    clock.setQuality('holdover');
    expect(time.quality()).toBe('holdover');
  });

  it('is not looked at after the stop', async () => {
    const { clock, time } = createBench();
    time.stop();
    expect(clock.timersWaiting()).toBe(0);
  });
});

it('the last fence counts, also where it is the earlier one', () => {
  const { time } = createBench();
  expect(time.fenceMs()).toBeUndefined();
  time.fence(2_000);
  time.fence(1_000);
  expect(time.fenceMs()).toBe(1_000);
});
