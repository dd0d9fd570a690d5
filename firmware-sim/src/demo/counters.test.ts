import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCounters } from './counters.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-counters-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

describe('the counters of simulated phones', () => {
  it('go up by what was made, and go on after a new start', () => {
    const first = openCounters(dir, { isNew: true });
    expect([first?.take('a', 1), first?.take('a', 3), first?.take('b', 1)]).toEqual([1, 4, 1]);
    const second = openCounters(dir, { isNew: false });
    expect([second?.take('a', 1), second?.take('b', 400)]).toEqual([5, 401]);
    expect(readdirSync(dir)).toEqual(['phone-counters.json']);
  });

  it('are not begun in data whose phones already counted by the clock', () => {
    expect(openCounters(dir, { isNew: false })).toBeUndefined();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('are kept as nobody else reads them, and a damaged file is no start at zero', () => {
    writeFileSync(join(dir, 'phone-counters.json'), '{"a":');
    expect(() => openCounters(dir, { isNew: true })).toThrow(SyntaxError);
  });
});
