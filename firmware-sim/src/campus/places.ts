import { appendFeed } from '@gatehouse/cloud';
import type { Database, Queryable } from '@gatehouse/cloud';
import { toBase64Url, uuidv7 } from '@gatehouse/protocols';
import type { PolicyRow, PolicyRowOf } from '@gatehouse/protocols';
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

/** Heads for wristbands, cards and PINs: beside the gate, and where they are not enough. */
export const pads = {
  profile: 'gatehouse-reader-r1',
  gate: { id: 'east-gate-1-pad', door: place.door, port: 'head-pad-gate' },
  lab: { id: 'library-lab-pad', door: 'library-lab', port: 'head-pad-lab' },
} as const;
export type PadName = 'gate' | 'lab';

/** Next door: another gateway of the same claim group, whose cable to the cloud was never laid. */
export const neighbour = {
  gateway: 'gw-gym',
  door: 'gym-gate-1',
  devices: [
    { id: 'gym-gate-1-turnstile', profile: 'gatehouse-turnstile-t1', side: undefined },
    { id: 'gym-gate-1-in', profile: 'gatehouse-scanner-s1', side: 'entry' },
    { id: 'gym-gate-1-out', profile: 'gatehouse-scanner-s1', side: 'exit' },
  ],
} as const;

/** What a box has to drive. */
export type BoxPlace = Pick<typeof place | typeof neighbour, 'gateway' | 'door' | 'devices'>;

/** Who is asked whether a pass was used. */
export type Authority = typeof place.gateway | typeof neighbour.gateway;

const groupOf = (authority: Authority): PolicyRowOf<'claim'> => ({
  ...{ section: 'claim', id: 'east', authority, host: 'campus', port: 8884 },
  members: [neighbour.gateway, place.gateway],
});

export type Person = {
  readonly id: string;
  readonly card: string;
  /** 16 hex digits. */
  readonly credential: string;
  /** Ed25519 seed, hex. */
  readonly secret: string;
  /** `newcomer`: enrolled while the campus runs. `stranger`: never. */
  /** `bearer`: never had a phone; comes by a wristband, a card or a PIN. */
  readonly kind: 'student' | 'visitor' | 'newcomer' | 'stranger' | 'bearer';
  /** What opens for a bearer. */
  readonly uid: string;
};

/** Bearers, by what happens to them: one of them types a PIN. */
export const bearers = { keeps: 9, loses: 10, leaves: 11, types: 12 } as const;
export type Bearer = keyof typeof bearers;

/** What that one types; the hash is scrypt(PIN, salt) with the parameters of `pinScrypt`. */
export const bearerPin = {
  number: '240007',
  pin: '246813',
  salt: 'east-lake-240007',
  hash: '5764f2d34963c9b0d5c5537c704eb5b7e0c80a04ac2bce2d2faaacb3198a9b22',
} as const;

const kinds: readonly Person['kind'][] = [
  ...Array.from({ length: 6 }, () => 'student' as const),
  'visitor',
  'newcomer',
  'stranger',
  ...Array.from({ length: 4 }, () => 'bearer' as const),
];

/** The same people for the same seed. A visitor has a card and no right here. */
export const peopleOf = (seed: number): readonly Person[] =>
  kinds.map((kind, i) => {
    const random = createRandom(seedFor(seed, `person ${i}`));
    const uuid = (): string => uuidv7(place.startMs - 1000 + i, random.bytes(10));
    const credential = Buffer.from(random.bytes(8)).toString('hex');
    const secret = secretOf(`phone ${seed} ${i}`);
    const [id, card] = [uuid(), uuid()];
    // NXP's prefix: a UID that stays the same.
    const uid = `04${Buffer.from(random.bytes(6)).toString('hex').toUpperCase()}`;
    return { id, card, credential, secret, kind, uid };
  });

const dayMs = 24 * 3600 * 1000;
const always = [{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 * 60 }];

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
  await insertPads(tx);
  await tx.query(`insert into schedule (id, windows) values ('always', $1)`, [
    JSON.stringify(always),
  ]);
  await tx.query(
    `insert into rule (id, "group", door, schedule)
     values ('students', 'students', $1, 'always'), ('lab', 'students', $2, 'always')`,
    [door, pads.lab.door],
  );
};

