import type { ChoiceView, PersonView, Role } from '@gatehouse/protocols';
import type { AuditEntry } from '../audit/audit.ts';
import type { Queryable } from '../ports.ts';

/** Somebody who is signed in. */
export type Session = {
  readonly person: PersonView;
  readonly role: Role;
  /** The doors that this role reaches, see access/may.ts. */
  readonly doors: 'all' | ReadonlySet<string>;
  /** Hex; the token itself is only in the browser. */
  readonly tokenSha256: string;
};

/** Who somebody is. The demo's stands behind it today, the school's single sign-on later. */
export type IdentityPort = {
  /** Whom the chooser offers. */
  readonly choices: () => Promise<readonly ChoiceView[]>;
  /** @throws CloudError CL_NOT_ALLOWED where nobody may be that person in that role */
  readonly open: (who: {
    readonly person: string;
    readonly role: Role;
  }) => Promise<{ readonly token: string; readonly session: Session }>;
  /** Undefined where the token is none of ours, closed or over. */
  readonly sessionOf: (token: string) => Promise<Session | undefined>;
  readonly close: (session: Session) => Promise<void>;
};

/** Adds one link to the chain; takes a lock, so it stands near the end, before the feed. */
export type AppendAudit = (tx: Queryable, entry: AuditEntry) => Promise<unknown>;
