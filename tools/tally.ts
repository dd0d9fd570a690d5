/** The part of vitest's JSON report that the closing line is made of. */
export type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/**
 * Counts so that nothing broken reads as a pass: a file that fails outside its tests (an import, a
 * beforeAll) is one failure, and so is a run that ends badly without naming a failed test.
 * @param report undefined where vitest wrote none
 * @param suitesLeftOut system suites whose programs this machine lacks
 */
export const tallyOf = (
  report: Report | undefined,
  exitCode: number,
  suitesLeftOut: number,
): Tally => {
  if (report === undefined) return { passed: 0, failed: 1, skipped: suitesLeftOut };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length;
  const named = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    failed: named === 0 && exitCode !== 0 ? 1 : named,
    skipped: report.numPendingTests + report.numTodoTests + suitesLeftOut,
  };
};

/** In continuous integration nobody reads that something was skipped, so there it fails. */
export const isGood = (tally: Tally, inCi: boolean): boolean =>
  tally.failed === 0 && tally.passed > 0 && !(inCi && tally.skipped > 0);

export const closingLine = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