const insertPads = async (tx: Queryable): Promise<void> => {
  await tx.query(
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     values ($1, 'library', $2, 'lab', $1, $1, $3, false, 2)`,
    [pads.lab.door, place.gateway, place.unlockMs],
  );
  for (const { id, door } of [pads.gate, pads.lab]) {
    await tx.query(
      `insert into device (id, gateway, door, profile, side, name_zh, name_en)
       values ($1, $2, $3, $4, 'entry', $1, $1)`,
      [id, place.gateway, door, pads.profile],
    );
  }
};

/** What a bearer carries, or types. */
const insertMeans = async (
  tx: Queryable,
  { card, uid }: Person,
  isTyped: boolean,
): Promise<void> => {
  const since = new Date(place.startMs - dayMs);
  if (!isTyped) {
    await tx.query(
      `insert into uid (id, uid, card, kind, since) values ($1, $2, $1, 'wristband', $3)`,
      [card, uid, since],
    );
    return;
  }
  const { number, salt, hash } = bearerPin;
  await tx.query('insert into pin (card, number, salt, hash, since) values ($1, $2, $3, $4, $5)', [
    ...[card, number, Buffer.from(salt), Buffer.from(hash, 'hex'), since],
  ]);
};

const insertGroup = async (tx: Queryable, authority: Authority): Promise<void> => {
  const { id, host, port, members } = groupOf(authority);
  await tx.query(
    `insert into gateway (id, building, name_zh, name_en) values ($1, 'library', $1, $1)`,
    [neighbour.gateway],
  );
  await tx.query(
    `insert into claim_group (id, site, authority, host, port) values ($1, 'east', $2, $3, $4)`,
    [id, authority, host, port],
  );
  await tx.query(`insert into claim_member (gateway, "group") select unnest($1::text[]), $2`, [
    members,
    id,
  ]);
};

/** What the neighbour was given on a stick: as the cloud would sign it, once and for the day. */
export const neighbourRows = (
  people: readonly Person[],
  authority: Authority,
): readonly PolicyRow[] => {
  const { door } = neighbour;
  const known = people.filter(({ kind }) => kind === 'student' || kind === 'visitor');
  const names = { nameZh: door, nameEn: door, unlockMs: place.unlockMs };
  return [
    { section: 'site', campus: place.campus, site: 'east', zone: 'Asia/Shanghai' },
    { section: 'door', id: door, class: 'gate', ...names },
    { section: 'schedule', id: 'always', windows: [...always] },
    { section: 'rule', id: 'students', group: 'students', door, schedule: 'always' },
    groupOf(authority),
    ...known.flatMap(({ id: person, card, credential, secret, kind }): readonly PolicyRow[] => [
      {
        ...{ section: 'card', id: card, person, groups: [groupName(kind)] },
        ...{ validFrom: place.startMs - dayMs, validTo: place.startMs + dayMs },
      },
      {
        ...{ section: 'credential', id: credential, card, alg: 'EdDSA' },
        key: toBase64Url(publicKeyOf(secret)),
      },
    ]),
  ];
};

const groupName = (kind: Person['kind']): string => (kind === 'visitor' ? 'visitors' : 'students');

const insertPerson = async (tx: Queryable, { id, card, kind }: Person): Promise<void> => {
  await tx.query(`insert into person (id, name_zh, name_en) values ($1, $2, $2)`, [id, kind]);
  await tx.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
     values ($1, $1, 'student', '', '', $2)`,
    [id, new Date(place.startMs - dayMs)],
  );
  await tx.query(
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
     values ($1, $2, $2, $3, 'active', $4, $5)`,
    [card, id, id, new Date(place.startMs - dayMs), new Date(place.startMs + dayMs)],
  );
  await tx.query('insert into member ("group", card) values ($1, $2)', [groupName(kind), card]);
};

const insertCredential = async (tx: Queryable, person: Person, atMs: number): Promise<void> => {
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2, 'EdDSA', $3, $4)`,
    [person.credential, person.card, Buffer.from(publicKeyOf(person.secret)), new Date(atMs)],
  );
};

export const seedPlaces = (
  database: Database,
  people: readonly Person[],
  authority: Authority,
): Promise<void> =>
  database.transaction(async (tx) => {
    await insertPlaces(tx);
    await insertGroup(tx, authority);
    for (const [i, person] of people.entries()) {
      if (person.kind === 'stranger') continue;
      await insertPerson(tx, person);
      if (person.kind === 'bearer') {
        await insertMeans(tx, person, i === bearers.types);
        continue;
      }
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
