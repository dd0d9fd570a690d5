import { uidEnd, undoForMs } from '@gatehouse/protocols';
import type { ReplacementView, UidView } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import { hitColumns, hitView } from './card-rows.ts';
import type { HitColumns } from './card-rows.ts';
import { cardSpread } from './card-spread.ts';
import { theDesk } from './desk-rows.ts';

type Columns = HitColumns & {
  readonly receipt: string;
  readonly at: Date;
  readonly undone_at: Date | null;
  readonly lifted: string | null;
  readonly clerk_zh: string;
  readonly clerk_en: string;
  readonly new_uid: string;
  readonly old_uids: readonly string[];
};

const selectReplacement = `
  select r.receipt, r.at, r.undone_at, r.lifted, k.name_zh as clerk_zh, k.name_en as clerk_en,
    n.uid as new_uid,
    array(select u.uid from uid u where u.id = any (r.old_uids) order by u.since) as old_uids,
    ${hitColumns}
  from card_replacement r join card c on c.id = r.card join card_holder p on p.card = c.id
  join person k on k.id = r.clerk join uid n on n.id = r.new_uid
  where r.id = $1::uuid`;

/** @throws CloudError CL_NOT_FOUND */
export const replacementView = async (db: Queryable, id: string): Promise<ReplacementView> => {
  const [row] = await db.query<Columns>(selectReplacement, [id]);
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'replacement');
  const desk = await theDesk(db);
  const hit = hitView(row);
  return {
    id,
    receipt: row.receipt,
    at: row.at.toISOString(),
    hit,
    clerk: { zh: row.clerk_zh, en: row.clerk_en },
    oldTails: row.old_uids.map(uidEnd),
    newTail: uidEnd(row.new_uid),
    unfrozen: row.lifted !== null,
    fee: desk.fee,
    desk: desk.name,
    undoUntil: new Date(row.at.getTime() + undoForMs).toISOString(),
    undone: row.undone_at !== null,
    spread: await cardSpread(db, hit.card),
  };
};

/** Whose the card on the reader is: nobody's, or whom to ask. */
export const uidView = async (db: Queryable, uid: string): Promise<UidView> => {
  const [row] = await db.query<HitColumns>(
    `select ${hitColumns} from uid u
     join card c on c.id = u.card join card_holder p on p.card = c.id
     where u.uid = $1 and u.ended_at is null`,
    [uid],
  );
  return { holder: row === undefined ? null : hitView(row) };
};
