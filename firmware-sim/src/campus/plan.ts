import type { Side } from '@gatehouse/protocols';
import { createRandom, seedFor } from '../devices/random.ts';
import type { Random } from '../devices/random.ts';
import type { Hold } from './bearers.ts';
import type { Card } from './box.ts';
import type { CrashMoment } from './house.ts';
import type { AppendMoment } from './journal-port.ts';
import type { Weather } from './network.ts';
import type { CodeKind } from './phones.ts';
import { neighbour, place } from './places.ts';
import type { Authority } from './places.ts';

/** Something that people, hardware or bad luck do at a moment of virtual time. */
export type Step = { readonly atMs: number } & (
  | {
      readonly kind: 'visit';
      readonly person: number;
      readonly side: Side;
      readonly code: CodeKind;
      readonly walks: boolean;
    }
  | { readonly kind: 'visit next door'; readonly person: number; readonly code: CodeKind }
  | { readonly kind: 'cut claims'; readonly forMs: number }
  | { readonly kind: 'power cut next door'; readonly offMs: number }
  | { readonly kind: 'remote unlock'; readonly person: number }
  | { readonly kind: 'enrol newcomer' }
  | { readonly kind: 'freeze'; readonly person: number }
  | ({ readonly kind: 'hold' } & Hold)
  | { readonly kind: 'revoke uid' }
  | { readonly kind: 'end card' }
  | { readonly kind: 'cut link'; readonly forMs: number }
  | { readonly kind: 'kill broker' }
  | {
      readonly kind: 'power cut';
      readonly moment: 'now' | AppendMoment;
      readonly card: Card;
      readonly offMs: number;
    }
  | { readonly kind: 'restart gateway'; readonly offMs: number }
  | {
      readonly kind: 'crash cloud';
      readonly moment: CrashMoment;
      readonly countdown: number;
      readonly downMs: number;
    }
  | {
      readonly kind: 'kill database';
      readonly moment: 'statement' | 'commit';
      readonly transactions: number;
    }
  | { readonly kind: 'disk fails'; readonly forMs: number }
  | { readonly kind: 'disk stalls'; readonly forMs: number }
  | { readonly kind: 'controller'; readonly mood: 'silent' | 'mute'; readonly forMs: number }
  | { readonly kind: 'controller power'; readonly offMs: number }
  | { readonly kind: 'coil on'; readonly side: Side }
  | { readonly kind: 'unplug head'; readonly side: Side; readonly forMs: number }
  | { readonly kind: 'noisy head'; readonly forMs: number }
  | { readonly kind: 'clock step'; readonly byMs: number; readonly backAfterMs: number }
  | { readonly kind: 'time service lost'; readonly forMs: number }
);
export type StepKind = Step['kind'];

/** One seed's day: what will be done to the campus, as plain data. */
export type Plan = {
  readonly seed: number;
  /** Faults end here; what is owed then drains. */
  readonly lifeMs: number;
  readonly broker: 'embedded' | 'external';
  /** Of the claim group. */
  readonly authority: Authority;
  readonly weather: Weather;
  /** The cloud signs the time; else the box has its time service alone. */
  readonly tellsTime: boolean;
  readonly steps: readonly Step[];
};

const gatewayStartsMs = 500;
const lifeMs = 90_000;
/** Until then a first start makes every entry ask for the next code. */
const fenceEndsMs = 32_000;
const students = 6;
/** Heads need this long to be free again; a repeat within five seconds is one attempt. */
const visitGapMs = 1_800;

type Chances = readonly (readonly [code: CodeKind, weight: number])[];
const codes: Chances = [
  ['fresh', 55],
  ['used', 15],
  ['opened', 8],
  ['expired', 5],
  ['future', 5],
  ['pay', 4],
  ['flipped', 5],
  ['nonsense', 5],
];

const pick = (random: Random, chances: Chances): CodeKind => {
  const sum = chances.reduce((total, [, weight]) => total + weight, 0);
  let at = random.below(sum);
  for (const [code, weight] of chances) {
    at -= weight;
    if (at < 0) return code;
  }
  return 'fresh';
};

const sideOf = (random: Random): Side => (random.below(2) === 0 ? 'entry' : 'exit');
const between = (random: Random, least: number, most: number): number =>
  least + random.below(most - least + 1);

/** Mostly students; now and then a visitor, a newcomer or a stranger. */
const personOf = (random: Random): number =>
  random.below(10) > 0 ? random.below(students) : students + random.below(3);

