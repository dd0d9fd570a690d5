import type { Condition, ConditionCode } from '@gatehouse/protocols';

export type ConditionChange = {
  readonly kind: 'condition.raised' | 'condition.cleared';
  readonly code: ConditionCode;
  readonly subject: string;
  readonly detail: string;
};

/** What is wrong now: each (code, subject) at most once. */
export type Conditions = {
  readonly raise: (code: ConditionCode, subject: string, detail: string) => void;
  readonly clear: (code: ConditionCode, subject: string) => void;
  readonly active: () => readonly Condition[];
};

const detailCharsMax = 200;

/** @param onChange runs once per change: raising what is raised already changes nothing */
export const createConditions = (
  nowMs: () => number,
  onChange: (change: ConditionChange) => void,
): Conditions => {
  const active = new Map<string, Condition>();
  const key = (code: string, subject: string): string => `${code}/${subject}`;
  return {
    raise: (code, subject, detail) => {
      if (active.has(key(code, subject))) return;
      const bounded = detail.slice(0, detailCharsMax);
      active.set(key(code, subject), { code, subject, since: nowMs(), detail: bounded });
      onChange({ kind: 'condition.raised', code, subject, detail: bounded });
    },
    clear: (code, subject) => {
      const held = active.get(key(code, subject));
      if (held === undefined) return;
      active.delete(key(code, subject));
      onChange({ kind: 'condition.cleared', code, subject, detail: held.detail });
    },
    active: () => [...active.values()],
  };
};
