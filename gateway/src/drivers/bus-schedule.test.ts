import { describe, expect, it } from 'vitest';
import { createSchedule, silentEveryMs } from './bus-schedule.ts';
import type { Schedule } from './bus-schedule.ts';

type Unit = {
  readonly name: string;
  readonly everyMs: number;
  /** How long one exchange takes; the schedule learns it. */
  readonly takesMs: number;
  readonly isDead?: boolean;
};

const noRest = () => 0;

/** A wire on which each exchange takes its time. @returns when each unit was asked */
const play = (units: readonly Unit[], forMs: number) => {
  const schedule = createSchedule();
  const byId = new Map(
    units.map((unit) => {
      const wish = { unit: unit.name, everyMs: unit.everyMs, costMs: 5 };
      return [schedule.addPoll(wish), unit] as const;
    }),
  );
  const askedMs = new Map<string, number[]>(units.map(({ name }) => [name, []]));
  let nowMs = 0;
  while (nowMs < forMs) {
    const choice = schedule.next(nowMs, noRest);
    if (choice.kind === 'wait') {
      nowMs = choice.untilMs;
      continue;
    }
    const unit = byId.get(choice.id);
    if (unit === undefined) throw new Error('a poll that nobody wished for');
    askedMs.get(unit.name)?.push(nowMs);
    const fromMs = nowMs;
    nowMs += unit.takesMs;
    schedule.done(choice.id, { fromMs, toMs: nowMs, isAnswered: unit.isDead !== true });
    if (unit.isDead === true) schedule.setSilent(unit.name, true);
  }
  const every = (name: string): number => {
    const times = askedMs.get(name) ?? [];
    return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
  };
  const longest = (name: string): number => {
    const times = askedMs.get(name) ?? [];
    return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  };
  const wishes = Object.fromEntries(
    [...byId].map(([id, { name }]) => [name, Math.round(schedule.actualEveryMs(id))]),
  );
  return { every, longest, wishes };
};

const alike = (count: number, unit: Omit<Unit, 'name'>): Unit[] =>
  Array.from({ length: count }, (_, n) => ({ ...unit, name: `u${n}` }));

describe('polls', () => {
  it('come as often as they wish where the wire carries them', () => {
    const { every, wishes } = play(alike(4, { everyMs: 100, takesMs: 20 }), 10_000);
    expect(every('u0')).toBeCloseTo(100);
    expect(wishes).toEqual({ u0: 100, u1: 100, u2: 100, u3: 100 });
  });

  it('share a wire that carries less, evenly, and it never idles', () => {
    const { every, longest, wishes } = play(alike(8, { everyMs: 50, takesMs: 20 }), 20_000);
    for (let n = 0; n < 8; n += 1) {
      expect(every(`u${n}`)).toBeCloseTo(160);
      expect(longest(`u${n}`)).toBeLessThanOrEqual(180);
    }
    expect(wishes['u0']).toBe(160);
  });

  it('that ask for little get all of it beside those that ask for much', () => {
    const units = [
      { name: 'modest', everyMs: 1_000, takesMs: 20 },
      { name: 'greedy', everyMs: 10, takesMs: 20 },
    ];
    const { every, wishes } = play(units, 30_000);
    expect(every('modest')).toBeLessThan(1_050);
    expect(every('greedy')).toBeLessThan(21);
    expect(wishes).toEqual({ modest: 1_000, greedy: 20 });
  });

  it.each([
    ['slow', { takesMs: 150 }],
    ['dead', { takesMs: 200, isDead: true }],
  ])('of seven are no slower beside a %s unit than beside one more of their kind', (_, other) => {
    const usual = { everyMs: 50, takesMs: 20 };
    const well = play(alike(8, usual), 60_000);
    const units = [...alike(7, usual), { name: 'other', everyMs: 50, ...other }];
    const beside = play(units, 60_000);
    for (let n = 0; n < 7; n += 1) {
      expect(beside.every(`u${n}`)).toBeLessThan(well.every(`u${n}`) * 1.1);
    }
    // And it is asked all the same.
    expect(beside.longest('other')).toBeLessThan(10_000);
  });

  it('of many silent units come often enough that one is found again within ten seconds', () => {
    const dead = alike(24, { everyMs: 50, takesMs: 200, isDead: true });
    const { longest } = play([...dead, { name: 'well', everyMs: 50, takesMs: 20 }], 60_000);
    for (const { name } of dead) expect(longest(name)).toBeLessThan(10_000);
  });

  it('of a silent unit come once a second at most, and as wished when it is back', () => {
    const schedule = createSchedule();
    const id = schedule.addPoll({ unit: 'a', everyMs: 50, costMs: 5 });
    schedule.setSilent('a', true);
    expect(schedule.actualEveryMs(id)).toBe(silentEveryMs);
    expect(schedule.next(0, noRest)).toEqual({ kind: 'poll', id });
    schedule.done(id, { fromMs: 0, toMs: 200, isAnswered: false });
    expect(schedule.next(200, noRest)).toEqual({ kind: 'wait', untilMs: 1_000 });
    schedule.setSilent('a', false);
    expect(schedule.next(200, noRest)).toEqual({ kind: 'poll', id });
  });

  it('that were removed never come again', () => {
    const schedule = createSchedule();
    schedule.remove(schedule.addPoll({ unit: 'a', everyMs: 50, costMs: 5 }));
    expect(schedule.next(0, noRest)).toEqual({ kind: 'wait', untilMs: Infinity });
  });
});

