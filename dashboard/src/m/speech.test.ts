import { describe, expect, it } from 'vitest';
import { spokenOf } from './speech.ts';
import type { SpokenState } from './speech.ts';

const rows: readonly (readonly [turn: number | null, ageS: number, said: SpokenState])[] = [
  [null, 0, 'waiting'],
  [0, 0, 'ready'],
  [0, 9, 'ready'],
  [0, 10, 'soon'],
  [0, 15, 'soon'],
  [1, 0, 'renewed'],
  [1, 14, 'renewed'],
  [2, 0, 'renewed'],
  [40, 12, 'renewed'],
];

describe('what is said of the code', () => {
  for (const [turn, ageS, said] of rows) {
    it(`${turn === null ? 'no code' : `${turn} by itself, ${ageS} s old`}: ${said}`, () => {
      const pass = turn === null ? null : { mintedMs: 1_000_000, turn };
      expect(spokenOf(pass, 1_000_000 + ageS * 1000)).toBe(said);
    });
  }
});
