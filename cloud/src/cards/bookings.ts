import { uuidv7 } from '@gatehouse/protocols';
import type { BookingReason, BookingView, MyDeskView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import { lockOwnCard, ownCard } from '../identity/own-card.ts';
import type { Holder } from '../identity/own-card.ts';
import type { Queryable } from '../ports.ts';
import type { CardChangePorts } from './card-rows.ts';
import { lockDesk, theDesk } from './desk-rows.ts';
import { bookAheadMs, freeDays, isSlot } from './desk-slots.ts';

type BookingColumns = { readonly id: string; readonly at: Date; readonly why: BookingReason };

export const bookingView = ({ id, at, why }: BookingColumns): BookingView => ({
  id,
  at: at.toISOString(),
  why,
});

const openBooking = async (db: Queryable, card: string): Promise<BookingColumns | undefined> =>
  (
    await db.query<BookingColumns>(
      `select id, at, why from desk_booking where card = $1::uuid and state = 'open'`,
      [card],
    )
  )[0];

const takenPlaces = async (
  db: Queryable,
  desk: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<ReadonlyMap<number, number>> => {
  const rows = await db.query<{ at: Date; n: number }>(
    `select at, count(*)::int4 as n from desk_booking
     where desk = $1 and at >= $2 and at < $3 and state <> 'cancelled' group by at`,
    [desk, new Date(fromMs), new Date(toMs)],
  );
  return new Map(rows.map(({ at, n }) => [at.getTime(), n]));
};

/** @throws CloudError CL_NOT_FOUND without a card or a desk */
export const myDesk = async (db: Queryable, holder: Holder, nowMs: number): Promise<MyDeskView> => {
  const card = await ownCard(db, holder);
  const desk = await theDesk(db);
  const booking = await openBooking(db, card.id);
  const taken = await takenPlaces(db, desk.id, { fromMs: nowMs, toMs: nowMs + bookAheadMs });
  return {
    name: desk.name,
    place: desk.place,
    hours: desk.openText,
    fee: desk.fee,
    booking: booking === undefined ? null : bookingView(booking),
    days: freeDays(desk.hours, taken, nowMs),
  };
};

const noteBooking = async (
  tx: Queryable,
  { clock, appendAudit }: CardChangePorts,
  about: { readonly card: string; readonly person: string; readonly what: 'book' | 'unbook' },
): Promise<void> => {
  const atMs = clock.nowMs();
  const { card, person, what } = about;
  const entry = { action: `card.${what}`, subject: card, detail: {} };
  await appendAudit(tx, { atMs, actor: person, ...entry });
  const name = what === 'book' ? 'card.booked' : 'card.unbooked';
  await appendFeed(tx, atMs, { kind: 'domain', name, subject: card, data: { card, person } });
};

/**
 * Books a time, or moves the booking that there is: a card has one. Bookings of a desk happen one
 * after another, so a slot never has more than it holds.
 * @throws CloudError CL_CARD_ENDED, CL_SLOT_TAKEN
 */
export const bookDesk = async (
  ports: CardChangePorts,
  holder: Holder,
  wish: { readonly atMs: number; readonly why: BookingReason },
): Promise<void> => {
  const { database, clock, random } = ports;
  await database.transaction(async (tx) => {
    const card = await lockOwnCard(tx, holder);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    const nowMs = clock.nowMs();
    const desk = await theDesk(tx);
    if (!isSlot(desk.hours, wish.atMs, nowMs)) throw new CloudError('CL_SLOT_TAKEN');
    await lockDesk(tx, desk.id);
    const own = await openBooking(tx, card.id);
    const range = { fromMs: wish.atMs, toMs: wish.atMs + 1 };
    const taken = (await takenPlaces(tx, desk.id, range)).get(wish.atMs) ?? 0;
    const others = own?.at.getTime() === wish.atMs ? taken - 1 : taken;
    if (others >= desk.hours.capacity) throw new CloudError('CL_SLOT_TAKEN');
    await tx.query(
      `insert into desk_booking (id, desk, card, at, why, state, made_at)
       values ($1, $2, $3::uuid, $4, $5, 'open', $6)
       on conflict (card) where state = 'open'
       do update set at = excluded.at, why = excluded.why, desk = excluded.desk`,
      [
        ...[uuidv7(nowMs, random(10)), desk.id, card.id, new Date(wish.atMs), wish.why],
        new Date(nowMs),
      ],
    );
    await noteBooking(tx, ports, { card: card.id, person: holder.person.id, what: 'book' });
  });
};

/** Gives the time back; without one nothing happens. */
export const cancelBooking = async (ports: CardChangePorts, holder: Holder): Promise<void> => {
  await ports.database.transaction(async (tx) => {
    const card = await lockOwnCard(tx, holder);
    const [gone] = await tx.query(
      `update desk_booking set state = 'cancelled', closed_at = $2
       where card = $1::uuid and state = 'open' returning id`,
      [card.id, new Date(ports.clock.nowMs())],
    );
    if (gone === undefined) return;
    await noteBooking(tx, ports, { card: card.id, person: holder.person.id, what: 'unbook' });
  });
};
