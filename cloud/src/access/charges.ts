import type { Session } from '../identity/identity.ts';
import type { Queryable } from '../ports.ts';
import { rolesOfAllPeople } from './may.ts';
import type { Whose } from './may.ts';

type Scope = {
  /** A condition over a person's id `p.id`. `$n` is the session's person. */
  readonly sql: (n: number) => string;
};

const nobody: Scope = { sql: (n) => `(p.id is null and $${n}::uuid is null)` };

/** By role: whose cards a session that does not reach everybody's may see and freeze. */
const scopes: Readonly<Partial<Record<Session['role'], Scope>>> = {
  warden: {
    sql: (n) => `exists (select from charge h join member hm on hm."group" = h."group"
      join card hc on hc.id = hm.card
      where h.person = $${n}::uuid and hc.person = p.id and hc.state <> 'ended')`,
  },
  guardian: {
    sql: (n) => `exists (select from guardian_link g
      where g.guardian = $${n}::uuid and g.child = p.id)`,
  },
};

/** A condition over `person p` for a list, with the session's person as `$n`. */
export const chargeCondition = ({ role }: Session, n: number): string =>
  rolesOfAllPeople.has(role) ? `$${n}::uuid is not null` : (scopes[role] ?? nobody).sql(n);

/** Whether the session answers for this person. */
export const whoseIs = async (db: Queryable, session: Session, person: string): Promise<Whose> => {
  const [row] = await db.query(
    `select 1 as one from person p
     where p.id = $1::uuid and ${(scopes[session.role] ?? nobody).sql(2)}`,
    [person, session.person.id],
  );
  return row === undefined ? 'other' : 'charge';
};
