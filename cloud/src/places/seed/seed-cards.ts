import { slotsOfToday } from '../../cards/desk-slots.ts';
import type { Queryable } from '../../ports.ts';
import type { CampusPlan, SeedPerson } from './campus-plan.ts';
import { demoBookings, demoDesk } from './desk.table.ts';
import { insertRows } from './insert-rows.ts';
import { demoCharges, demoGuardians } from './people.table.ts';
import { seededUuid } from './seeded-ids.ts';

export type SeedMoment = { readonly seed: number; readonly nowMs: number };

/** The first of a name: the demo's own people come before those who are drawn. */
const named = ({ people }: CampusPlan, name: string): SeedPerson => {
  const found = people.find((person) => person.name.en === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
};

const bookingsOfToday = (plan: CampusPlan, { seed, nowMs }: SeedMoment) => {
  const hours = {
    zone: plan.site.zone,
    windows: demoDesk.windows.map(({ days, ...window }) => ({ days: [...days], ...window })),
    slotMinutes: demoDesk.slot_minutes,
    capacity: demoDesk.capacity,
  };
  const slots = slotsOfToday(hours, nowMs);
  const next = slots.filter((atMs) => atMs >= nowMs);
  // Late in the day the queue is of the last slots, so that there is one to look at.
  const shown = next.length < demoBookings.length ? slots.slice(-demoBookings.length) : next;
  return demoBookings.flatMap(({ name, why }, i) => {
    const atMs = shown[i];
    if (atMs === undefined) return [];
    return [
      {
        id: seededUuid(seed, `booking/${name}`, nowMs),
        desk: demoDesk.id,
        card: named(plan, name).card.id,
        at: new Date(atMs).toISOString(),
        why,
        state: 'open',
        made_at: new Date(nowMs).toISOString(),
      },
    ];
  });
};

/** Who answers for whom, the card desk, and today's queue before it. */
export const seedCards = async (
  tx: Queryable,
  plan: CampusPlan,
  moment: SeedMoment,
): Promise<void> => {
  await insertRows(
    tx,
    'charge',
    demoCharges.map(({ warden, group }) => ({ person: named(plan, warden).id, group })),
  );
  await insertRows(
    tx,
    'guardian_link',
    demoGuardians.map(({ guardian, child }) => ({
      guardian: named(plan, guardian).id,
      child: named(plan, child).id,
    })),
  );
  await insertRows(tx, 'desk', [demoDesk]);
  await insertRows(tx, 'desk_booking', bookingsOfToday(plan, moment));
};
