import type { MeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { isKeepDue, keepEveryMs } from './use-keep.ts';

const seenAtMs = Date.UTC(2026, 8, 1);
const hourMs = 3_600_000;

// hours since it was seen | announced to lapse | key on this phone | due
const rows: readonly (readonly [number, boolean, string | undefined, boolean])[] = [
  [0, false, 'live', false],
  [5.9, false, 'live', false],
  [6, false, 'live', true],
  [200, false, 'live', true],
  [0, true, 'live', true],
  [200, false, 'other', false],
  [200, false, undefined, false],
];

describe('showing that the key lives', () => {
  it.each(rows)('%d h after, announced %s, key %s: %s', (hours, announced, held, due) => {
    const iso = (atMs: number) => new Date(atMs).toISOString();
    // Only these are looked at.
    const me = {
      credential: { id: 'live' },
      keep: { seenAt: iso(seenAtMs), lapsesAt: announced ? iso(seenAtMs + hourMs) : null },
    } as MeView;
    expect(isKeepDue(me, held, seenAtMs + hours * hourMs)).toBe(due);
  });

  it('an older cloud is not asked', () => {
    const me = { credential: { id: 'live' } } as MeView;
    expect(isKeepDue(me, 'live', seenAtMs + 10 * keepEveryMs)).toBe(false);
  });
});
