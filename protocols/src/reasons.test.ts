import { describe, expect, it } from 'vitest';
import { isReason, reasonRow, reasons } from './reasons.ts';
import { languages } from './text.ts';

const columnsMax = 16;
/** A Chinese character or full-width sign takes two columns of a reader's display. */
const columns = (text: string): number =>
  [...text].reduce((sum, char) => sum + (/[\u2e80-\uffef]/.test(char) ? 2 : 1), 0);

const rows = Object.keys(reasons).flatMap((code) => [code, `exit_${code}`]);
const known = rows.filter((code) => code !== 'exit_granted');
const isDenial = (code: string): boolean => code !== 'granted' && !code.startsWith('exit_');

describe('each reason', () => {
  it.each(known)('%s fits a reader and speaks both languages', (code) => {
    const row = reasonRow(code);
    expect(isReason(code)).toBe(true);
    for (const language of languages) {
      const display = row?.display[language] ?? '';
      expect(display).not.toBe('');
      expect(columns(display)).toBeLessThanOrEqual(columnsMax);
      expect(row?.text[language]).not.toBe('');
    }
    expect(row?.display.en).toMatch(/^[ -~]+$/);
    expect(row?.text.en).toMatch(/^[ -~]+$/);
    expect(row?.text.zh).toMatch(/\p{Script=Han}/u);
  });

  it.each(known.filter(isDenial))('%s is no green light and has a next step', (code) => {
    const row = reasonRow(code);
    expect(row?.lamp).not.toBe('green');
    expect(row?.tone).not.toBe('ok');
    for (const language of languages) expect(row?.next[language]).not.toBe('');
  });

  it.each(known.filter((code) => code.startsWith('exit_')))('%s is green and names why', (code) => {
    const row = reasonRow(code);
    const denied = reasonRow(code.slice('exit_'.length));
    expect([row?.lamp, row?.tone]).toEqual(['green', 'ok']);
    for (const language of languages) {
      expect(row?.text[language]).toContain(denied?.text[language]);
      expect(row?.next[language]).toBe('');
    }
  });
});

it.each(['', 'exit_', 'exit_granted', 'exit_exit_used', 'constructor', 'exit_constructor', 'USED'])(
  '%j is no reason',
  (code) => {
    expect([isReason(code), reasonRow(code)]).toEqual([false, undefined]);
  },
);
