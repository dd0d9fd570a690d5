import type { AffiliationKind } from '@gatehouse/protocols';
import { appendFeed } from '../../feed/feed.ts';
import type { Queryable } from '../../ports.ts';
import { campusPlan } from './campus-plan.ts';
import type { CampusPlan, CampusSize, SeedPerson } from './campus-plan.ts';
import { insertRows } from './insert-rows.ts';
import { seedCards } from './seed-cards.ts';
import { seedFace } from './seed-face.ts';
import { seedWithoutPhones } from './seed-without-phones.ts';

/** Rows in one statement: 140,000 people must not become one parameter of many megabytes. */
const rowsMax = 5_000;

/**
 * Fills an empty database with the demo campus. A database that has a site keeps what it has, so a
 * second start changes nothing, and a card that was frozen stays frozen.
 * @param at.nowMs unix milliseconds, of the entry in the feed
 * @returns whether anything was written
 */
export const seedCampus = async (
  tx: Queryable,
  size: CampusSize,
  at: { readonly nowMs: number },
): Promise<boolean> => {
  // Two processes that start at once stand in line here; the lock ends with the transaction.
  await tx.query('lock table site in share row exclusive mode');
  const [held] = await tx.query('select id from site limit 1');
  if (held !== undefined) return false;
  const plan = campusPlan(size);
  await insertPlaces(tx, plan);
  await insertAccess(tx, plan);
  for (let from = 0; from < plan.people.length; from += rowsMax) {
    await insertPeople(tx, plan.people.slice(from, from + rowsMax));
  }
  await seedCards(tx, plan, { seed: size.seed, nowMs: at.nowMs });
  await seedWithoutPhones(tx, plan, { seed: size.seed, nowMs: at.nowMs });
  await seedFace(tx, at.nowMs);
  await appendFeed(tx, at.nowMs, {
    kind: 'domain',
    name: 'campus.seeded',
    subject: plan.site.id,
    data: { people: plan.people.length },
  });
  return true;
};

const insertPlaces = async (tx: Queryable, plan: CampusPlan): Promise<void> => {
  const { site } = plan;
  await insertRows(tx, 'site', [
    {
      id: site.id,
      campus: site.campus,
      name_zh: site.name.zh,
      name_en: site.name.en,
      zone: site.zone,
      colour: site.colour,
    },
  ]);
  const named = (name: { readonly zh: string; readonly en: string }) => ({
    name_zh: name.zh,
    name_en: name.en,
  });
  await insertRows(
    tx,
    'building',
    plan.buildings.map(({ id, name }, sort) => ({ id, site: site.id, ...named(name), sort })),
  );
  await insertRows(
    tx,
    'gateway',
    plan.gateways.map(({ id, building, name }) => ({ id, building, ...named(name) })),
  );
  await insertRows(
    tx,
    'door',
    plan.doors.map(({ name, unlockMs, ...door }, sort) => ({
      ...door,
      ...named(name),
      unlock_ms: unlockMs,
      sort,
    })),
  );
  await insertRows(
    tx,
    'device',
    plan.devices.map(({ name, ...device }) => ({ ...device, ...named(name) })),
  );
};

const insertAccess = async (tx: Queryable, plan: CampusPlan): Promise<void> => {
  await insertRows(
    tx,
    'schedule',
    plan.schedules.map(({ id, windows }) => ({ id, windows })),
  );
  await insertRows(
    tx,
    'rule',
    plan.rules.map(({ id, group, door, schedule }) => ({ id, group, door, schedule })),
  );
};

const kindsThatEnd: ReadonlySet<AffiliationKind> = new Set(['student', 'visitor']);

const insertPeople = async (tx: Queryable, people: readonly SeedPerson[]): Promise<void> => {
  await insertRows(
    tx,
    'person',
    people.map(({ id, name, role }) => ({ id, name_zh: name.zh, name_en: name.en, role })),
  );
  const held = people.flatMap(({ id: person, sponsor, more, ...first }) =>
    [first, ...more].map((as) => ({ ...as, person, sponsor })),
  );
  await insertRows(
    tx,
    'affiliation',
    held.map(({ person, affiliationId: id, affiliation: kind, unit, sponsor, card }) => ({
      ...{ id, person, kind, unit_zh: unit.zh, unit_en: unit.en, sponsor },
      valid_from: new Date(card.validFrom).toISOString(),
      valid_to: kindsThatEnd.has(kind) ? new Date(card.validTo).toISOString() : null,
    })),
  );
  await insertRows(
    tx,
    'card',
    held.map(({ person, affiliationId: affiliation, card }) => ({
      id: card.id,
      ...{ person, affiliation },
      number: card.number,
      state: 'active',
      valid_from: new Date(card.validFrom).toISOString(),
      valid_to: new Date(card.validTo).toISOString(),
    })),
  );
  await insertRows(
    tx,
    'member',
    held.flatMap(({ card }) => card.groups.map((group) => ({ group, card: card.id }))),
  );
};
