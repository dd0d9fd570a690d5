import { uuidv7 } from '@gatehouse/protocols';
import type { NewAffiliationBody, NewPersonBody } from '@gatehouse/protocols';
import type { CardChangePorts } from '../cards/card-rows.ts';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { momentsOf } from './affiliation-rows.ts';
import type { LockedAffiliation } from './affiliation-rows.ts';
import { issueLocked } from './issue-card.ts';
import { isAffiliationSpan } from './span-rules.ts';
import { maySponsor } from './sponsor-rule.ts';

/** @throws CloudError CL_SPONSOR */
const requireSponsor = async (
  tx: Queryable,
  {
    sponsor,
    person,
    at,
  }: {
    readonly sponsor: string | null;
    readonly person: string;
    readonly at: Date;
  },
): Promise<void> => {
  const rows = await tx.query(
    `select p.id from person p where p.id = $1::uuid and p.id <> $2::uuid and ${maySponsor(3)}`,
    [sponsor, person, at],
  );
  if (rows.length === 0) throw new CloudError('CL_SPONSOR');
};

type Order = { readonly person: string; readonly affiliation: NewAffiliationBody };

/** The row alone; the audit, the feed and the card come after it. */
const insertAffiliation = async (
  tx: Queryable,
  { clock, random }: CardChangePorts,
  { person, affiliation }: Order,
): Promise<LockedAffiliation> => {
  const { kind, unit, sponsor } = affiliation;
  const nowMs = clock.nowMs();
  const { fromMs = NaN, toMs } = await momentsOf(tx, affiliation);
  if (!isAffiliationSpan(kind, { fromMs, toMs: toMs ?? null }, nowMs)) {
    throw new CloudError('CL_AFFILIATION_SPAN');
  }
  if (kind === 'visitor') await requireSponsor(tx, { sponsor, person, at: new Date(nowMs) });
  else if (sponsor !== null) throw new CloudError('CL_BAD_REQUEST', 'only a visitor has a sponsor');
  const row = {
    ...{ id: uuidv7(nowMs, random(10)), person, kind, ended_at: null },
    valid_from: new Date(fromMs),
    valid_to: toMs === undefined ? null : new Date(toMs),
  };
  await tx.query(
    `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from, valid_to, sponsor)
     values ($1, $2::uuid, $3, $4, $5, $6, $7, $8::uuid)`,
    [
      ...[row.id, person, kind, storableText(unit.zh).trim(), storableText(unit.en).trim()],
      ...[row.valid_from, row.valid_to, sponsor],
    ],
  );
  return row;
};

/** A visitor's card, where nobody said which: drawn, and in no group yet. */
const bareCard = { number: null, groups: [] } as const;

const addLocked = async (
  tx: Queryable,
  ports: CardChangePorts,
  clerk: string,
  order: Order,
): Promise<void> => {
  const { kind, sponsor, card } = order.affiliation;
  const row = await insertAffiliation(tx, ports, order);
  const atMs = ports.clock.nowMs();
  const detail = { person: order.person, kind, sponsor };
  const about = { action: 'affiliation.add', subject: row.id, detail };
  await ports.appendAudit(tx, { atMs, actor: clerk, ...about });
  const wanted = card ?? (kind === 'visitor' ? { ...bareCard, groups: [] } : null);
  if (wanted !== null) await issueLocked(tx, ports, clerk, { affiliation: row, card: wanted });
  const data = { person: order.person };
  await appendFeed(tx, atMs, { kind: 'domain', name: 'affiliation.added', subject: row.id, data });
};

/**
 * Adds what somebody is to the school, with a card where one is wanted; a visitor always gets one.
 * @throws CloudError CL_NOT_FOUND, CL_AFFILIATION_SPAN, CL_SPONSOR, CL_BAD_REQUEST, and as
 *   `issueLocked`
 */
export const addAffiliation = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  order: Order,
): Promise<void> => {
  await ports.database.transaction(async (tx) => {
    const [known] = await tx.query('select id from person where id = $1::uuid for no key update', [
      order.person,
    ]);
    if (known === undefined) throw new CloudError('CL_NOT_FOUND', 'person');
    await addLocked(tx, ports, clerk.id, order);
  });
};

/**
 * A new person, and what they are to the school where that is known; all of it or nothing.
 * @returns the id
 * @throws CloudError as `addAffiliation`
 */
export const addPerson = async (
  ports: CardChangePorts,
  { person: clerk }: Session,
  { name, affiliation }: NewPersonBody,
): Promise<string> => {
  const { database, clock, random, appendAudit } = ports;
  const zh = storableText(name.zh).trim();
  const en = storableText(name.en).trim();
  if (zh === '' || en === '') throw new CloudError('CL_BAD_REQUEST', 'name');
  return database.transaction(async (tx) => {
    const atMs = clock.nowMs();
    const person = uuidv7(atMs, random(10));
    await tx.query('insert into person (id, name_zh, name_en) values ($1, $2, $3)', [
      person,
      zh,
      en,
    ]);
    const detail = { zh, en };
    const about = { action: 'person.add', subject: person, detail };
    await appendAudit(tx, { atMs, actor: clerk.id, ...about });
    if (affiliation !== null) await addLocked(tx, ports, clerk.id, { person, affiliation });
    const data = { person };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'person.added', subject: person, data });
    return person;
  });
};
