import type { Queryable } from '../../ports.ts';
import type { CampusPlan } from './campus-plan.ts';
import { insertRows } from './insert-rows.ts';
import { seededUuid } from './seeded-ids.ts';
import { demoPins, demoUids } from './without-phones.table.ts';

const cardOf = ({ people }: CampusPlan, name: string): string => {
  const found = people.find((person) => person.name.en === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found.card.id;
};

/** A column of bytes as JSON carries it into PostgreSQL. */
const bytea = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

/** Wristbands, cards and PINs of people who come without a phone. */
export const seedWithoutPhones = async (
  tx: Queryable,
  plan: CampusPlan,
  { seed, nowMs }: { readonly seed: number; readonly nowMs: number },
): Promise<void> => {
  const since = new Date(nowMs).toISOString();
  await insertRows(
    tx,
    'uid',
    demoUids.map(({ name, uid, kind }) => ({
      id: seededUuid(seed, `uid/${uid}`, nowMs),
      ...{ uid, card: cardOf(plan, name), kind, since },
    })),
  );
  await insertRows(
    tx,
    'pin',
    demoPins.map(({ name, number, salt, hash }) => ({
      card: cardOf(plan, name),
      number,
      salt: bytea(Buffer.from(salt)),
      hash: bytea(Buffer.from(hash, 'hex')),
      since,
    })),
  );
};
