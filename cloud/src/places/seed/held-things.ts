import type { HeldThingView } from '@gatehouse/protocols';
import { CloudError } from '../../errors.ts';
import type { Queryable } from '../../ports.ts';
import { demoPins } from './without-phones.table.ts';

// What hands of the demo hold. Only a demo has a simulator to hold it before.

/** Cards of this person ($1) and of the children. */
const cards = `select c.id, p.name_zh, p.name_en from card c join person p on p.id = c.person
  where c.person = $1::uuid
    or c.person in (select child from guardian_link where guardian = $1::uuid)`;

type ThingColumns = Omit<HeldThingView, 'holder' | 'pin'> & {
  readonly name_zh: string;
  readonly name_en: string;
  readonly hash: Uint8Array | null;
};

/** The PIN as long as nobody has set another one. */
const demoPinOf = ({ digits, hash }: ThingColumns): string | null => {
  const found = demoPins.find(({ number }) => number === digits);
  const isSame = hash !== null && found?.hash === Buffer.from(hash).toString('hex');
  return isSame ? found.pin : null;
};

/** What this person and the children carry, ended ones too: that they open nothing is a story. */
export const heldThings = async (
  db: Queryable,
  person: string,
): Promise<readonly HeldThingView[]> => {
  const rows = await db.query<ThingColumns>(
    `select m.card, m.kind, m.uid, m.digits, m.hash, c.name_zh, c.name_en from (
       select card, kind, id::text as uid, right(uid, 4) as digits, null::bytea as hash, since
       from uid
       union all
       select card, 'pin', null, number, hash, since from pin where ended_at is null
     ) m join (${cards}) c on c.id = m.card
     order by m.since, c.name_en, m.kind, m.digits`,
    [person],
  );
  return rows.map((row) => ({
    card: row.card,
    holder: { zh: row.name_zh, en: row.name_en },
    ...{ kind: row.kind, uid: row.uid, digits: row.digits, pin: demoPinOf(row) },
  }));
};

/**
 * The whole UID, for the simulated reader alone.
 * @throws CloudError CL_NOT_FOUND where neither this person nor a child carries it
 */
export const uidOf = async (
  db: Queryable,
  { person, uid }: { readonly person: string; readonly uid: string },
): Promise<string> => {
  const [row] = await db.query<{ uid: string }>(
    `select u.uid from uid u join (${cards}) c on c.id = u.card where u.id = $2::uuid`,
    [person, uid],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'uid');
  return row.uid;
};
