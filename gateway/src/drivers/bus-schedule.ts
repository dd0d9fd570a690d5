/**
 * Who may use a shared wire next. Pure: no clock, no line; time is what the caller says.
 *
 * Commands go before every poll. Of the polls, those that were hurried go first, then the one whose
 * deadline comes first. A poll may begin again `everyMs` after it last began (its wish); its
 * deadline is that wish stretched by what its unit asks for beyond its share of the wire. Shares
 * are max-min fair: a unit that asks for less than an even share gets all of it, and a slow or dead
 * one stretches its own polls and no others. The wire never idles while a poll may begin that holds
 * it for a moment only; a long one keeps to its deadline, however free the wire is just now.
 */

/** A silent unit is asked this rarely at most, by one poll alone. */
export const silentEveryMs = 1_000;
/** And this often at least: one that is plugged in again is back within ten seconds. */
export const silentEveryMsMax = 8_000;
/** Of an even share: its timeouts block whoever else asks, so it gets less than its part. */
const silentShare = 0.25;
/** Of the time between two polls of another unit: what holds the wire longer is long. */
const momentShare = 0.5;
/** How fast the cost of a poll follows cheaper ones; a dearer one counts at once. */
const costFollows = 0.25;

export type PollWish = {
  /** Who answers: shares are per unit. */
  readonly unit: string;
  readonly everyMs: number;
  /** Of the wire, estimated from frames and baud rate; measured from then on. */
  readonly costMs: number;
};

export type Choice =
  | { readonly kind: 'command'; readonly id: number }
  | { readonly kind: 'poll'; readonly id: number }
  /** @param untilMs Infinity = until something is added */
  | { readonly kind: 'wait'; readonly untilMs: number };

export type Schedule = {
  /** @returns its id */
  readonly addPoll: (wish: PollWish) => number;
  readonly addCommand: (unit: string) => number;
  readonly remove: (id: number) => void;
  /** Asked as soon as the wire is free, once; a unit that did not answer last waits its turn. */
  readonly hurry: (id: number) => void;
  readonly setSilent: (unit: string, isSilent: boolean) => void;
  /** A fresh line: every poll may begin. */
  readonly reset: () => void;
  /** @param restMs how long the wire must rest before this unit may be asked */
  readonly next: (nowMs: number, restMs: (unit: string) => number) => Choice;
  /** What `next` chose has ended; a command is gone then. */
  readonly done: (id: number, ran: Ran, restMs?: (unit: string) => number) => void;
  /** What fits the wire: the wish, or more. */
  readonly actualEveryMs: (id: number) => number;
};

type Ran = { readonly fromMs: number; readonly toMs: number; readonly isAnswered: boolean };

type Poll = {
  readonly id: number;
  readonly wish: PollWish;
  costMs: number;
  lastMs: number;
  isHurried: boolean;
};
type Unit = {
  readonly polls: Set<Poll>;
  isSilent: boolean;
  isAnswering: boolean;
  stretch: number;
  /** How long it may hold the wire before it has to. */
  momentMs: number;
};

type Wire = {
  readonly units: Map<string, Unit>;
  readonly polls: Map<number, Poll>;
  /** Id → unit, in the order in which they came. */
  readonly commands: Map<number, string>;
  ids: number;
};

export const createSchedule = (): Schedule => {
  const wire: Wire = { units: new Map(), polls: new Map(), commands: new Map(), ids: 0 };
  return {
    addPoll: (wish) => addPoll(wire, wish),
    addCommand: (unit) => {
      wire.ids += 1;
      wire.commands.set(wire.ids, unit);
      return wire.ids;
    },
    remove: (id) => {
      wire.commands.delete(id);
      const poll = wire.polls.get(id);
      if (poll === undefined) return;
      wire.polls.delete(id);
      unitOf(wire, poll.wish.unit).polls.delete(poll);
      shareWire(wire);
    },
    hurry: (id) => {
      const poll = wire.polls.get(id);
      if (poll !== undefined) poll.isHurried = true;
    },
    setSilent: (name, isSilent) => {
      unitOf(wire, name).isSilent = isSilent;
      shareWire(wire);
    },
    reset: () => {
      for (const poll of wire.polls.values()) poll.lastMs = -Infinity;
    },
    next: (nowMs, restMs) =>
      wire.commands.size > 0 ? nextCommand(wire, nowMs, restMs) : nextPoll(wire, nowMs, restMs),
    done: (id, ran, restMs = () => 0) => done(wire, id, ran, restMs),
    actualEveryMs: (id) => {
      const poll = wire.polls.get(id);
      if (poll === undefined) return Infinity;
      const unit = unitOf(wire, poll.wish.unit);
      return everyMs(poll, unit) * unit.stretch;
    },
  };
};

const unitOf = ({ units }: Wire, name: string): Unit => {
  const unit = units.get(name) ?? {
    polls: new Set(),
    isSilent: false,
    isAnswering: true,
    stretch: 1,
    momentMs: Infinity,
  };
  units.set(name, unit);
  return unit;
};

