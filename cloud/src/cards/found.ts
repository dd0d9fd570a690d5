import { uuidv7 } from '@gatehouse/protocols';
import type { FoundView, FreezeWay } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { storableText } from '../storable.ts';
import { hitColumns, hitView, lockCard } from './card-rows.ts';
import type { CardChangePorts, HitColumns, LockedCard } from './card-rows.ts';
import { freezeLocked, unfreezeLocked } from './freeze-card.ts';
import { tellHolder } from './tell-holder.ts';

type FoundColumns = HitColumns & {
  readonly found: string;
  readonly at: Date;
  readonly place: string;
  readonly source: FoundView['source'];
  readonly by_zh: string | null;
  readonly by_en: string | null;
};

const selectFound = `
  select f.id as found, f.at, f.place, f.source, b.name_zh as by_zh, b.name_en as by_en,
    ${hitColumns}
  from found_card f join card c on c.id = f.card join card_holder p on p.card = c.id
  left join person b on b.id = f.by
  where f.closed_at is null`;

const foundMax = 200;

const foundView = (row: FoundColumns): FoundView => ({
  id: row.found,
  at: row.at.toISOString(),
  place: row.place,
  source: row.source,
  by: row.by_zh === null || row.by_en === null ? null : { zh: row.by_zh, en: row.by_en },
  hit: hitView(row),
});

/** Cards that lie somewhere, newest first. */
export const openFound = async (db: Queryable): Promise<readonly FoundView[]> =>
  (await db.query<FoundColumns>(`${selectFound} order by f.at desc, f.id limit ${foundMax}`)).map(
    foundView,
  );

/** Where this card lies: with one of ours before what somebody wrote. */
export const foundOf = async (db: Queryable, card: string): Promise<FoundView | null> => {
  const [row] = await db.query<FoundColumns>(
    `${selectFound} and f.card = $1::uuid order by f.source, f.at desc limit 1`,
    [card],
  );
  return row === undefined ? null : foundView(row);
};

/** Writes where it lies; a card that lies somewhere already has moved. */
const putFound = async (
  tx: Queryable,
  { clock, random }: Pick<CardChangePorts, 'clock' | 'random'>,
  found: {
    readonly card: string;
    readonly place: string;
    readonly source: FoundView['source'];
    readonly by: string | null;
  },
): Promise<void> => {
  const atMs = clock.nowMs();
  await tx.query(
    `insert into found_card (id, card, at, place, source, by)
     values ($1, $2::uuid, $3, $4, $5, $6::uuid)
     on conflict (card, source) where closed_at is null
     do update set at = excluded.at, place = excluded.place, by = excluded.by`,
    [uuidv7(atMs, random(10)), found.card, new Date(atMs), found.place, found.source, found.by],
  );
};

/**
 * A found card is in somebody's hand: frozen at once, the holder told where it lies.
 * @throws CloudError CL_NOT_FOUND, CL_CARD_ENDED
 */
export const takeFound = async (
  ports: CardChangePorts,
  { person }: Session,
  { card: id, place: written }: { readonly card: string; readonly place: string },
): Promise<void> => {
  const { database, clock, appendAudit } = ports;
  const place = storableText(written).trim();
  await database.transaction(async (tx) => {
    const card = await lockCard(tx, id);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    const source = 'console';
    await putFound(tx, ports, { card: card.id, place, source, by: person.id });
    const atMs = clock.nowMs();
    const about = { action: 'card.found', subject: card.id, detail: { place } };
    await appendAudit(tx, { atMs, actor: person.id, ...about });
    await freezeLocked(tx, ports, card, { way: 'found', actor: person.id, reason: place });
    const data = { card: card.id, person: card.person };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'card.found', subject: card.id, data });
    await tellHolder(tx, ports, { person: card.person, kind: 'card.found', data: { place } });
  });
};

