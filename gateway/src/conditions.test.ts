import { Condition } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { expect, it } from 'vitest';
import { createConditions } from './conditions.ts';
import type { ConditionChange } from './conditions.ts';

const createBench = () => {
  const changes: string[] = [];
  let nowMs = 1;
  const conditions = createConditions(
    () => nowMs,
    ({ kind, code, subject, detail }: ConditionChange) =>
      void changes.push(`${kind} ${code} ${subject} ${detail}`.trim()),
  );
  return { conditions, changes, pass: (ms: number) => (nowMs += ms) };
};

it('a condition is told once when it begins and once when it is over', () => {
  const { conditions, changes, pass } = createBench();
  conditions.raise('serial_lost', 'scan-1', 'tty');
  pass(10);
  conditions.raise('serial_lost', 'scan-1', 'tty again');
  expect(conditions.active()).toEqual([
    { code: 'serial_lost', subject: 'scan-1', since: 1, detail: 'tty' },
  ]);
  conditions.clear('serial_lost', 'scan-1');
  conditions.clear('serial_lost', 'scan-1');
  expect(conditions.active()).toEqual([]);
  expect(changes).toEqual([
    'condition.raised serial_lost scan-1 tty',
    'condition.cleared serial_lost scan-1 tty',
  ]);
});

it('each code and subject stands for itself', () => {
  const { conditions } = createBench();
  conditions.raise('serial_lost', 'scan-1', '');
  conditions.raise('serial_lost', 'scan-2', '');
  conditions.raise('reader_noisy', 'scan-1', '');
  conditions.clear('serial_lost', 'scan-1');
  const left = conditions.active().map(({ code, subject }) => `${code} ${subject}`);
  expect(left).toEqual(['serial_lost scan-2', 'reader_noisy scan-1']);
});

it('a detail is cut to what the wire takes', () => {
  const { conditions } = createBench();
  conditions.raise('serial_lost', 'scan-1', 'x'.repeat(1_000));
  expect(conditions.active().every((one) => Value.Check(Condition, one))).toBe(true);
});
