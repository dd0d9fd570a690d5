import { describe, expect, it } from 'vitest';
import {
  afterCursor,
  afterSend,
  afterSilence,
  canSend,
  deadlineMs,
  nextLane,
  resendMaxMs,
  startLane,
} from './lane.ts';
import type { Lane } from './lane.ts';

const fresh = startLane({ epoch: 'aaaaaaaa', stream: 'main', live: true, head: 100, cursor: 0 });
/** Three batches of ten in flight since 1,000. */
const flying = [10, 20, 30].reduce((lane, to) => afterSend(lane, to, 1_000, to), fresh);

describe('a lane', () => {
  const shown = ({ cursor, sent, flights, window, mendedTo, resendMs }: Lane) => [
    cursor,
    sent,
    flights,
    window,
    mendedTo,
    resendMs,
  ];
  it.each<readonly [string, Lane, readonly unknown[]]>([
    ['progress', afterCursor(flying, 10, 2_000), [10, 30, [20, 30], 8, 0, 5_000]],
    ['progress over several', afterCursor(flying, 30, 2_000), [30, 30, [], 8, 0, 5_000]],
    ['progress inside a batch', afterCursor(flying, 15, 2_000), [15, 30, [20, 30], 8, 0, 5_000]],
    ['more than was sent', afterCursor(flying, 45, 2_000), [45, 45, [], 8, 0, 5_000]],
    ['a gap', afterCursor(flying, 0, 2_000), [0, 0, [], 8, 30, 5_000]],
    [
      'an old note',
      afterCursor(afterCursor(flying, 20, 2_000), 10, 2_000),
      [20, 30, [30], 8, 0, 5_000],
    ],
    ['silence', afterSilence(flying), [0, 0, [], 1, 0, 10_000]],
    [
      'silence but for a lower cursor',
      afterSilence(afterCursor({ ...flying, cursor: 5 }, 3, 2_000)),
      [3, 3, [], 1, 0, 10_000],
    ],
    ['silence for long', [1, 2, 3, 4].reduce(afterSilence, flying), [0, 0, [], 1, 0, resendMaxMs]],
    [
      'progress after silence',
      afterCursor(afterSend(afterSilence(flying), 10, 9_000, 1), 10, 9_500),
      [10, 10, [], 2, 0, 5_000],
    ],
  ])('after %s', (_, lane, expected) => {
    expect(shown(lane)).toEqual(expected);
  });

  it('mends a gap once until the cursor has passed it', () => {
    const mended = [10, 20].reduce(
      (lane, to) => afterSend(lane, to, 2_000, to),
      afterCursor(flying, 0, 2_000),
    );
    expect(afterCursor(mended, 0, 2_100).flights).toEqual([10, 20]);
    const passed = afterSend(afterCursor(mended, 30, 2_200), 40, 2_300, 1);
    expect(afterCursor(passed, 30, 2_400)).toMatchObject({ sent: 30, flights: [] });
  });

  it('has a deadline only while something is in flight, counted from the last progress', () => {
    expect(deadlineMs(fresh)).toBeUndefined();
    expect(deadlineMs(flying)).toBe(6_000);
    expect(deadlineMs(afterCursor(flying, 10, 3_000))).toBe(8_000);
    expect(deadlineMs(afterCursor(flying, 30, 3_000))).toBeUndefined();
  });

  it('stops at its window and at its head', () => {
    const full = Array.from({ length: 8 }, (_, i) => i + 1).reduce(
      (lane, to) => afterSend(lane, to, 0, 1),
      fresh,
    );
    expect([canSend(fresh), canSend(full), canSend(afterCursor(full, 1, 5))]).toEqual([
      true,
      false,
      true,
    ]);
    expect(canSend({ ...fresh, head: 0 })).toBe(false);
  });

  it.each<readonly [string, readonly Partial<Lane>[], number]>([
    ['urgent before main', [{}, { stream: 'urgent' }], 1],
    [
      'urgent of now before urgent of before',
      [{ stream: 'urgent', live: false }, { stream: 'urgent' }],
      1,
    ],
    ['urgent of before before main of now', [{}, { stream: 'urgent', live: false }], 1],
    ['main before telemetry', [{ stream: 'telemetry' }, { live: false }], 1],
    ['among main the one that waited longest', [{ servedAt: 2 }, { servedAt: 1, live: false }], 1],
    ['what has nothing to send is passed over', [{ stream: 'urgent', head: 0 }, {}], 1],
  ])('%s', (_, changes, winner) => {
    const lanes = changes.map((change) => ({ ...fresh, ...change }));
    expect(nextLane(lanes)).toBe(lanes[winner]);
  });
});
