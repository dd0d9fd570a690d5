import { describe, expect, it } from 'vitest';
import { sampleMark } from '../testing/journal-samples.ts';
import { packMarks, unpackMarks } from './journal-calls.ts';

describe('packed marks', () => {
  it.each([
    ['none', []],
    ['two', [sampleMark('00000000000000aa', 7), sampleMark('00000000000000bb', 2 ** 32 - 1)]],
    [
      'bodies of other lengths',
      [
        { ...sampleMark('00000000000000aa', 7), body: new Uint8Array(40).fill(9) },
        { ...sampleMark('00000000000000bb', 1), body: new Uint8Array() },
        sampleMark('00000000000000cc', 2),
      ],
    ],
  ])('%s come out as they went in', (_, marks) => {
    expect(unpackMarks(packMarks(marks, marks.length))).toEqual(marks);
  });
});
