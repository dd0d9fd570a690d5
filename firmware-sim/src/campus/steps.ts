import type { Side } from '@gatehouse/protocols';
import type { Presented } from '../devices/reader.ts';
import { hold } from './bearers.ts';
import type { Dead, Pads } from './bearers.ts';
import type { Box } from './box.ts';
import type { ClaimNetwork } from './claim-network.ts';
import type { Head } from './heads.ts';
import type { House } from './house.ts';
import type { Network } from './network.ts';
import type { NextDoor } from './next-door.ts';
import type { Phones } from './phones.ts';
import { bearers } from './places.ts';
import type { Person } from './places.ts';
import type { Step, StepKind } from './plan.ts';
import type { Turnstile } from './turnstile.ts';
import type { World } from './world.ts';

/** Everything on the campus that a step can touch. */
export type Stage = {
  readonly world: World;
  readonly people: readonly Person[];
  readonly phones: Phones;
  readonly box: Box;
  readonly house: House;
  readonly network: Network;
  readonly turnstile: Turnstile;
  readonly heads: Readonly<Record<Side, Head>>;
  readonly pads: Pads;
  readonly dead: Dead;
  readonly claims: ClaimNetwork;
  /** The other gateway of the claim group. */
  readonly nextDoor: NextDoor;
};

type Perform = { readonly [K in StepKind]: (on: Stage, step: Extract<Step, { kind: K }>) => void };

const stepsAfterMs = { least: 250, most: 900 } as const;
/** By then an exit that showed green has been released. */
const releasedWithinMs = 2_500;

const table: Perform = {
  visit: (on, step) => void visit(on, step),
  'visit next door': (on, step) => void visitNextDoor(on, step),
  'cut claims': ({ claims }, { forMs }) => claims.cut(forMs),
  'power cut next door': ({ nextDoor }, { offMs }) =>
    nextDoor.box.cutPower({ card: 'honest', offMs }),
  'remote unlock': (on, { person }) => on.house.unlock(personOf(on, person)),
  'enrol newcomer': (on) => {
    for (const person of on.people) if (person.kind === 'newcomer') on.house.enrol(person);
  },
  freeze: (on, { person }) => on.house.freeze(personOf(on, person)),
  hold: (on, step) => void hold(on, step),
  'revoke uid': (on) => {
    on.house.end('uid', personOf(on, bearers.loses), () => void on.dead.add('loses'));
  },
  'end card': (on) => {
    on.house.end('card', personOf(on, bearers.leaves), () => void on.dead.add('leaves'));
  },
  'cut link': ({ network }, { forMs }) => network.cut(forMs),
  'kill broker': ({ network }) => network.killBroker(),
  'power cut': ({ box }, { moment, ...cut }) => {
    if (moment === 'now') box.cutPower(cut);
    else box.cutAtGrant(moment, cut);
  },
  'restart gateway': ({ box }, { offMs }) => box.restart(offMs),
  'crash cloud': ({ house }, step) => house.crash(step),
  'kill database': ({ house }, { transactions, moment }) =>
    house.killConnections(transactions, moment),
  'disk fails': ({ box, world }, { forMs }) => {
    box.disk.failsUntilMs = world.timeline.nowMs() + forMs;
  },
  'disk stalls': ({ box, world }, { forMs }) => {
    box.disk.stallsUntilMs = world.timeline.nowMs() + forMs;
  },
  controller: ({ turnstile }, { mood, forMs }) => turnstile.setMood(mood, forMs),
  'controller power': ({ turnstile }, { offMs }) => turnstile.cutPower(offMs),
  'coil on': ({ turnstile }, { side }) => turnstile.coilOn(side),
  'unplug head': ({ heads }, { side, forMs }) => heads[side].unplug(forMs),
  'noisy head': ({ heads, world }, { forMs }) => {
    heads.entry.setNoisy(true);
    world.timeline.after(forMs, () => heads.entry.setNoisy(false));
  },
  'clock step': ({ box, world }, { byMs, backAfterMs }) => {
    box.stepClock(byMs);
    world.timeline.after(backAfterMs, () => box.stepClock(-byMs));
  },
  'time service lost': ({ box }, { forMs }) => box.loseTimeService(forMs),
};

