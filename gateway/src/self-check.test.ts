import type { ClockQuality } from '@gatehouse/protocols';
import { expect, it } from 'vitest';
import { createConditions } from './conditions.ts';
import { createSelfCheck } from './self-check.ts';
import { createVirtualClock } from './testing/virtual-clock.ts';

const scene = () => {
  const clock = createVirtualClock();
  const now = { fill: 0, quality: 'trusted' as ClockQuality };
  const conditions = createConditions(clock.nowMs, () => undefined);
  const journal = { status: () => ({ waiting: 0, fill: now.fill }) };
  const check = createSelfCheck({
    // Only this of the journal is asked.
    ports: { clock, journal: journal as Parameters<typeof createSelfCheck>[0]['ports']['journal'] },
    gateway: 'gw-1',
    conditions,
    quality: () => now.quality,
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

it('says that the clock cannot be believed, while it cannot', async () => {
  const { clock, now, check, codes } = scene();
  check.start();
  now.quality = 'untrusted';
  await clock.advance(5_000);
  expect(codes()).toEqual(['clock_untrusted']);
  now.quality = 'holdover';
  await clock.advance(5_000);
  expect(codes()).toEqual([]);
});