const addPoll = (wire: Wire, wish: PollWish): number => {
  wire.ids += 1;
  const poll: Poll = {
    id: wire.ids,
    wish,
    costMs: wish.costMs,
    lastMs: -Infinity,
    isHurried: false,
  };
  wire.polls.set(poll.id, poll);
  unitOf(wire, wish.unit).polls.add(poll);
  shareWire(wire);
  return poll.id;
};

type RestMs = (unit: string) => number;

/** Until its unit may be asked nothing else begins: a poll could hold the wire for long. */
const nextCommand = ({ commands }: Wire, nowMs: number, restMs: RestMs): Choice => {
  const rests = [...commands].map(([id, unit]) => ({ id, ms: restMs(unit) }));
  const free = rests.find(({ ms }) => ms <= 0);
  return free === undefined
    ? { kind: 'wait', untilMs: nowMs + Math.min(...rests.map(({ ms }) => ms)) }
    : { kind: 'command', id: free.id };
};

const nextPoll = (wire: Wire, nowMs: number, restMs: RestMs): Choice => {
  const all = [...wire.polls.values()].map((poll) => {
    const { unit } = poll.wish;
    const { mayMs, dueMs } = candidate(poll, unitOf(wire, unit));
    return { poll, dueMs, mayMs: Math.max(mayMs, nowMs + restMs(unit)) };
  });
  const [first] = all
    .filter(({ mayMs }) => mayMs <= nowMs)
    .toSorted(
      (a, b) => a.dueMs - b.dueMs || a.poll.lastMs - b.poll.lastMs || a.poll.id - b.poll.id,
    );
  return first === undefined
    ? { kind: 'wait', untilMs: Math.min(...all.map(({ mayMs }) => mayMs)) }
    : { kind: 'poll', id: first.poll.id };
};

const done = (wire: Wire, id: number, { fromMs, toMs, isAnswered }: Ran, restMs: RestMs): void => {
  wire.commands.delete(id);
  const poll = wire.polls.get(id);
  if (poll === undefined) return;
  // The silence behind it belongs to it, as far as nobody may be asked.
  const costMs = toMs - fromMs + Math.min(...[...wire.units.keys()].map(restMs));
  const followed = poll.costMs + (costMs - poll.costMs) * costFollows;
  poll.costMs = Math.max(costMs, followed);
  poll.lastMs = fromMs;
  poll.isHurried = false;
  unitOf(wire, poll.wish.unit).isAnswering = isAnswered;
  shareWire(wire);
};

const everyMs = (poll: Poll, unit: Unit): number => {
  const wishMs = poll.wish.everyMs;
  if (!unit.isSilent) return wishMs;
  return poll === fastest(unit) ? Math.max(wishMs, silentEveryMs) : Infinity;
};

const fastest = ({ polls }: Unit): Poll | undefined =>
  [...polls].toSorted((a, b) => a.wish.everyMs - b.wish.everyMs)[0];

/** When a poll may begin and when it ought to. */
const candidate = (poll: Poll, unit: Unit): { mayMs: number; dueMs: number } => {
  if (poll.isHurried && unit.isAnswering && !unit.isSilent) {
    return { mayMs: -Infinity, dueMs: -Infinity };
  }
  const wishMs = everyMs(poll, unit);
  if (wishMs === Infinity) return { mayMs: Infinity, dueMs: Infinity };
  const dueMs = poll.lastMs + wishMs * unit.stretch;
  const isShort = poll.costMs <= unit.momentMs;
  return { mayMs: isShort ? poll.lastMs + wishMs : dueMs, dueMs };
};

const shareWire = (wire: Wire): void => {
  const units = [...wire.units.values()];
  stretchUnits(units);
  allowMoments(units);
};

/** Max-min fair: from the most modest unit to the greediest, each gets at most an even share. */
const stretchUnits = (units: readonly Unit[]): void => {
  const demands = units
    .map((unit) => {
      const costs = [...unit.polls].map((poll) => poll.costMs / everyMs(poll, unit));
      return { unit, demand: costs.reduce((sum, cost) => sum + cost, 0) };
    })
    .toSorted((a, b) => a.demand - b.demand);
  let left = 1;
  for (const [index, { unit, demand }] of demands.entries()) {
    const isAlone = demands.length === 1;
    const even = left / (demands.length - index);
    const share = Math.min(demand, unit.isSilent && !isAlone ? even * silentShare : even);
    left -= share;
    const stretch = demand > share ? demand / share : 1;
    unit.stretch = unit.isSilent ? Math.min(stretch, silentEveryMsMax / silentEveryMs) : stretch;
  }
};

/** By the polls of the others: who is asked often may not be kept from the wire for long. */
const allowMoments = (units: readonly Unit[]): void => {
  const busiest = units
    .map((unit) => {
      const times = [...unit.polls].map((poll) => everyMs(poll, unit) * unit.stretch);
      return { unit, ms: Math.min(...times) };
    })
    .toSorted((a, b) => a.ms - b.ms);
  for (const unit of units) {
    const other = busiest.find((each) => each.unit !== unit);
    unit.momentMs = (other?.ms ?? Infinity) * momentShare;
  }
};
