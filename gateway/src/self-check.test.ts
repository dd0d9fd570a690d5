import { expect, it } from 'vitest';
import type { TimeReading } from './clock-trust.ts';
import { createConditions } from './conditions.ts';
import { createSelfCheck, holdoverSaidAfterMs } from './self-check.ts';
import { createVirtualClock } from './testing/virtual-clock.ts';

const scene = () => {
  const clock = createVirtualClock();
  const time: TimeReading = { atMs: 0, quality: 'trusted', unsureMs: 0, offMs: 0 };
  const now = { fill: 0, time };
  const conditions = createConditions(clock.nowMs, () => undefined);
  const journal = { status: () => ({ waiting: 0, fill: now.fill }) };
  const check = createSelfCheck({
    // Only this of the journal is asked.
    ports: { clock, journal: journal as Parameters<typeof createSelfCheck>[0]['ports']['journal'] },
    gateway: 'gw-1',
    conditions,
    time: () => now.time,
  });
  const codes = () => conditions.active().map(({ code, detail }) => `${code} ${detail}`.trim());
  return { clock, now, check, codes };
};

it('warns of a journal that fills long before the cap, and has a margin', async () => {
  const { clock, now, check, codes } = scene();
  check.start();
  for (const [fill, expected] of [
    [0.5, []],
    [0.51, ['journal_filling 51 %']],
    [0.45, ['journal_filling 51 %']],
    [0.39, []],
  ] as const) {
    now.fill = fill;
    await clock.advance(5_000);
    expect(codes()).toEqual(expected);
  }
  check.stop();
  expect(clock.timersWaiting()).toBe(0);
});

it.each([
  ['untrusted', Infinity, 0, ['clock_untrusted']],
  ['holdover', holdoverSaidAfterMs, 0, []],
  ['holdover', holdoverSaidAfterMs + 1, 0, ['clock_holdover']],
  ['trusted', 0, 240_000, ['clock_wrong 240 s']],
  ['holdover', holdoverSaidAfterMs + 1, -3_000, ['clock_holdover', 'clock_wrong -3 s']],
  ['trusted', 0, 0, []],
] as const)('of a clock that is %s for %d ms and %d ms off says %j', async (...row) => {
  const [quality, unsureMs, offMs, expected] = row;
  const { clock, now, check, codes } = scene();
  check.start();
  now.time = { atMs: 0, quality, unsureMs, offMs };
  await clock.advance(5_000);
  expect(codes()).toEqual(expected);
  now.time = { atMs: 0, quality: 'trusted', unsureMs: 0, offMs: 0 };
  await clock.advance(5_000);
  expect(codes()).toEqual([]);
});
