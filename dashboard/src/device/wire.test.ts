import type { DeviceLiveView, LiveFrame } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { columnsOf, nextPoint } from './chart-points.ts';
import { framesAsText, framesMax, hexGroups, noWire, withLive } from './wire.ts';

const frame = (at: number, change: Partial<LiveFrame> = {}): LiveFrame => ({
  at,
  direction: 'in',
  hex: '0103',
  bytes: 2,
  meaning: 'status',
  isFault: false,
  ...change,
});

const live = (frames: LiveFrame[], change: Partial<DeviceLiveView> = {}): DeviceLiveView => ({
  at: '2026-11-21T01:00:02Z',
  values: {},
  health: {
    answered: 1,
    missed: 0,
    badFrames: 0,
    roundTripMs: null,
    lastHeardAt: 1,
    everyMs: null,
  },
  frames,
  dropped: 0,
  ...change,
});

describe('a wire that one looks at', () => {
  it('has the newest frame first, each with a number of its own', () => {
    const wire = withLive(withLive(noWire, live([frame(1), frame(2)])), live([frame(3)]));
    expect(wire.frames.map(({ at, n }) => [at, n])).toEqual([
      [3, 2],
      [2, 1],
      [1, 0],
    ]);
  });

  it('keeps a bounded number of frames and counts all', () => {
    const many = Array.from({ length: framesMax + 7 }, (_, i) => frame(i));
    const wire = withLive(noWire, live(many, { dropped: 3 }));
    expect([wire.frames.length, wire.seen, wire.dropped]).toEqual([framesMax, framesMax + 7, 3]);
  });

  it('tells states and readings apart, and leaves out what is no value', () => {
    const values = { 'state.lamp': 'red', 'telemetry.power': 12, 'state.deep': { a: 1 }, odd: 1 };
    const wire = withLive(noWire, live([], { values }));
    expect(wire.values).toEqual({ lamp: 'red' });
    expect(wire.readings).toEqual({ power: 12 });
  });

  it('is copied oldest first, and a secret frame is only counted', () => {
    const { hex: _, ...secret } = frame(2, { bytes: 122, meaning: 'scan' });
    const wire = withLive(
      noWire,
      live([frame(1, { direction: 'out' }), secret, frame(3, { isFault: true })]),
    );
    const text = framesAsText(
      wire.frames,
      (at) => `t${at}`,
      (bytes) => `(${bytes})`,
    );
    expect(text.split('\n')).toEqual([
      't1 > 01 03  ; status',
      't2 < (122)  ; scan',
      't3 < ! 01 03  ; status',
    ]);
  });

  it('groups bytes by eight', () => {
    expect(hexGroups('0123456789abcdef0a')).toEqual(['01 23 45 67 89 AB CD EF', '0A']);
    expect(hexGroups('')).toEqual([]);
  });
});

const point = (at: number, mean = at) => ({ at, mean, low: mean - 1, high: mean + 1 });

describe('the line of a chart', () => {
  const minute = 60_000;
  const hour = 60 * minute;

  it('breaks where nothing came', () => {
    const columns = columnsOf(
      [0, 1, 2, 9, 10].map((n) => point(n * minute)),
      hour,
    );
    expect(columns.mean).toEqual([0, 1, 2, null, 9, 10].map((n) => (n === null ? n : n * minute)));
    expect(columns.at).toEqual([...columns.at].sort((a, b) => a - b));
  });

  it('does not break for a device that reports seldom', () => {
    expect(
      columnsOf(
        [0, 10, 20, 30].map((n) => point(n * minute)),
        hour,
      ).mean,
    ).not.toContain(null);
  });

  it('is in order whatever the order of the answer', () => {
    expect(columnsOf([point(2), point(1)], 600).at).toEqual([1, 2]);
  });

  it('is walked by keys over its breaks, and no further than its ends', () => {
    const columns = columnsOf(
      [0, 1, 2, 9, 10].map((n) => point(n * minute)),
      hour,
    );
    expect(nextPoint(columns, 2, 1)).toBe(4);
    expect(nextPoint(columns, 4, -1)).toBe(2);
    expect(nextPoint(columns, 5, 1)).toBe(5);
    expect(nextPoint(columns, 0, -1)).toBe(0);
  });
});
