import { faceFields } from '@gatehouse/protocols';
import type { FaceField } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { fieldRows, moveField, toggleField } from './card-face-draft.ts';

describe('the fields of a draft', () => {
  for (const [fields, field, by, after] of [
    ['name unit kind', 'unit', -1, 'unit name kind'],
    ['name unit kind', 'unit', 1, 'name kind unit'],
    ['name unit kind', 'name', -1, 'name unit kind'],
    ['name unit kind', 'kind', 1, 'name unit kind'],
    ['name unit kind', 'photo', 1, 'name unit kind'],
  ] as const) {
    it(`${fields}: ${field} by ${by}`, () => {
      // Rows of names of fields.
      expect(moveField(fields.split(' ') as FaceField[], field, by).join(' ')).toBe(after);
    });
  }

  it('come and go, but not the last, and not more than six', () => {
    expect(toggleField(['name'], 'unit')).toEqual(['name', 'unit']);
    expect(toggleField(['name', 'unit'], 'name')).toEqual(['unit']);
    expect(toggleField(['name'], 'name')).toEqual(['name']);
    const six = faceFields.slice(0, 6);
    expect(toggleField(six, 'valid_to')).toEqual(six);
  });

  it('stand before those that are not on the card', () => {
    expect(fieldRows(['unit', 'name']).slice(0, 3)).toEqual(['unit', 'name', 'photo']);
    expect(new Set(fieldRows(['unit'])).size).toBe(faceFields.length);
  });
});
