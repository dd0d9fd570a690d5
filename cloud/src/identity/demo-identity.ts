import { toBase64Url } from '@gatehouse/protocols';
import type { Primitives } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Clock, Database, Ports } from '../ports.ts';
import type { AppendAudit, IdentityPort } from './identity.ts';
import { requireLoopback } from './loopback.ts';
import type { Addresses } from './loopback.ts';
import {
  deleteSession,
  insertSession,
  reachOf,
  selectChoice,
  selectChoices,
  selectSession,
  tokenHash,
} from './sessions.ts';

export type DemoIdentityOptions = {
  readonly addresses: Addresses;
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly primitives: Pick<Primitives, 'sha256'>;
  readonly appendAudit: AppendAudit;
};

/** A working day; the browser forgets the cookie then, too. */
export const sessionForMs = 12 * 60 * 60 * 1000;
const tokenBytes = 32;
/** 32 bytes in base64url: what is longer is no token and is not hashed. */
const token = /^[A-Za-z0-9_-]{43}$/;

/**
 * Identity of the demo: whoever opens the page chooses who to be. No password, so no network.
 * @throws CloudError CL_CONFIG where anything is not on loopback
 */
export const createDemoIdentity = (options: DemoIdentityOptions): IdentityPort => {
  requireLoopback(options.addresses);
  const { database, clock, random, primitives, appendAudit } = options;
  return {
    choices: () => selectChoices(database),
    open: async ({ person, role }) => {
      const choice = await selectChoice(database, person);
      if (choice?.role !== role) throw new CloudError('CL_NOT_ALLOWED', 'no such choice');
      const fresh = toBase64Url(random(tokenBytes));
      const tokenSha256 = tokenHash(fresh, primitives);
      const session = { ...choice, doors: await reachOf(database, choice), tokenSha256 };
      const atMs = clock.nowMs();
      await database.transaction(async (tx) => {
        await insertSession(tx, session, { fromMs: atMs, toMs: atMs + sessionForMs });
        const about = { action: 'session.open', subject: person, detail: { role } };
        await appendAudit(tx, { atMs, actor: person, ...about });
      });
      return { token: fresh, session };
    },
    sessionOf: async (given) =>
      token.test(given)
        ? selectSession(database, tokenHash(given, primitives), clock.nowMs())
        : undefined,
    close: async ({ person, role, tokenSha256 }) => {
      await database.transaction(async (tx) => {
        if (!(await deleteSession(tx, tokenSha256))) return;
        const about = { action: 'session.close', subject: person.id, detail: { role } };
        await appendAudit(tx, { atMs: clock.nowMs(), actor: person.id, ...about });
      });
    },
  };
};
