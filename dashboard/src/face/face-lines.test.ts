import type { FaceField } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { faceLines } from './face-lines.ts';
import type { FaceFacts } from './face-lines.ts';

const facts: FaceFacts = {
  person: {
    id: '1',
    name: { zh: '李雷', en: 'Li Lei' },
    affiliation: 'student',
    unit: { zh: '计算机学院', en: 'Computer Science' },
  },
  card: { number: '20240103721', validTo: '2028-07-01T00:00:00Z' },
};

const words = {
  t: (key: string, values: Readonly<Record<string, string | number>> = {}) =>
    [key, ...Object.values(values)].join(' '),
  times: { lastDate: (endMs: number) => new Date(endMs - 1).toISOString().slice(0, 10) },
};

const linesOf = (fields: readonly FaceField[], over: Partial<FaceFacts> = {}) =>
  faceLines(
    fields,
    { ...facts, ...over },
    {
      ...words,
      ...{ pick: ({ zh }: { zh: string }) => zh, number: 'masked' },
    },
  ).map(({ kind, text }) => `${kind}: ${text}`);

describe('the fields of a card', () => {
  for (const [fields, lines] of [
    [
      ['name', 'unit', 'kind'],
      ['name: 李雷', 'line: 计算机学院 · affiliation.student'],
    ],
    [
      ['kind', 'name'],
      ['line: affiliation.student', 'name: 李雷'],
    ],
    [
      ['photo', 'name', 'name_en', 'number', 'valid_to'],
      ['name: 李雷', 'name_en: Li Lei', 'line: face.number ****3721 · face.validTo 2028-06-30'],
    ],
    [['photo'], []],
  ] as const) {
    it(fields.join(', '), () => {
      expect(linesOf(fields)).toEqual(lines);
    });
  }

  it('say nothing twice, and nothing that is empty', () => {
    const person = { ...facts.person, name: { zh: 'Ann', en: 'Ann' }, unit: { zh: '', en: '' } };
    expect(linesOf(['name', 'name_en', 'unit'], { person })).toEqual(['name: Ann']);
  });
});