/** People come all the time, one after another at each head. */
const visits = (random: Random): readonly Step[] => {
  const steps: Step[] = [];
  let atMs = 3_000;
  while (atMs < lifeMs - 4_000) {
    const side = random.below(5) < 3 ? 'entry' : 'exit';
    const code = pick(random, codes);
    const walks = random.below(8) > 0;
    steps.push({ atMs, kind: 'visit', person: personOf(random), side, code, walks });
    atMs += visitGapMs + random.below(atMs < fenceEndsMs ? 6_000 : 2_500);
  }
  return steps;
};

type Draw = (random: Random, atMs: number, lies: boolean) => Step;

const card = (random: Random, lies: boolean): Card =>
  lies && random.below(2) === 0 ? 'lying' : 'honest';
const moments = ['now', 'written', 'told'] as const;
const crashMoments = ['now', 'statement', 'commit'] as const;
const steps = [-7_200_000, -40_000, -5_000, 4_000, 40_000] as const;
const oneOf = <T>(random: Random, list: readonly [T, ...T[]]): T =>
  list[random.below(list.length)] ?? list[0];

/** What may go wrong, how often at most, and of how many seeds it happens in (of 100). */
const mishaps: readonly { readonly share: number; readonly most: number; readonly draw: Draw }[] = [
  {
    share: 70,
    most: 2,
    draw: (random, atMs, lies) => ({
      ...{ atMs, kind: 'power cut', moment: oneOf(random, moments), card: card(random, lies) },
      offMs: between(random, 300, 5_000),
    }),
  },
  {
    share: 25,
    most: 1,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'restart gateway', offMs: between(random, 200, 3_000) },
    }),
  },
  {
    share: 60,
    most: 2,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'crash cloud', moment: oneOf(random, crashMoments) },
      ...{ countdown: between(random, 1, 25), downMs: between(random, 500, 9_000) },
    }),
  },
  {
    share: 50,
    most: 2,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'kill database', moment: oneOf(random, ['statement', 'commit']) },
      transactions: between(random, 1, 4),
    }),
  },
  {
    share: 60,
    most: 2,
    draw: (random, atMs) => ({ atMs, kind: 'cut link', forMs: between(random, 200, 15_000) }),
  },
  { share: 30, most: 1, draw: (_, atMs) => ({ atMs, kind: 'kill broker' }) },
  {
    share: 45,
    most: 2,
    draw: (random, atMs) => ({ atMs, kind: 'disk fails', forMs: between(random, 300, 6_000) }),
  },
  {
    share: 45,
    most: 2,
    draw: (random, atMs) => ({ atMs, kind: 'disk stalls', forMs: between(random, 500, 6_000) }),
  },
  {
    share: 50,
    most: 2,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'controller', mood: oneOf(random, ['silent', 'mute']) },
      forMs: between(random, 200, 6_000),
    }),
  },
  {
    share: 25,
    most: 1,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'controller power', offMs: between(random, 200, 4_000) },
    }),
  },
  { share: 50, most: 2, draw: (random, atMs) => ({ atMs, kind: 'coil on', side: sideOf(random) }) },
  {
    share: 30,
    most: 1,
    draw: (random, atMs) => ({
      ...{ atMs, kind: 'unplug head', side: sideOf(random), forMs: between(random, 200, 4_000) },
    }),
  },
  {
    share: 25,
    most: 1,
    draw: (random, atMs) => ({ atMs, kind: 'noisy head', forMs: between(random, 2_000, 12_000) }),
  },
  {
    share: 60,
    most: 2,
    draw: (random, atMs) => ({ atMs, kind: 'remote unlock', person: random.below(6) }),
  },
  { share: 50, most: 1, draw: (_, atMs) => ({ atMs, kind: 'enrol newcomer' }) },
  {
    share: 40,
    most: 1,
    draw: (random, atMs) => ({ atMs, kind: 'freeze', person: 1 + random.below(5) }),
  },
];

const clockSteps: Draw = (random, atMs) => ({
  ...{ atMs, kind: 'clock step', byMs: oneOf(random, steps) },
  backAfterMs: between(random, 3_000, 15_000),
});

/**
 * The same seed, the same plan. A card that loses what it had synced and a clock that goes back
 * never meet in one plan: together they lose the mark of a pass and the fence that stands for it.
 */