/** Two polls of which the first was just asked. */
const waiting = (): { schedule: Schedule; first: number; second: number } => {
  const schedule = createSchedule();
  const first = schedule.addPoll({ unit: 'a', everyMs: 500, costMs: 5 });
  const second = schedule.addPoll({ unit: 'b', everyMs: 500, costMs: 5 });
  for (const [id, fromMs] of [
    [first, 0],
    [second, 10],
  ] as const) {
    schedule.done(id, { fromMs, toMs: fromMs + 5, isAnswered: true });
  }
  return { schedule, first, second };
};

describe('what is hurried', () => {
  it('comes at once, and once', () => {
    const { schedule, second } = waiting();
    schedule.hurry(second);
    expect(schedule.next(20, noRest)).toEqual({ kind: 'poll', id: second });
    schedule.done(second, { fromMs: 20, toMs: 25, isAnswered: true });
    expect(schedule.next(25, noRest)).toEqual({ kind: 'wait', untilMs: 500 });
  });

  it('waits its turn where its unit did not answer last', () => {
    const { schedule, second } = waiting();
    schedule.done(second, { fromMs: 20, toMs: 220, isAnswered: false });
    schedule.hurry(second);
    expect(schedule.next(220, noRest)).toEqual({ kind: 'wait', untilMs: 500 });
  });
});

describe('commands', () => {
  it('go before every poll, in their order', () => {
    const { schedule, first } = waiting();
    schedule.hurry(first);
    const one = schedule.addCommand('a');
    const two = schedule.addCommand('b');
    expect(schedule.next(600, noRest)).toEqual({ kind: 'command', id: one });
    schedule.done(one, { fromMs: 600, toMs: 605, isAnswered: true });
    expect(schedule.next(605, noRest)).toEqual({ kind: 'command', id: two });
    schedule.done(two, { fromMs: 605, toMs: 610, isAnswered: true });
    expect(schedule.next(610, noRest)).toEqual({ kind: 'poll', id: first });
  });

  it('of a unit that must rest let others go first, and keep polls from beginning', () => {
    const { schedule } = waiting();
    const rests = (unit: string) => (unit === 'a' ? 30 : 0);
    schedule.addCommand('a');
    expect(schedule.next(600, rests)).toEqual({ kind: 'wait', untilMs: 630 });
    const other = schedule.addCommand('b');
    expect(schedule.next(600, rests)).toEqual({ kind: 'command', id: other });
  });
});

describe('a unit that must rest', () => {
  it('is not asked, others are', () => {
    const { schedule, second } = waiting();
    const rests = (unit: string) => (unit === 'a' ? 40 : 0);
    expect(schedule.next(600, rests)).toEqual({ kind: 'poll', id: second });
    schedule.done(second, { fromMs: 600, toMs: 605, isAnswered: true });
    expect(schedule.next(605, rests)).toEqual({ kind: 'wait', untilMs: 645 });
  });
});
