import { noticesMax, noticeWords, uuidv7 } from '@gatehouse/protocols';
import type { NoticeKind, NoticeValues, NoticeView } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import { jsonbText } from '../storable.ts';

/** What a uuidv7 has beside its time. */
const idBytes = 10;

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
  const id = await idOf(tx, at, `${person} ${kind} ${data}`);
  const [told] = await tx.query<{ id: string }>(
    `insert into notice (id, person, at, kind, data) values ($1, $2, $3, $4, $5)
     on conflict (id) do nothing returning id`,
    [id, person, new Date(at), kind, data],
  );
  if (told === undefined) return;
  await note(tx, { name: 'notice.made', person, at, ids: [told.id] });
};

const idOf = async (tx: Queryable, at: number, text: string): Promise<string> => {
  const [row] = await tx.query<{ digest: Uint8Array }>(
    `select sha256(convert_to($1, 'UTF8')) as digest`,
    [text],
  );
  if (row === undefined) throw new Error('the database gave no digest');
  return uuidv7(at, row.digest.subarray(0, idBytes));
};

const note = async (
  tx: Queryable,
  what: {
    readonly name: 'notice.made' | 'notice.read';
    readonly person: string;
    readonly at: number;
    readonly ids: readonly string[];
  },
): Promise<void> => {
  const { name, person, at, ids } = what;
  await appendFeed(tx, at, { kind: 'domain', name, subject: person, data: { notices: ids } });
};

type NoticeColumns = {
  readonly id: string;
  readonly person: string;
  readonly at: Date;
  readonly kind: string;
  readonly data: NoticeValues;
  readonly read_at: Date | null;
};

const columns = 'id, person, at, kind, data, read_at' as const;

const noticeView = ({ id, at, kind, data, read_at: readAt }: NoticeColumns): NoticeView => ({
  id,
  at: at.toISOString(),
  kind,
  ...noticeWords(kind, data),
  read: readAt !== null,
  data,
});

/** The last ones, newest first, at most `noticesMax`. */
export const noticesOf = async (db: Queryable, person: string): Promise<readonly NoticeView[]> => {
  const rows = await db.query<NoticeColumns>(
    `select ${columns} from notice where person = $1::uuid order by at desc, id limit $2`,
    [person, noticesMax],
  );
  return rows.map(noticeView);
};

/** Marks some of a person's own as read; what is read already, or not there, stays as it is. */
export const readNotices = async (
  tx: Queryable,
  {
    person,
    at,
    ids,
  }: { readonly person: string; readonly at: number; readonly ids: readonly string[] },
): Promise<void> => {
  const read = await tx.query<{ id: string }>(
    `update notice set read_at = $2
     where person = $1::uuid and id = any ($3::uuid[]) and read_at is null returning id`,
    [person, new Date(at), ids],
  );
  if (read.length === 0) return;
  await note(tx, { name: 'notice.read', person, at, ids: read.map(({ id }) => id) });
};

/** These, by person, in the order in which they were made: for the phones' streams. */
export const noticesById = async (
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly NoticeView[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await db.query<NoticeColumns>(
    `select ${columns} from notice where id = any ($1::uuid[]) order by at, id`,
    [ids],
  );
  const byPerson = Map.groupBy(rows, ({ person }) => person);
  return new Map([...byPerson].map(([person, notices]) => [person, notices.map(noticeView)]));
};