export const makePlan = (seed: number): Plan => {
  const random = createRandom(seedFor(seed, 'plan'));
  const lies = random.below(2) === 0;
  const drawn = mishaps.flatMap(({ share, most, draw }): readonly Step[] => {
    if (random.below(100) >= share) return [];
    const count = between(random, 1, most);
    return Array.from({ length: count }, () => draw(random, between(random, 600, lifeMs), lies));
  });
  const stepsOfClock = !lies && random.below(2) === 0 ? [clockSteps(random, 45_000, lies)] : [];
  const before: readonly Step[] =
    random.below(3) === 0 ? [{ atMs: gatewayStartsMs - 300, kind: 'coil on', side: 'entry' }] : [];
  const people = visits(random);
  // A generator of its own: what happens here is what it was before there was a next door.
  const chance = createRandom(seedFor(seed, 'plan next door'));
  const time = createRandom(seedFor(seed, 'plan time'));
  const tellsTime = time.below(2) === 0;
  const all = [
    ...[...before, ...people, ...drawn, ...stepsOfClock, ...replays(drawn)],
    ...nextDoor(chance, people),
    ...withoutPhones(createRandom(seedFor(seed, 'plan without phones'))),
    ...withoutTime(time),
  ];
  return {
    seed,
    lifeMs,
    tellsTime,
    broker: random.below(2) === 0 ? 'embedded' : 'external',
    authority: chance.below(2) === 0 ? place.gateway : neighbour.gateway,
    weather: {
      lost: random.below(12) / 100,
      doubled: random.below(12) / 100,
      overtakeMsMax: random.below(2) === 0 ? 0 : 400,
      delayMsMax: between(random, 5, 150),
    },
    steps: all.toSorted((a, b) => a.atMs - b.atMs),
  };
};

/** After each power cut somebody tries the code that opened last. */
const replays = (drawn: readonly Step[]): readonly Step[] =>
  drawn.flatMap((step): readonly Step[] =>
    step.kind === 'power cut'
      ? [8_000, 20_000, 45_000].map((laterMs) => ({
          ...{ atMs: step.atMs + laterMs, kind: 'visit', person: 0, side: 'entry' },
          ...{ code: 'opened', walks: false },
        }))
      : [],
  );

/** Most codes of the day stay there until one is shown at both gateways. */
const nextDoor = (random: Random, people: readonly Step[]): readonly Step[] => [
  ...people.flatMap((step): readonly Step[] => {
    if (step.kind !== 'visit' || step.side !== 'entry' || random.below(3) > 0) return [];
    // The code that this person has just shown, in the same moment or a little later.
    const laterMs = oneOf(random, [1, 60, 300, 2_500]);
    const { atMs, person } = step;
    return [{ atMs: atMs + laterMs, kind: 'visit next door', person, code: 'used' }];
  }),
  ...Array.from({ length: random.below(3) }, (): Step => {
    const forMs = between(random, 2_000, 25_000);
    return { atMs: between(random, 5_000, lifeMs - 30_000), kind: 'cut claims', forMs };
  }),
  ...Array.from({ length: random.below(2) }, (): Step => {
    const offMs = between(random, 300, 4_000);
    const atMs = between(random, 5_000, lifeMs - 10_000);
    return { atMs, kind: 'power cut next door', offMs };
  }),
];

/** Gateways look every half minute whether somebody tells them the time. */
const withoutTime = (random: Random): readonly Step[] =>
  Array.from({ length: random.below(2) }, (): Step => {
    const forMs = between(random, 5_000, 60_000);
    return { atMs: between(random, 600, lifeMs - 30_000), kind: 'time service lost', forMs };
  });

/** A PIN costs real time: scrypt. */
const pinsMax = 2;

/** Wristbands all day, one lost and one of somebody who leaves; a few PINs, right and wrong. */
const withoutPhones = (random: Random): readonly Step[] => {
  const carried = ['keeps', 'loses', 'loses', 'leaves'] as const;
  const held = Array.from({ length: between(random, 4, 10) }, (): Step => {
    const atMs = between(random, 3_000, lifeMs - 4_000);
    const pad = random.below(4) === 0 ? 'lab' : 'gate';
    return { atMs, kind: 'hold', bearer: oneOf(random, carried), pad, isWrong: false };
  });
  const typed = Array.from({ length: random.below(pinsMax + 1) }, (): Step => {
    const atMs = between(random, 3_000, lifeMs - 4_000);
    return { atMs, kind: 'hold', bearer: 'types', pad: 'gate', isWrong: random.below(3) === 0 };
  });
  const ends: readonly Step[] = [
    { atMs: between(random, 20_000, lifeMs - 20_000), kind: 'revoke uid' },
    { atMs: between(random, 20_000, lifeMs - 20_000), kind: 'end card' },
  ];
  return [...held, ...typed, ...ends.filter(() => random.below(3) > 0)];
};
