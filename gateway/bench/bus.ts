/**
 * How much of a shared RS-485 line the bus scheduler uses, and how soon a command begins: the
 * gateway's own drivers on a simulated RTU line in virtual time, asked for more than it carries.
 * The wire's maximum is exchange after exchange with nothing between but the 3.5 characters of
 * silence that Modbus asks for.
 */
import { characterMs } from '../src/drivers/line-timing.ts';
import { meterProfile } from '../src/testing/profiles.ts';
import { createSimulatedBus } from '../src/testing/simulated-bus.ts';
import type { SimulatedBus } from '../src/testing/simulated-bus.ts';
import { percentile } from './percentile.ts';

const unitCounts = [1, 4, 16] as const;
const bauds = [9_600, 115_200] as const;
const aim = 0.85;
const runMs = 60_000;
const settleMs = 1_000;
/** On average; at times of their own. */
const commandEveryMs = 250;
const gapCharacters = 3.5;
/** "MODBUS over Serial Line" V1.02 §2.5.1.1: fixed above 19200 Bd. */
const gapMsMin = 1.75;

const gapMs = (baud: number): number =>
  Math.max(gapMsMin, gapCharacters * characterMs({ baud, parity: 'even' }));

/** The same numbers in every run. */
const createRandom = (): (() => number) => {
  let state = 1;
  return () => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
};

type Measured = {
  /** Of the wire's maximum. */
  readonly share: number;
  readonly commandStartMs: readonly number[];
  /** What a command may wait for: the exchange that runs, and the silence behind it. */
  readonly commandBoundMs: number;
};

const measure = async (units: number, baud: number): Promise<Measured> => {
  const bus = createSimulatedBus({ profile: meterProfile, units, baud });
  const random = createRandom();
  await bus.clock.advance(settleMs);
  const fromMs = bus.clock.monoMs();
  const commandStartMs: number[] = [];
  while (bus.clock.monoMs() < fromMs + runMs) {
    await bus.clock.advance(commandEveryMs * (0.5 + random()));
    commandStartMs.push(await commandStart(bus, 1 + Math.floor(random() * units)));
  }
  const ran = bus.exchanges.filter((each) => each.fromMs >= fromMs);
  const usedMs = ran.reduce((sum, each) => sum + each.toMs - each.fromMs + gapMs(baud), 0);
  const longestMs = Math.max(...ran.map((each) => each.toMs - each.fromMs));
  return {
    share: usedMs / (bus.clock.monoMs() - fromMs),
    commandStartMs,
    commandBoundMs: longestMs + Math.ceil(gapMs(baud)) + 1,
  };
};

/** @returns how long after it was asked for a command began on the wire */
const commandStart = async (bus: SimulatedBus, unit: number): Promise<number> => {
  const askedMs = bus.clock.monoMs();
  const known = bus.exchanges.length;
  const running = bus.driver(unit).run('reset', {}, { deadlineMs: Infinity });
  for (;;) {
    const sent = bus.exchanges.slice(known).find(({ what }) => what === 'write');
    if (sent !== undefined) {
      await running;
      return sent.fromMs - askedMs;
    }
    await bus.clock.advance(1);
  }
};

export const bench = async () => {
  const figures: Record<string, number> = {};
  const shares: number[] = [];
  let isInTime = true;
  for (const baud of bauds) {
    for (const units of unitCounts) {
      const { share, commandStartMs, commandBoundMs } = await measure(units, baud);
      const name = `${units}x${baud}Bd`;
      const p99Ms = percentile(commandStartMs, 99);
      shares.push(share);
      isInTime &&= p99Ms <= commandBoundMs;
      figures[`share${name}`] = share;
      figures[`commandStartP99Ms${name}`] = p99Ms;
      figures[`commandBoundMs${name}`] = commandBoundMs;
    }
  }
  const ratio = Math.min(...shares);
  return {
    bench: 'bus',
    figures,
    ratio,
    limit: 'exchange after exchange on the same wire, 3.5 characters of silence between',
    aim,
    met: ratio >= aim && isInTime,
  };
};
