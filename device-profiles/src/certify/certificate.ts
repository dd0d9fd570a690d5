/**
 * What was shown of a profile and what was not. A profile on the simulator proves that the file is
 * whole; only a live unit proves that it is right.
 */
export type Verdict = 'pass' | 'fail' | 'not_tested';

export type Check = {
  readonly name: string;
  readonly verdict: Verdict;
  /** What was found, or why it was not tried. */
  readonly detail: string;
};

/** `LIVE …` names the port of the unit. */
export type Where = 'SIMULATED' | `LIVE ${string}`;

export type Certificate = {
  readonly id: string;
  readonly profile: string;
  readonly where: Where;
  readonly good: boolean;
  /** Of what was tried, how much passed, in percent; what was not tried stands beside it. */
  readonly score: number;
  readonly passed: number;
  readonly failed: number;
  readonly notTested: number;
  readonly checks: readonly Check[];
};

export const pass = (name: string, detail: string): Check => ({ name, verdict: 'pass', detail });
export const fail = (name: string, detail: string): Check => ({ name, verdict: 'fail', detail });
export const notTested = (name: string, detail: string): Check => ({
  name,
  verdict: 'not_tested',
  detail,
});
export const judged = (name: string, isGood: boolean, detail: string): Check =>
  isGood ? pass(name, detail) : fail(name, detail);

type Known = {
  readonly id: string;
  readonly profile: string;
  readonly where: Where;
  readonly checks: readonly Check[];
};

export const certificateOf = ({ id, profile, where, checks }: Known): Certificate => {
  const count = (verdict: Verdict): number =>
    checks.filter((check) => check.verdict === verdict).length;
  const [passed, failed] = [count('pass'), count('fail')];
  const tried = passed + failed;
  return {
    id,
    profile,
    where,
    good: failed === 0 && passed > 0,
    score: tried === 0 ? 0 : Math.floor((100 * passed) / tried),
    passed,
    failed,
    notTested: count('not_tested'),
    checks,
  };
};

const marks: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✗', not_tested: '–' };

export const certificateLines = (certificate: Certificate): readonly string[] => {
  const { id, profile, where, checks, score, passed, failed, notTested: untried } = certificate;
  return [
    `${id} ${profile}  ${where}`,
    ...checks.map(({ name, verdict, detail }) => `  ${marks[verdict]} ${name}: ${detail}`),
    `  ${score} % of what was tried: ${passed} passed, ${failed} failed, ${untried} not tested`,
  ];
};
