import type { Database, Queryable } from '@gatehouse/cloud';
import type { GatewayConfig } from '@gatehouse/gateway';
import { uuidv7 } from '@gatehouse/protocols';
import { createRandom, seedFor } from '../../devices/random.ts';
import { scannerProfile, turnstileProfile } from '../hardware.ts';
import { place } from '../places.ts';
import type { Person } from '../places.ts';
import { publicKeyOf, secretOf } from '../signing.ts';

/** How many come, through how many lanes, and when the cloud is away (virtual ms of the doors). */
export type Ceremony = {
  readonly seed: number;
  readonly people: number;
  readonly gateways: number;
  readonly lanesEach: number;
  /** Within which all of them must be through. */
  readonly openMs: number;
  readonly cut: { readonly atMs: number; readonly forMs: number };
};

/** 7,799 people in ten minutes, three of them without the cloud. */
export const wholeCeremony = (seed: number): Ceremony => ({
  ...{ seed, people: 7_799, gateways: 8, lanesEach: 4, openMs: 600_000 },
  cut: { atMs: 200_000, forMs: 180_000 },
});

export type LanePlace = { readonly gateway: string; readonly door: string; readonly port: string };

/** Each lane is a door with a turnstile of its own and one head, on the way in. */
export const lanesOf = ({ gateways, lanesEach }: Ceremony): readonly LanePlace[] =>
  Array.from({ length: gateways }, (_, g) =>
    Array.from({ length: lanesEach }, (__, lane) => ({
      gateway: `gw-hall-${g + 1}`,
      door: `hall-${g + 1}-lane-${lane + 1}`,
      port: `lane-${lane + 1}`,
    })),
  ).flat();

type LaneDevice = GatewayConfig['devices'][number];

export const turnstilePort = ({ port }: LanePlace): string => `${port}-turnstile`;

export const laneDevices = (lane: LanePlace): readonly LaneDevice[] => {
  const { door, port } = lane;
  return [
    { id: `${door}-t`, profile: turnstileProfile, door, port: turnstilePort(lane), unit: 1 },
    { id: `${door}-in`, profile: scannerProfile, door, port, side: 'entry' },
  ];
};

export const guestsOf = ({ seed, people }: Ceremony): readonly Person[] =>
  Array.from({ length: people }, (_, i) => {
    const random = createRandom(seedFor(seed, `guest ${i}`));
    const uuid = (): string => uuidv7(place.startMs - 1000, random.bytes(10));
    const credential = Buffer.from(random.bytes(8)).toString('hex');
    const secret = secretOf(`guest ${seed} ${i}`);
    return { id: uuid(), card: uuid(), credential, secret, kind: 'student', uid: '' };
  });

const dayMs = 24 * 3600 * 1000;
const windows = JSON.stringify([{ days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 * 60 }]);

/** One site, one hall, one claim group whose first member is the authority. */
export const seedVenue = (
  database: Database,
  lanes: readonly LanePlace[],
  guests: readonly Person[],
): Promise<void> =>
  database.transaction(async (tx) => {
    await insertHall(tx, lanes);
    await insertGuests(tx, guests);
  });

const insertHall = async (tx: Queryable, lanes: readonly LanePlace[]): Promise<void> => {
  const gateways = [...new Set(lanes.map(({ gateway }) => gateway))];
  const doors = lanes.map(({ door }) => door);
  await tx.query(
    `insert into site (id, campus, name_zh, name_en, zone)
     values ('east', $1, 'East', 'East', 'Asia/Shanghai')`,
    [place.campus],
  );
  await tx.query(
    `insert into building (id, site, name_zh, name_en, sort)
     values ('hall', 'east', 'Hall', 'Hall', 1)`,
  );
  await tx.query(
    `insert into gateway (id, building, name_zh, name_en)
     select id, 'hall', id, id from unnest($1::text[]) as id`,
    [gateways],
  );
  await tx.query(
    `insert into door (id, building, gateway, class, name_zh, name_en, unlock_ms, counts, sort)
     select id, 'hall', gateway, 'gate', id, id, $3, true, 1
     from unnest($1::text[], $2::text[]) as t (id, gateway)`,
    [doors, lanes.map(({ gateway }) => gateway), place.unlockMs],
  );
  for (const lane of lanes) {
    for (const { id, profile, side } of laneDevices(lane)) {
      await tx.query(
        `insert into device (id, gateway, door, profile, side, name_zh, name_en)
         values ($1, $2, $3, $4, $5, $1, $1)`,
        [id, lane.gateway, lane.door, profile, side],
      );
    }
  }
  await tx.query(`insert into schedule (id, windows) values ('always', $1)`, [windows]);
  await tx.query(
    `insert into rule (id, "group", door, schedule)
     select 'guests-' || id, 'guests', id, 'always' from unnest($1::text[]) as id`,
    [doors],
  );
  await tx.query(
    `insert into claim_group (id, site, authority, host, port)
     values ('east', 'east', $1, 'campus', 8884)`,
    [gateways[0]],
  );
  await tx.query(`insert into claim_member (gateway, "group") select unnest($1::text[]), 'east'`, [
    gateways,
  ]);
};

const insertGuests = async (tx: Queryable, guests: readonly Person[]): Promise<void> => {
  const ids = guests.map(({ id }) => id);
  const cards = guests.map(({ card }) => card);
  await tx.query(
    `insert into person (id, name_zh, name_en)
     select id, 'guest', 'guest' from unnest($1::uuid[]) as id`,
    [ids],
  );
  await tx.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
     select id, id, 'student', '', '', $2 from unnest($1::uuid[]) as id`,
    [ids, new Date(place.startMs - dayMs)],
  );
  await tx.query(
    `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
     select card, id, id, id::text, 'active', $3, $4
     from unnest($1::uuid[], $2::uuid[]) as t (id, card)`,
    [ids, cards, new Date(place.startMs - dayMs), new Date(place.startMs + dayMs)],
  );
  await tx.query(`insert into member ("group", card) select 'guests', unnest($1::uuid[])`, [cards]);
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at)
     select id, card, 'EdDSA', decode(key, 'hex'), $4
     from unnest($1::text[], $2::uuid[], $3::text[]) as t (id, card, key)`,
    [
      guests.map(({ credential }) => credential),
      cards,
      guests.map(({ secret }) => Buffer.from(publicKeyOf(secret)).toString('hex')),
      new Date(place.startMs),
    ],
  );
};
