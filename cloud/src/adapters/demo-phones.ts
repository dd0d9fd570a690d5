import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { fromBase64Url } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import type { CampusPlan, SeedPerson } from '../places/seed/campus-plan.ts';
import {
  cardReaderProfile,
  demoPins,
  demoUids,
  doorsWithCardReader,
} from '../places/seed/without-phones.table.ts';

/**
 * Phones of the demo people whom nobody plays: their keys follow from the seed, so that the
 * simulator can hold them and the database knows them. Of demo campuses only.
 */
export type DemoPhone = {
  readonly person: string;
  readonly card: string;
  /** 16 hex digits. */
  readonly credential: string;
  /** Ed25519 seed, 32 bytes, hex. */
  readonly secret: string;
};

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** PKCS #8 of an Ed25519 key (RFC 8410 §7), up to its 32 bytes. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

const phoneOf = (seed: number, { id, card }: SeedPerson): DemoPhone => ({
  person: id,
  card: card.id,
  credential: hash(`demo credential ${seed} ${card.id}`).subarray(0, 8).toString('hex'),
  secret: hash(`demo phone ${seed} ${card.id}`).toString('hex'),
});

const hasPhone = ({ role, card }: SeedPerson): boolean =>
  role === null && !card.groups.includes('pupils');

/** The people whom the chooser does not offer, and who are no children. */
export const demoPhones = (seed: number, plan: CampusPlan): readonly DemoPhone[] =>
  plan.people.filter(hasPhone).map((person) => phoneOf(seed, person));

/** What others hold before the readers for cards, or type there. */
const presentedAt = (plan: CampusPlan) => {
  const doorsOf = (name: string): readonly string[] => {
    const groups = plan.people.find((person) => person.name.en === name)?.card.groups ?? [];
    const mine = plan.rules.filter(({ group }) => groups.includes(group));
    return doorsWithCardReader.filter((id) => mine.some(({ door }) => door === id));
  };
  return [
    ...demoUids.map(({ name, uid }) => ({ present: { uid }, doors: doorsOf(name) })),
    ...demoPins.map(({ name, number, pin }) => ({
      present: { text: `${number}${pin}#` },
      doors: doorsOf(name),
    })),
  ];
};

/** Raw Ed25519 public key, 32 bytes. */
export const demoPublicKey = ({ secret }: DemoPhone): Uint8Array => {
  const der = Buffer.concat([pkcs8Head, Buffer.from(secret, 'hex')]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return fromBase64Url(x) ?? new Uint8Array();
};

/** Enrols them in the transaction that seeds the campus. */
export const enrolDemoPhones = async (
  tx: Queryable,
  phones: readonly DemoPhone[],
  nowMs: number,
): Promise<void> => {
  const columns = [
    phones.map(({ credential }) => credential),
    phones.map(({ card }) => card),
    phones.map((phone) => Buffer.from(demoPublicKey(phone)).toString('hex')),
  ];
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at)
     select id, card, 'EdDSA', decode(key, 'hex'), $4
     from unnest($1::text[], $2::uuid[], $3::text[]) as phone (id, card, key)`,
    [...columns, new Date(nowMs)],
  );
};

/** This one's phone has been lying in a drawer: the settings page has something to show. */
const forgottenForMs = 6 * 24 * 60 * 60 * 1000;

/**
 * Nobody opens a page on these phones, so each start counts as being seen; all but the first, which
 * is about to lapse.
 */
export const keepDemoPhones = async (
  tx: Queryable,
  phones: readonly DemoPhone[],
  { nowMs, isNew }: { readonly nowMs: number; readonly isNew: boolean },
): Promise<void> => {
  const [forgotten, ...kept] = phones.map(({ credential }) => credential);
  await tx.query(
    `update credential set seen_at = $2, lapses_at = null, lapse_told = 0
     where id = any ($1) and revoked_at is null`,
    [kept, new Date(nowMs)],
  );
  if (!isNew || forgotten === undefined) return;
  await tx.query('update credential set seen_at = $2 where id = $1', [
    forgotten,
    new Date(nowMs - forgottenForMs),
  ]);
};

/** The campus as its simulator needs it, phones included: what `main.ts plan` prints. */
export const simulatorPlan = (seed: number, plan: CampusPlan) => {
  const people = new Map(plan.people.map((person) => [person.id, person]));
  return {
    campus: plan.site.campus,
    zone: plan.site.zone,
    gateways: plan.gateways.map(({ id, building }) => ({ id, building })),
    doors: plan.doors.map(({ id, building, class: itsClass }) => ({
      id,
      building,
      class: itsClass,
    })),
    devices: plan.devices.map(({ id, gateway, door, profile, side, params, wire }) => ({
      ...{ id, gateway, door, profile, side, params, wire },
    })),
    cardReader: cardReaderProfile,
    holders: presentedAt(plan),
    walkers: demoPhones(seed, plan).map(({ person, credential, secret }) => {
      const groups = people.get(person)?.card.groups ?? [];
      const mine = plan.rules.filter(({ group }) => groups.includes(group));
      return { person, credential, secret, doors: [...new Set(mine.map(({ door }) => door))] };
    }),
  };
};
