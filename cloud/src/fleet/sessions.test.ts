import { describe, expect, it } from 'vitest';
import { createEndedSessions } from './sessions.ts';

describe('sessions that are over', () => {
  it('are those before the newest, and those that died', () => {
    const ended = createEndedSessions();
    ended.begin('east-gw', 's1');
    expect(ended.has('east-gw', 's1')).toBe(false);
    ended.begin('east-gw', 's1');
    ended.begin('east-gw', 's2');
    expect(['s1', 's2', 's3'].map((s) => ended.has('east-gw', s))).toEqual([true, false, false]);
    ended.end('east-gw', 's2');
    expect(ended.has('east-gw', 's2')).toBe(true);
    expect(ended.has('west-gw', 's2')).toBe(false);
  });

  it('are remembered for a while, not for ever', () => {
    const ended = createEndedSessions();
    for (let n = 0; n <= 20; n += 1) ended.begin('east-gw', `s${n}`);
    const known = Array.from({ length: 21 }, (_, n) => ended.has('east-gw', `s${n}`));
    expect(known.filter(Boolean)).toHaveLength(16);
    expect(known.slice(3, 6)).toEqual([false, true, true]);
  });
});
