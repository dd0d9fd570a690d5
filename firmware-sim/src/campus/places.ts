import { appendFeed } from '@gatehouse/cloud';
import type { Database, Queryable } from '@gatehouse/cloud';
import { uuidv7 } from '@gatehouse/protocols';
import { createRandom, seedFor } from '../devices/random.ts';
import { publicKeyOf, secretOf } from './signing.ts';

/** One site, one gateway, one turnstile with a scanner on each side. */
export const place = {
  campus: 'east-lake',
  gateway: 'gw-library',
  door: 'east-gate-1',
  unlockMs: 3_000,
  /** Monday 7 September 2026, 08:00 in Shanghai. */
  startMs: Date.UTC(2026, 8, 7, 0, 0, 0),
  devices: [
    { id: 'east-gate-1-turnstile', profile: 'gatehouse-turnstile-t1', side: undefined },
    { id: 'east-gate-1-in', profile: 'gatehouse-scanner-s1', side: 'entry' },
    { id: 'east-gate-1-out', profile: 'gatehouse-scanner-s1', side: 'exit' },
  ],
} as const;

export type Person = {
  readonly id: string;
  readonly card: string;
  /** 16 hex digits. */
  readonly credential: string;
  /** Ed25519 seed, hex. */
  readonly secret: string;
  /** `newcomer`: enrolled while the campus runs. `stranger`: never. */
  readonly kind: 'student' | 'visitor' | 'newcomer' | 'stranger';
};

const kinds: readonly Person['kind'][] = [
  ...Array.from({ length: 6 }, () => 'student' as const),
  'visitor',
  'newcomer',
  'stranger',
];

/** The same people for the same seed. A visitor has a card and no right here. */
export const peopleOf = (seed: number): readonly Person[] =>
  kinds.map((kind, i) => {
    const random = createRandom(seedFor(seed, `person ${i}`));
    const uuid = (): string => uuidv7(place.startMs - 1000 + i, random.bytes(10));
    const credential = Buffer.from(random.bytes(8)).toString('hex');
    const secret = secretOf(`phone ${seed} ${i}`);
    return { id: uuid(), card: uuid(), credential, secret, kind };
  });

const dayMs = 24 * 3600 * 1000;

const insertPlaces = async (tx: Queryable): Promise<void> => {
  const { campus, gateway, door, unlockMs, devices } = place;
  await tx.query(
    `insert into site (id, campus, name_zh, name_en, zone)
     values ('east', $1, 'East', 'East', 'Asia/Shanghai')`,
    [campus],
  );
  await tx.query(
    `insert into building (id, site, name_zh, name_en, sort)
     values ('library', 'east', 'Library', 'Library', 1)`,
  );
  await tx.query(
    `insert into gateway (id, building, name_zh, name_en) values ($1, 'library', $1, $1)`,
    [gateway],
  );
  await tx.query(
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     values ($1, 'library', $2, 'gate', $1, $1, $3, true, 1)`,
    [door, gateway, unlockMs],
  );
  for (const { id, profile, side } of devices) {
    await tx.query(
      `insert into device (id, gateway, door, profile, side, name_zh, name_en)
       values ($1, $2, $3, $4, $5, $1, $1)`,
      [id, gateway, door, profile, side],
    );
  }
  const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 * 60 }];
  await tx.query(`insert into schedule (id, windows) values ('always', $1)`, [
    JSON.stringify(always),
  ]);
  await tx.query(
    `insert into rule (id, "group", door, schedule) values ('students', 'students', $1, 'always')`,
    [door],
  );
};

const insertPerson = async (tx: Queryable, { id, card, kind }: Person): Promise<void> => {
  await tx.query(
    `insert into person (id, name_zh, name_en, affiliation, unit_zh, unit_en)
     values ($1, $2, $2, 'student', '', '')`,
    [id, kind],
  );
  await tx.query(
    `insert into card (id, person, number, state, valid_from, valid_to)
     values ($1, $2, $3, 'active', $4, $5)`,
    [card, id, id, new Date(place.startMs - dayMs), new Date(place.startMs + dayMs)],
  );
  await tx.query('insert into member ("group", card) values ($1, $2)', [
    kind === 'visitor' ? 'visitors' : 'students',
    card,
  ]);
};

const insertCredential = async (tx: Queryable, person: Person, atMs: number): Promise<void> => {
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2, 'EdDSA', $3, $4)`,
    [person.credential, person.card, Buffer.from(publicKeyOf(person.secret)), new Date(atMs)],
  );
};

export const seedPlaces = (database: Database, people: readonly Person[]): Promise<void> =>
  database.transaction(async (tx) => {
    await insertPlaces(tx);
    for (const person of people) {
      if (person.kind === 'stranger') continue;
      await insertPerson(tx, person);
      if (person.kind !== 'newcomer') await insertCredential(tx, person, place.startMs);
    }
  });

/** As the phone page does it: the key, and the word of it in the feed, in one transaction. */
export const enrol = (database: Database, person: Person, atMs: number): Promise<void> =>
  database.transaction(async (tx) => {
    await insertCredential(tx, person, atMs);
    const data = { card: person.card, person: person.id };
    const subject = person.credential;
    await appendFeed(tx, atMs, { kind: 'domain', name: 'credential.enrolled', subject, data });
  });
