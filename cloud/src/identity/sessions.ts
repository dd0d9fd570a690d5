import { roles, toHex, utf8 } from '@gatehouse/protocols';
import type { ChoiceView, PersonView, Primitives, Role } from '@gatehouse/protocols';
import { rolesOfAllDoors, rolesOfOwnDormitory, rolesOfOwnRooms } from '../access/may.ts';
import type { Queryable } from '../ports.ts';
import type { Session } from './identity.ts';

export type PersonColumns = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly affiliation: string;
  readonly unit_zh: string;
  readonly unit_en: string;
};

/** The columns of a PersonView, of a row `p` of `person_now` or `card_holder`. */
export const personColumns =
  'p.id, p.name_zh, p.name_en, p.affiliation, p.unit_zh, p.unit_en' as const;

export const personView = (row: PersonColumns): PersonView => ({
  id: row.id,
  name: { zh: row.name_zh, en: row.name_en },
  affiliation: row.affiliation,
  unit: { zh: row.unit_zh, en: row.unit_en },
});

const roleOf = (text: string | null): Role | undefined => roles.find((role) => role === text);

type RoleColumns = PersonColumns & { readonly role: string | null };

const choiceOf = (row: RoleColumns): readonly ChoiceView[] => {
  const role = roleOf(row.role);
  return role === undefined ? [] : [{ person: personView(row), role }];
};

/** People who have a role, in the order in which they were made. */
export const selectChoices = async (db: Queryable): Promise<readonly ChoiceView[]> =>
  (
    await db.query<RoleColumns>(
      `select ${personColumns}, p.role from person_now p where p.role is not null order by p.id`,
    )
  ).flatMap(choiceOf);

export const selectChoice = async (
  db: Queryable,
  person: string,
): Promise<ChoiceView | undefined> =>
  (
    await db.query<RoleColumns>(
      `select ${personColumns}, p.role from person_now p where p.id = $1::uuid`,
      [person],
    )
  ).flatMap(choiceOf)[0];

/** Labs and classrooms that a rule opens for a group of one of the person's cards. */
const selectOwnRooms = async (db: Queryable, person: string): Promise<ReadonlySet<string>> => {
  const rows = await db.query<{ door: string }>(
    `select distinct r.door
     from card c
     join member m on m.card = c.id
     join rule r on r."group" = m."group"
     join door d on d.id = r.door
     where c.person = $1::uuid and c.state <> 'ended' and d.class in ('lab', 'classroom')`,
    [person],
  );
  return new Set(rows.map(({ door }) => door));
};

/** Doors of dormitories that a rule opens for a group that the person answers for. */
const selectOwnDormitory = async (db: Queryable, person: string): Promise<ReadonlySet<string>> => {
  const rows = await db.query<{ door: string }>(
    `select distinct r.door from charge h
     join rule r on r."group" = h."group"
     join door d on d.id = r.door
     where h.person = $1::uuid and d.class = 'dormitory'`,
    [person],
  );
  return new Set(rows.map(({ door }) => door));
};

export const reachOf = async (
  db: Queryable,
  { person, role }: ChoiceView,
): Promise<Session['doors']> => {
  if (rolesOfAllDoors.has(role)) return 'all';
  if (rolesOfOwnDormitory.has(role)) return selectOwnDormitory(db, person.id);
  return rolesOfOwnRooms.has(role) ? selectOwnRooms(db, person.id) : new Set<string>();
};

/** What the database keeps of a token: who reads it cannot sign in with it. */
export const tokenHash = (token: string, { sha256 }: Pick<Primitives, 'sha256'>): string =>
  toHex(sha256(utf8(token)));

export const insertSession = async (
  tx: Queryable,
  session: Session,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<void> => {
  await tx.query('delete from login_session where expires_at <= $1', [new Date(fromMs)]);
  await tx.query(
    `insert into login_session (token_sha256, person, role, created_at, expires_at)
     values ($1, $2::uuid, $3, $4, $5)`,
    [session.tokenSha256, session.person.id, session.role, new Date(fromMs), new Date(toMs)],
  );
};

/** A role that was taken away ends the sessions that were opened with it. */
export const selectSession = async (
  db: Queryable,
  tokenSha256: string,
  nowMs: number,
): Promise<Session | undefined> => {
  const rows = await db.query<RoleColumns>(
    `select ${personColumns}, p.role
     from login_session s join person_now p on p.id = s.person and p.role = s.role
     where s.token_sha256 = $1 and s.expires_at > $2`,
    [tokenSha256, new Date(nowMs)],
  );
  const choice = rows.flatMap(choiceOf)[0];
  return choice && { ...choice, doors: await reachOf(db, choice), tokenSha256 };
};

/** @returns whether there was one */
export const deleteSession = async (tx: Queryable, tokenSha256: string): Promise<boolean> =>
  (
    await tx.query('delete from login_session where token_sha256 = $1 returning person', [
      tokenSha256,
    ])
  ).length > 0;
