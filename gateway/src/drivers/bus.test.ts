import { describe, expect, it } from 'vitest';
import { meterProfile, turnstileProfile } from '../testing/profiles.ts';
import { createSimulatedBus } from '../testing/simulated-bus.ts';
import type { SimulatedBus } from '../testing/simulated-bus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { commandsWaitingMax, createBus, restMaxMs } from './bus.ts';

const bench = () => {
  const clock = createVirtualClock();
  let rest = 0;
  const bus = createBus<string>({ clock, restMs: () => rest });
  const said: string[] = [];
  const takes = (name: string, ms: number) => (line: string) =>
    new Promise<boolean>((resolve) => {
      said.push(`${clock.monoMs()} ${name} on ${line}`);
      clock.after(ms, () => resolve(true));
    });
  const setRest = (ms: number) => (rest = ms);
  return { clock, bus, said, takes, setRest };
};

describe('one line', () => {
  it('carries one exchange at a time, a command before the polls that wait', async () => {
    const { clock, bus, said, takes } = bench();
    for (const unit of ['a', 'b']) {
      bus.poll({ unit, everyMs: 100, costMs: 10, run: takes(unit, 10) });
    }
    bus.setLine('line');
    await clock.advance(5);
    void bus.command({ unit: 'b', run: takes('command', 10) });
    await clock.advance(100);
    expect(said).toEqual(['0 a on line', '10 command on line', '20 b on line', '100 a on line']);
  });

  it('refuses a command while it is closed, and those that wait when it is lost', async () => {
    const { clock, bus, takes } = bench();
    const run = takes('command', 10);
    await expect(bus.command({ unit: 'a', run })).rejects.toMatchObject({ code: 'GW_NOT_SENT' });
    bus.setLine('line');
    const sent = bus.command({ unit: 'a', run });
    const waits = expect(bus.command({ unit: 'a', run })).rejects.toThrow('the line was lost');
    bus.setLine(undefined);
    await waits;
    await clock.advance(10);
    expect(await sent).toBe(true);
  });

  it('refuses more commands than may wait', async () => {
    const { bus, takes } = bench();
    bus.setLine('line');
    const run = takes('command', 10);
    for (let n = 0; n <= commandsWaitingMax; n += 1) {
      void bus.command({ unit: 'a', run }).catch(() => 0);
    }
    await expect(bus.command({ unit: 'a', run })).rejects.toThrow('too many commands');
  });

  it('asks everything at once when it is opened again', async () => {
    const { clock, bus, said, takes } = bench();
    bus.poll({ unit: 'a', everyMs: 60_000, costMs: 10, run: takes('a', 10) });
    bus.setLine('first');
    await clock.advance(100);
    bus.setLine(undefined);
    await clock.advance(100);
    bus.setLine('second');
    expect(said).toEqual(['0 a on first', '200 a on second']);
  });

  it('is used after a while although it never falls silent', async () => {
    const { clock, bus, said, takes, setRest } = bench();
    setRest(50);
    bus.poll({ unit: 'a', everyMs: 100, costMs: 10, run: takes('a', 10) });
    bus.setLine('line');
    await clock.advance(restMaxMs + 100);
    expect(said).toEqual([`${restMaxMs} a on line`]);
  });
});

/** Mean time between two reads of inputs, of each unit but `but`. */
const everyMs = ({ exchanges }: SimulatedBus, fromMs: number, but: number) => {
  const byUnit = new Map<number, number[]>();
  for (const { unit, what, fromMs: at } of exchanges) {
    if (what !== 'discrete' || at < fromMs || unit === but) continue;
    byUnit.set(unit, [...(byUnit.get(unit) ?? []), at]);
  }
  return [...byUnit.values()].map((times) => {
    const first = times[0] ?? 0;
    return ((times.at(-1) ?? 0) - first) / (times.length - 1);
  });
};

describe.each([9_600, 115_200])('eight controllers on a line of %d Bd', (baud) => {
  const run = async (dies: boolean) => {
    const bus = createSimulatedBus({ profile: turnstileProfile, units: 8, baud });
    await bus.clock.advance(5_000);
    const dead = bus.units.get(8);
    if (dies && dead !== undefined) dead.isDead = true;
    await bus.clock.advance(5_000);
    const fromMs = bus.clock.monoMs();
    await bus.clock.advance(20_000);
    return { bus, every: everyMs(bus, fromMs, 8) };
  };

  it('of which one dies are asked no more rarely than before', async () => {
    const well = await run(false);
    const dying = await run(true);
    expect(dying.bus.links.filter((link) => link.endsWith('silent'))).toHaveLength(1);
    expect(dying.bus.links.at(-1)).toMatch(/ 8 silent$/);
    expect(dying.every).toHaveLength(7);
    for (const [n, ms] of dying.every.entries()) {
      expect(ms).toBeLessThan((well.every[n] ?? 0) * 1.05);
    }
  });

  it('begin a command within one exchange and its silence', async () => {
    const { bus } = await run(false);
    const longestMs = Math.max(...bus.exchanges.map(({ fromMs, toMs }) => toMs - fromMs));
    for (let n = 0; n < 40; n += 1) {
      await bus.clock.advance(137);
      const askedMs = bus.clock.monoMs();
      const known = bus.exchanges.length;
      void bus.driver(1 + (n % 8)).run('openEntry', { ms: 500 }, { deadlineMs: Infinity });
      await bus.clock.advance(2 * longestMs + 20);
      const sent = bus.exchanges.slice(known).find(({ what }) => what === 'write');
      expect((sent?.fromMs ?? Infinity) - askedMs).toBeLessThan(longestMs + 7);
    }
  });
});

describe('a line that is asked for more than it carries', () => {
  it('says how often it asks', async () => {
    const bus = createSimulatedBus({ profile: meterProfile, units: 4, baud: 9_600 });
    await bus.clock.advance(10_000);
    const { everyMs: every, answered, roundTripMs } = bus.driver(1).health();
    const fromMs = bus.clock.monoMs();
    await bus.clock.advance(10_000);
    const [measured = 0] = everyMs(bus, fromMs, 0);
    expect(every?.wish).toBe(10);
    expect(every?.actual).toBeGreaterThan(measured * 0.75);
    expect(every?.actual).toBeLessThan(measured * 1.25);
    expect(answered).toBeGreaterThan(50);
    expect(roundTripMs).toBeGreaterThan(15);
  });
});
