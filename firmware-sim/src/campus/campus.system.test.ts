import { loadCatalogue } from '@gatehouse/device-profiles';
import type { Catalogue } from '@gatehouse/device-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatabases } from './adapters/databases.ts';
import type { CampusDatabases } from './adapters/databases.ts';
import { runCampus } from './campus.ts';
import type { CampusResult } from './campus.ts';
import { neighbour, place } from './places.ts';
import { makePlan } from './plan.ts';
import type { Plan } from './plan.ts';
import { cases } from './testing/breakages.ts';
import type { Breakage } from './world.ts';

let databases: CampusDatabases | undefined;
let catalogue: Catalogue = new Map();
beforeAll(async () => {
  catalogue = await loadCatalogue();
  databases = await startDatabases();
});
afterAll(async () => {
  await databases?.stop();
});

const run = async (plan: Plan, breakage: Breakage = {}): Promise<CampusResult> => {
  if (databases === undefined) throw new Error('no databases');
  const database = await databases.create();
  try {
    return await runCampus({ plan, database, catalogue, breakage });
  } finally {
    await database.remove();
  }
};

/** Long enough for every checker to see something: passes in and out, a coil, a cut, a replay. */
const shortDay: Plan = {
  seed: 4711,
  lifeMs: 52_000,
  broker: 'external',
  authority: 'gw-gym',
  tellsTime: false,
  weather: { lost: 0, doubled: 0, overtakeMsMax: 0, delayMsMax: 20 },
  steps: [
    { atMs: 20_000, kind: 'coil on', side: 'entry' },
    { atMs: 33_000, kind: 'visit', person: 1, side: 'entry', code: 'fresh', walks: true },
    { atMs: 36_000, kind: 'visit', person: 2, side: 'exit', code: 'expired', walks: true },
    { atMs: 39_000, kind: 'visit', person: 3, side: 'entry', code: 'fresh', walks: true },
    { atMs: 37_500, kind: 'visit next door', person: 4, code: 'fresh' },
    { atMs: 41_000, kind: 'visit', person: 4, side: 'entry', code: 'used', walks: false },
    { atMs: 42_000, kind: 'power cut', moment: 'now', card: 'honest', offMs: 500 },
    { atMs: 47_000, kind: 'visit', person: 0, side: 'entry', code: 'opened', walks: false },
  ],
};

describe('a simulated campus', () => {
  it('holds everything on a short day', async () => {
    const { faults, decisions } = await run(shortDay);
    expect(faults).toEqual([]);
    // Two on that day, four after it, by phone, wristband and PIN; one had opened next door, and
    // the code that had opened here already asks for the next one.
    const refused = { show_next_code: 1, used: 1, wrong_pin: 1 };
    expect(decisions).toEqual({ exit_expired: 1, granted: 6, ...refused });
  });

  it('knows a used pass by its mark alone, fence or no fence', async () => {
    const breakage: Breakage = {
      journal: (port) => ({
        ...port,
        open: async () => ({ ...(await port.open()), clean: true, fenceMs: 0 }),
      }),
    };
    const { faults, decisions } = await run(shortDay, breakage);
    expect(faults).toEqual([]);
    expect(decisions).toEqual({ exit_expired: 1, granted: 6, used: 2, wrong_pin: 1 });
  });

  it.each([
    { tellsTime: false, unsure: true },
    { tellsTime: true, unsure: false },
  ])('opens without a time service, by signed time: $tellsTime', async ({ tellsTime, unsure }) => {
    const lost = { atMs: 1_000, kind: 'time service lost', forMs: shortDay.lifeMs } as const;
    const steps = [lost, ...shortDay.steps];
    const { faults, counts, decisions } = await run({ ...shortDay, tellsTime, steps });
    expect(faults).toEqual([]);
    expect(decisions['granted']).toBe(6);
    expect((counts['decided in holdover'] ?? 0) > 0).toBe(unsure);
    expect(counts['decided in untrusted']).toBeUndefined();
  });

  it('makes the same trace to the byte from the same seed', async () => {
    const first = await run(makePlan(7));
    const second = await run(makePlan(7));
    expect(second.lines).toEqual(first.lines);
    expect(second.traceHash).toBe(first.traceHash);
    expect(second).toEqual(first);
  });

  it('makes another trace from another seed', async () => {
    const [first, second] = [await run(makePlan(1)), await run(makePlan(2))];
    expect(second.traceHash).not.toBe(first.traceHash);
  });
});

describe('each checker sees', () => {
  it.each(cases)('$what', async ({ breakage, seenBy, isAuthority = false }) => {
    const authority = isAuthority ? place.gateway : neighbour.gateway;
    const { faults } = await run({ ...shortDay, authority }, breakage());
    expect(faults.map(({ checker }) => checker)).toContain(seenBy);
  });
});
