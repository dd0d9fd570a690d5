import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { Condition, conditionCodes, conditions, severities } from './conditions.ts';
import { languages } from './text.ts';
import type { ConditionRow } from './conditions.ts';

const rows: readonly (readonly [string, ConditionRow])[] = Object.entries(conditions);

describe('each condition', () => {
  it.each(rows)('%s says what is wrong and what to do, in both languages', (code, row) => {
    expect(Value.Check(Condition, { code, subject: 'gw-1', since: 0, detail: '' })).toBe(true);
    expect(severities).toContain(row.severity);
    for (const language of languages) {
      for (const text of [row.title, row.text, row.remedy]) expect(text[language]).not.toBe('');
      expect(row.title[language]).not.toContain('{');
      expect(row.remedy[language]).not.toContain('{');
      const names = [...row.text[language].matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
      expect(names.filter((name) => name !== 'detail')).toEqual([]);
    }
    expect(row.title.zh).toMatch(/\p{Script=Han}/u);
    expect(row.title.en).toMatch(/^[ -~]+$/);
  });

  it('has its own title', () => {
    const titles = rows.map(([, row]) => row.title.en);
    expect(new Set(titles).size).toBe(conditionCodes.length);
  });
});
