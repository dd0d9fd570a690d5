import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkedProfile } from './checked-profile.ts';
import { faultText } from './checked-yaml.ts';
import { brokenProfiles } from './testing/broken-profiles.table.ts';
import { changedLock, sampleLock } from './testing/sample-lock.ts';

const faultsOf = (text: string): readonly string[] => {
  const checked = checkedProfile(text, 'a.yaml');
  return checked.ok ? [] : checked.faults.map((fault) => faultText(fault).replace('a.yaml:', ''));
};

describe('checking a profile', () => {
  it('accepts the sample', () => {
    expect(faultsOf(sampleLock)).toEqual([]);
  });

  it('accepts a latch with its reason', () => {
    const reason =
      '  safety: { latch: { open: { zh: 闭锁, en: A motor lock without a timer } } }\n';
    const text = changedLock('      endsBy: device\n', '').replace(
      'bindings:\n',
      `${reason}bindings:\n`,
    );
    expect(faultsOf(text)).toEqual([]);
  });

  it.each(brokenProfiles)('%s', (_case, from, to, faults) => {
    expect(faultsOf(changedLock(from, to))).toEqual(faults);
  });

  it('answers any text with faults that have a place, in less than a second', () => {
    const lines = sampleLock.split('\n');
    const broken = fc
      .record({
        from: fc.nat(lines.length),
        count: fc.integer({ min: 1, max: 9 }),
        more: fc.string(),
      })
      .map(({ from, count, more }) => [
        ...lines.slice(0, from),
        more,
        ...lines.slice(from + count),
      ]);
    fc.assert(
      fc.property(broken, (left) => {
        const startedAt = performance.now();
        const checked = checkedProfile(left.join('\n'), 'a.yaml');
        expect(performance.now() - startedAt).toBeLessThan(1_000);
        if (checked.ok) return;
        expect(checked.faults.length).toBeGreaterThan(0);
        for (const { line, column } of checked.faults) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 80 },
    );
  });
});
