import type { NoticeKind, NoticeValues } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { jsonbText } from '../storable.ts';

export type NewNotice = {
  /** uuid */
  readonly person: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly kind: NoticeKind;
  /** What its words are filled with. */
  readonly data: NoticeValues;
};

/**
 * Tells a person something, in the caller's transaction: it stands on /m until it is read. Writes
 * the feed, so it comes near the end. The id follows from what is told: a transaction that is run
 * again tells it once.
 */
export const tell = async (tx: Queryable, notice: NewNotice): Promise<void> => {
  const { person, at, kind } = notice;
  const data = jsonbText(notice.data);
  const [told] = await tx.query<{ id: string }>(
    `insert into notice (id, person, at, kind, data)
     select substr(encode(sha256(convert_to($5, 'UTF8')), 'hex'), 1, 32)::uuid,
       $1::uuid, $2::timestamptz, $3, $4::jsonb
     on conflict (id) do nothing returning id`,
    [person, new Date(at), kind, data, `${person} ${at} ${kind} ${data}`],
  );
  if (told === undefined) return;
  await appendFeed(tx, at, {
    kind: 'domain',
    name: 'notice.made',
    subject: person,
    data: { notices: [told.id] },
  });
};
