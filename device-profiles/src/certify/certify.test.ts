import { describe, expect, it } from 'vitest';
import { allProfiles, profileOf } from '../testing/profiles.ts';
import { changedLock, sampleLock } from '../testing/sample-lock.ts';
import { certificateLines, certificateOf, fail, notTested, pass } from './certificate.ts';
import { fuzzChecks } from './fuzz-checks.ts';
import { paperChecks } from './paper-checks.ts';
import { createRandom } from './random.ts';

const head = { id: 'x', profile: '1.0.0', where: 'SIMULATED' } as const;

describe('a certificate', () => {
  it('counts what was tried and what was not', () => {
    const checks = [pass('a', '1'), pass('b', '2'), fail('c', '3'), notTested('d', '4')];
    const certificate = certificateOf({ ...head, checks });
    expect(certificate).toMatchObject({
      good: false,
      score: 66,
      passed: 2,
      failed: 1,
      notTested: 1,
    });
    expect(certificateLines(certificate)).toEqual([
      'x 1.0.0  SIMULATED',
      '  ✓ a: 1',
      '  ✓ b: 2',
      '  ✗ c: 3',
      '  – d: 4',
      '  66 % of what was tried: 2 passed, 1 failed, 1 not tested',
    ]);
  });

  it('is not good where nothing was tried', () => {
    expect(certificateOf({ ...head, checks: [notTested('a', '')] }).good).toBe(false);
    expect(certificateOf({ ...head, checks: [notTested('a', ''), pass('b', '')] }).good).toBe(true);
  });
});

describe('on paper', () => {
  it('every profile of the catalogue passes', async () => {
    const [, ...shipped] = await allProfiles();
    expect(shipped.length).toBeGreaterThan(10);
    for (const profile of shipped) {
      const failed = paperChecks(profile).filter(({ verdict }) => verdict === 'fail');
      expect([profile.id, failed]).toEqual([profile.id, []]);
    }
  });

  const verdicts = (text: string): readonly string[] =>
    paperChecks(profileOf(text)).map(({ name, verdict }) => `${name} ${verdict}`);

  it('names what fails', () => {
    expect(verdicts(sampleLock)).toEqual([
      'schema pass',
      'vectors fail',
      'coverage fail',
      'sources not_tested',
      'round trips serial pass',
      'round trips modbus pass',
    ]);
  });

  it('wants three examples of a manual that is named', () => {
    const named = changedLock(
      'source: invented\nidentify',
      "source: { manual: Sheet, page: '3', seen: paper }\nidentify",
    );
    expect(verdicts(named)).toContain('sources fail');
  });
});

describe('hostile bytes', () => {
  it('hide no good frame on any wire of the catalogue, the same for one seed', async () => {
    const options = { seed: 7, inputs: 60 };
    for (const profile of await allProfiles()) {
      const checks = fuzzChecks(profile, options);
      const failed = checks.filter(({ verdict }) => verdict === 'fail');
      expect([profile.id, failed]).toEqual([profile.id, []]);
      expect(fuzzChecks(profile, options)).toEqual(checks);
    }
  });

  it('come from one seed', () => {
    const [a, b] = [createRandom(3), createRandom(3)];
    expect(a.bytes(20)).toEqual(b.bytes(20));
    expect(createRandom(4).bytes(20)).not.toEqual(createRandom(3).bytes(20));
    const draws = Array.from({ length: 2000 }, () => a.below(10));
    expect(new Set(draws).size).toBe(10);
  });
});
