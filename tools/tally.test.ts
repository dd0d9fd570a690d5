import { describe, expect, it } from 'vitest';
import { closingLine, isGood, tallyOf } from './tally.ts';
import type { Report } from './tally.ts';

const reportWith = (changes: Partial<Report>): Report => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
  ...changes,
});
const brokenFile = { status: 'failed', assertionResults: [{ status: 'skipped' }] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'failed' }] };

describe('the closing line', () => {
  it.each([
    {
      of: 'a good run',
      report: reportWith({}),
      exit: 0,
      out: 0,
      line: '5 passed, 0 failed, 0 skipped',
    },
    {
      of: 'a failed test, counted once',
      report: reportWith({ numFailedTests: 1, testResults: [failedFile] }),
      exit: 1,
      out: 0,
      line: '5 passed, 1 failed, 0 skipped',
    },
    {
      of: 'a file that fails outside its tests',
      report: reportWith({ numPendingTests: 1, testResults: [brokenFile] }),
      exit: 1,
      out: 0,
      line: '5 passed, 1 failed, 1 skipped',
    },
    {
      of: 'an unhandled rejection that no test owns',
      report: reportWith({}),
      exit: 1,
      out: 0,
      line: '5 passed, 1 failed, 0 skipped',
    },
    {
      of: 'skipped tests and suites left out',
      report: reportWith({ numPendingTests: 1, numTodoTests: 1 }),
      exit: 0,
      out: 2,
      line: '5 passed, 0 failed, 4 skipped',
    },
    { of: 'no report', report: undefined, exit: 1, out: 0, line: '0 passed, 1 failed, 0 skipped' },
  ])('$of: $line', ({ report, exit, out, line }) => {
    expect(closingLine(tallyOf(report, exit, out))).toBe(line);
  });
});

describe('good or not', () => {
  it.each([
    { passed: 5, failed: 0, skipped: 0, ci: true, good: true },
    { passed: 5, failed: 0, skipped: 1, ci: false, good: true },
    { passed: 5, failed: 0, skipped: 1, ci: true, good: false },
    { passed: 5, failed: 1, skipped: 0, ci: false, good: false },
    { passed: 0, failed: 0, skipped: 0, ci: false, good: false },
  ])('$passed/$failed/$skipped, CI $ci: $good', ({ ci, good, ...tally }) => {
    expect(isGood(tally, ci)).toBe(good);
  });
});
