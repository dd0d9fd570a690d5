import { conditions, fill } from '@gatehouse/protocols';
import type { ConditionRow, Language } from '@gatehouse/protocols';

const rows: Readonly<Record<string, ConditionRow>> = conditions;

/** The row of a condition's code; a newer server may raise one that this page does not know. */
export const conditionRow = (code: string): ConditionRow | undefined =>
  Object.hasOwn(rows, code) ? rows[code] : undefined;

/** What is wrong, with its detail; brackets around a detail that is not there are dropped. */
export const conditionText = (row: ConditionRow, language: Language, detail: string): string =>
  fill(row.text[language], { detail })
    .replace(/[（(]\s*[)）]/g, '')
    .trim();
