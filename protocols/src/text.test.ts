import { expect, it } from 'vitest';
import { fill } from './text.ts';

it.each([
  ['{door} opened', { door: 'Lab' }, 'Lab opened'],
  ['{door} and {door}', { door: 'Lab' }, 'Lab and Lab'],
  ['{person} went through {door}', { door: 'Lab' }, 'went through Lab'],
  ['at {door} · {reason}', { reason: 'ok' }, 'at · ok'],
  ['{constructor} {toString}', {}, ''],
  ['{door}', { door: '{person}', person: 'Mallory' }, '{person}'],
  ['{door', { door: 'Lab' }, '{door'],
  ['{door}', { door: '$& $1' }, '$& $1'],
])('%j with %j reads %j', (template, values, text) => {
  expect(fill(template, values as Readonly<Record<string, string>>)).toBe(text);
});
