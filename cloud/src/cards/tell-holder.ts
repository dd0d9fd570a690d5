import { uuidv7 } from '@gatehouse/protocols';
import type { NoticeKind, NoticeValues, Text } from '@gatehouse/protocols';
import { appendFeed } from '../feed/feed.ts';
import { tell } from '../identity/notices.ts';
import type { Ports, Queryable } from '../ports.ts';
import { jsonbText } from '../storable.ts';
import type { CardChangePorts } from './card-rows.ts';

type Holder = { readonly name_zh: string; readonly name_en: string };

/**
 * Tells the holder of a card, and the guardians where it is a child's. Takes the lock of the feed,
 * so it stands at the end of a transaction. The holder's name is filled in as `name`.
 */
export const tellHolder = async (
  tx: Queryable,
  { clock }: Pick<CardChangePorts, 'clock'>,
  about: { readonly person: string; readonly kind: NoticeKind; readonly data: NoticeValues },
): Promise<void> => {
  const [holder] = await tx.query<Holder>(
    'select name_zh, name_en from person where id = $1::uuid',
    [about.person],
  );
  const guardians = await tx.query<{ guardian: string }>(
    'select guardian from guardian_link where child = $1::uuid order by guardian',
    [about.person],
  );
  const name = { zh: holder?.name_zh ?? '', en: holder?.name_en ?? '' };
  const at = clock.nowMs();
  const { kind } = about;
  const data = { name, ...about.data };
  for (const person of [about.person, ...guardians.map(({ guardian }) => guardian)]) {
    await tell(tx, { person, at, kind, data });
  }
};

export type Told = {
  readonly person: string;
  readonly name: Text;
  readonly kind: NoticeKind;
  readonly data: NoticeValues;
};

/**
 * The same for many holders at once: their notices by one statement, and one entry of the feed, so
 * that a file of thousands does not keep the feed from everybody else.
 * @param subject of that entry
 */
export const tellHolders = async (
  tx: Queryable,
  { nowMs, random }: { readonly nowMs: number; readonly random: Ports['random'] },
  { subject, all }: { readonly subject: string; readonly all: readonly Told[] },
): Promise<void> => {
  if (all.length === 0) return;
  const links = await tx.query<{ child: string; guardian: string }>(
    `select child, guardian from guardian_link where child = any ($1::uuid[])
     order by child, guardian`,
    [all.map(({ person }) => person)],
  );
  const guardians = Map.groupBy(links, ({ child }) => child);
  const rows = all.flatMap(({ person, name, kind, data }) =>
    [person, ...(guardians.get(person) ?? []).map(({ guardian }) => guardian)].map((to) => ({
      ...{ id: uuidv7(nowMs, random(10)), person: to, kind, data: { name, ...data } },
    })),
  );
  await tx.query(
    `insert into notice (id, person, at, kind, data)
     select x.id, x.person, $2::timestamptz, x.kind, x.data
     from jsonb_to_recordset($1::jsonb) x(id uuid, person uuid, kind text, data jsonb)`,
    [jsonbText(rows), new Date(nowMs)],
  );
  const data = { notices: rows.map(({ id }) => id) };
  await appendFeed(tx, nowMs, { kind: 'domain', name: 'notice.made', subject, data });
};
