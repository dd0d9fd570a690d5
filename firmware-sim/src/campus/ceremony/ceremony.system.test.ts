import { loadCatalogue } from '@gatehouse/device-profiles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDatabases } from '../adapters/databases.ts';
import type { CampusDatabases } from '../adapters/databases.ts';
import { runCeremony } from './ceremony.ts';
import type { Ceremony } from './venue.ts';

let databases: CampusDatabases | undefined;
beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(async () => {
  await databases?.stop();
});

/** The whole one, with a twentieth of the people and a quarter of the gateways. */
const smallCeremony: Ceremony = {
  ...{ seed: 1, people: 400, gateways: 2, lanesEach: 4, openMs: 150_000 },
  cut: { atMs: 30_000, forMs: 60_000 },
};

describe('a small ceremony', () => {
  it('lets everybody in once, a part of the time without the cloud', async () => {
    if (databases === undefined) throw new Error('no databases');
    const { people, gateways, lanesEach } = smallCeremony;
    const database = await databases.create();
    const { faults, figures } = await runCeremony({
      ...{ ceremony: smallCeremony, database, catalogue: await loadCatalogue() },
    });
    await database.remove();
    expect(faults).toEqual([]);
    expect(figures['people']).toBe(people);
    expect(figures['lanes']).toBe(gateways * lanesEach);
    expect(figures['codesShared']).toBe(10);
    // Each of those codes opened at one of the two gates.
    expect(figures['grants']).toBe(people + (figures['codesSharedOpened'] ?? 0));
    expect(figures['eventsOwedAfterCut']).toBeGreaterThan(people / 4);
    expect(figures['unlockP99Ms']).toBeLessThan(500);
  }, 240_000);
});