export const perform = (on: Stage, step: Step): void => {
  const { atMs: _, kind, ...rest } = step;
  on.world.trace.add(`step ${kind}`, rest);
  on.world.recorder.count(kind);
  // Kind and step belong together, as the type of the table says.
  (table[kind] as (on: Stage, step: Step) => void)(on, step);
};

const personOf = ({ people }: Stage, index: number): Person => {
  const person = people[index];
  if (person === undefined) throw new RangeError(`no person ${index}`);
  return person;
};

type Visit = Omit<Extract<Step, { kind: 'visit' }>, 'atMs' | 'kind'>;

/** Somebody holds a code before a head and, where it is green, goes through. */
export const visit = async (on: Stage, step: Visit): Promise<Presented> => {
  const { world, heads, phones, turnstile } = on;
  const { timeline, trace, recorder, random } = world;
  const { side, walks } = step;
  const code = phones.code(step.person, step.code, side);
  const isCalm = watchCalm(on, side);
  const presented = await heads[side].present(code);
  const lamp = presented.ok ? presented.feedback.lamp : presented.why;
  const text = presented.ok ? presented.feedback.text : undefined;
  trace.add('shown', { side, person: step.person, code: step.code, lamp, said: text });
  recorder.count(`shown ${lamp ?? 'nothing'}`);
  if (lamp === 'green' && side === 'entry') phones.opened(code);
  const wasRead = presented.ok || presented.why === 'no_feedback';
  if (side === 'exit' && wasRead) {
    checkExit(on, { isCalm, isGreen: lamp === 'green', code: step.code });
  }
  if (lamp === 'green' && walks) {
    const { least, most } = stepsAfterMs;
    const waitMs = least + random(`walk ${timeline.nowMs()}`).below(most - least);
    timeline.after(waitMs, () => turnstile.walk(side));
  }
  return presented;
};

/** Nobody goes through there: whether it opens is what counts. */
export const visitNextDoor = async (
  { world, phones, nextDoor }: Stage,
  { person, code }: Pick<Extract<Step, { kind: 'visit next door' }>, 'person' | 'code'>,
): Promise<Presented> => {
  const presented = await nextDoor.heads.entry.present(phones.code(person, code, 'next door'));
  const lamp = presented.ok ? presented.feedback.lamp : presented.why;
  world.trace.add('shown next door', { person, code, lamp });
  world.recorder.count(`shown next door ${lamp ?? 'nothing'}`);
  return presented;
};

/** @returns whether gateway and head ran all the time since, so that it is their word */
const watchCalm = ({ box, heads }: Stage, side: Side): (() => boolean) => {
  const life = box.life();
  const losses = heads[side].losses();
  const wasThere = heads[side].isConnected() && life !== undefined;
  return () =>
    wasThere && box.life() === life && heads[side].isConnected() && heads[side].losses() === losses;
};

const checkExit = (
  { world, turnstile }: Stage,
  exit: { readonly isCalm: () => boolean; readonly isGreen: boolean; readonly code: string },
): void => {
  const { timeline, recorder } = world;
  if (!exit.isCalm()) return;
  if (!exit.isGreen) return recorder.fault('exit never refused', `${exit.code} did not show green`);
  recorder.count('exits that showed green');
  const sinceMs = timeline.nowMs() - releasedWithinMs;
  const troubles = turnstile.troubles();
  if (!turnstile.isReached()) return;
  timeline.after(releasedWithinMs, () => {
    if (!exit.isCalm() || turnstile.troubles() !== troubles) return;
    recorder.count('exits that were released');
    const released = recorder.unlocks.some(({ side, atMs }) => side === 'exit' && atMs >= sinceMs);
    if (!released) recorder.fault('exit never refused', `${exit.code}: green, and still locked`);
  });
};
