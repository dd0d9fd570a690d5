import type { NoticeKind, NoticeValues } from '@gatehouse/protocols';
import { tell } from '../identity/notices.ts';
import type { Queryable } from '../ports.ts';
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
