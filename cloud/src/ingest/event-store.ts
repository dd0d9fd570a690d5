import type { Lost, Stream } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';
import type { EventColumns, EvidenceColumns } from './event-rows.ts';

/** One journal of one gateway: what a cursor belongs to. */
export type JournalStream = {
  readonly gateway: string;
  readonly epoch: string;
  readonly stream: Stream;
};

type Place = JournalStream & { readonly receivedAt: Date };

const keyOf = ({ gateway, epoch, stream }: JournalStream): readonly string[] => [
  gateway,
  epoch,
  stream,
];

/**
 * The cursor, locked until the commit: copies of one batch stand in line here. A stream that is not
 * known gets its row only when it starts at its beginning, so that nobody fills the table by names.
 */
export const lockCursor = async (
  tx: Queryable,
  journal: JournalStream & { readonly from: number },
): Promise<number> => {
  const key = keyOf(journal);
  const [known] = await tx.query<{ cursor: number }>(
    'select cursor from cursor where gateway = $1 and epoch = $2 and stream = $3 for update',
    key,
  );
  if (known !== undefined || journal.from > 1) return known?.cursor ?? 0;
  const [row] = await tx.query<{ cursor: number }>(
    `insert into cursor (gateway, epoch, stream, cursor) values ($1, $2, $3, 0)
     on conflict (gateway, epoch, stream) do update set cursor = cursor.cursor
     returning cursor`,
    key,
  );
  if (row === undefined) throw new Error('the cursor took no row');
  return row.cursor;
};

export const moveCursor = async (
  tx: Queryable,
  journal: JournalStream,
  cursor: number,
): Promise<void> => {
  await tx.query(
    'update cursor set cursor = $4 where gateway = $1 and epoch = $2 and stream = $3',
    [...keyOf(journal), cursor],
  );
};

/** One statement for all; the primary key is the backstop below the cursor. */
export const insertEvents = async (
  tx: Queryable,
  place: Place,
  rows: readonly EventColumns[],
): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into event (gateway, epoch, stream, received_at,
       seq, at, kind, door, device, person, card, clock, data, rest)
     select $1, $2, $3, $4::timestamptz, u.seq, u.at, u.kind, u.door, u.device, u.person, u.card,
       u.clock::jsonb, u.data::jsonb, u.rest::jsonb
     from unnest($5::int8[], $6::timestamptz[], $7::text[], $8::text[], $9::text[], $10::uuid[],
       $11::uuid[], $12::text[], $13::text[], $14::text[])
       as u (seq, at, kind, door, device, person, card, clock, data, rest)
     on conflict do nothing`,
    [
      ...keyOf(place),
      place.receivedAt,
      rows.map((row) => row.seq),
      rows.map((row) => row.at),
      rows.map((row) => row.kind),
      rows.map((row) => row.door),
      rows.map((row) => row.device),
      rows.map((row) => row.person),
      rows.map((row) => row.card),
      rows.map((row) => row.clock),
      rows.map((row) => row.data),
      rows.map((row) => row.rest),
    ],
  );
};

export const insertEvidence = async (
  tx: Queryable,
  place: Place,
  rows: readonly EvidenceColumns[],
): Promise<void> => {
  if (rows.length === 0) return;
  await tx.query(
    `insert into evidence (gateway, epoch, stream, received_at, seq, at, pass)
     select $1, $2, $3, $4::timestamptz, u.seq, u.at, u.pass
     from unnest($5::int8[], $6::timestamptz[], $7::bytea[]) as u (seq, at, pass)
     on conflict do nothing`,
    [
      ...keyOf(place),
      place.receivedAt,
      rows.map((row) => row.seq),
      rows.map((row) => row.at),
      rows.map((row) => row.pass),
    ],
  );
};

/** `journalClass` is open here: what was in a batch that nobody can read is not known. */
export type Gap = Omit<Lost, 'journalClass'> & { readonly journalClass: string };

export const insertGaps = async (
  tx: Queryable,
  place: Place,
  gaps: readonly Gap[],
): Promise<void> => {
  if (gaps.length === 0) return;
  await tx.query(
    `insert into gap (gateway, epoch, stream, received_at, from_seq, to_seq, journal_class, why)
     select $1, $2, $3, $4::timestamptz, u.from_seq, u.to_seq, u.journal_class, u.why
     from unnest($5::int8[], $6::int8[], $7::text[], $8::text[])
       as u (from_seq, to_seq, journal_class, why)
     on conflict do nothing`,
    [
      ...keyOf(place),
      place.receivedAt,
      gaps.map((gap) => gap.from),
      gaps.map((gap) => gap.to),
      gaps.map((gap) => gap.journalClass),
      gaps.map((gap) => gap.why),
    ],
  );
};