/** What its coming back lifts; a freeze by somebody in charge stays. */
const liftedByCollecting: ReadonlySet<FreezeWay> = new Set(['self', 'code', 'found']);

const freezeWay = async (tx: Queryable, card: string): Promise<FreezeWay> => {
  const [open] = await tx.query<{ way: FreezeWay }>(
    'select way from card_freeze where card = $1::uuid and lifted_at is null',
    [card],
  );
  return open?.way ?? 'self';
};

type Lying = { readonly card: string; readonly place: string };

const closeFound = async (
  tx: Queryable,
  found: string,
  { at, by }: { readonly at: Date; readonly by: string },
): Promise<Lying> => {
  const [row] = await tx.query<Lying>(
    `update found_card set closed_at = $2, closed_by = $3::uuid
     where id = $1::uuid and closed_at is null returning card, place`,
    [found, at, by],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'found card');
  return row;
};

const cardOfFound = async (tx: Queryable, found: string): Promise<LockedCard> => {
  const [row] = await tx.query<{ card: string }>(
    'select card from found_card where id = $1::uuid and closed_at is null',
    [found],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'found card');
  return lockCard(tx, row.card);
};

/**
 * The holder is here and has it again: unfrozen, unless somebody in charge froze it.
 * @returns whether it was unfrozen
 * @throws CloudError CL_NOT_FOUND where it lies there no more
 */
export const collectFound = async (
  ports: CardChangePorts,
  { person }: Session,
  found: string,
): Promise<boolean> =>
  ports.database.transaction(async (tx) => {
    const card = await cardOfFound(tx, found);
    const atMs = ports.clock.nowMs();
    const { place } = await closeFound(tx, found, { at: new Date(atMs), by: person.id });
    const isLifted =
      card.state === 'frozen' && liftedByCollecting.has(await freezeWay(tx, card.id));
    const about = { action: 'card.collect', subject: card.id, detail: { place } };
    await ports.appendAudit(tx, { atMs, actor: person.id, ...about });
    if (isLifted) await unfreezeLocked(tx, ports, card, { way: 'found', actor: person.id });
    const data = { card: card.id, person: card.person };
    const name = 'card.collected';
    await appendFeed(tx, atMs, { kind: 'domain', name, subject: card.id, data });
    await tellHolder(tx, ports, { person: card.person, kind: 'card.collected', data: { place } });
    return isLifted;
  });

/** As often as this one word about one card reaches its holder. */
export const reportAgainAfterMs = 60 * 60 * 1000;

/**
 * Somebody who is not signed in writes that a card was found. Nothing is frozen by it and nothing
 * is answered: the holder and the guards read it, and decide.
 */
export const reportFound = async (
  ports: CardChangePorts,
  { card: typed, place: written }: { readonly card: string; readonly place: string },
): Promise<void> => {
  const { database, clock, appendAudit } = ports;
  const place = storableText(written).trim();
  const number = storableText(typed).trim().toUpperCase();
  await database.transaction(async (tx) => {
    const [card] = await tx.query<LockedCard>(
      `select id, person, number, state from card
       where number = $1 and state <> 'ended' for update`,
      [number],
    );
    if (card === undefined) return;
    const atMs = clock.nowMs();
    const [recent] = await tx.query(
      'select 1 as one from found_card where card = $1::uuid and at > $2',
      [card.id, new Date(atMs - reportAgainAfterMs)],
    );
    if (recent !== undefined) return;
    await putFound(tx, ports, { card: card.id, place, source: 'page', by: null });
    const about = { action: 'card.report_found', subject: card.id, detail: { place } };
    await appendAudit(tx, { atMs, actor: 'found-page', ...about });
    const data = { card: card.id, person: card.person };
    const name = 'card.reported_found';
    await appendFeed(tx, atMs, { kind: 'domain', name, subject: card.id, data });
    await tellHolder(tx, ports, { person: card.person, kind: name, data: { place } });
  });
};
