import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';

// One live phone key per card, and how it moves (docs/pass.md, "Enrolment"). A key that its own
// browser lost is replaced in silence; a move to another browser is told, counted and waits.

const dayMs = 24 * 60 * 60 * 1000;

/** More moves than this within `changesWithinMs`, and the card desk has to do it. */
export const changesMax = 3;
export const changesWithinMs = 30 * dayMs;
/** So long labs and stores stay shut for a key that moved. */
export const waitAfterChangeMs = dayMs;

export type FormerKey = {
  readonly id: string;
  readonly browser: string | null;
  readonly revoked_at: Date | null;
  readonly waits_until: Date | null;
};

/** The last phone key of a card, alive or not; undefined where it never had one. */
export const formerKey = async (db: Queryable, card: string): Promise<FormerKey | undefined> =>
  (
    await db.query<FormerKey>(
      `select id, browser, revoked_at, waits_until from credential where card = $1::uuid
       order by revoked_at is null desc, enrolled_at desc, id limit 1`,
      [card],
    )
  )[0];

export type ChangesLeft = {
  readonly left: number;
  /** Where none is left: when the next one is. */
  readonly nextAtMs: number | undefined;
};

export const changesLeft = async (
  db: Queryable,
  card: string,
  nowMs: number,
): Promise<ChangesLeft> => {
  const rows = await db.query<{ enrolled_at: Date }>(
    `select enrolled_at from credential
     where card = $1::uuid and is_change and enrolled_at > $2
     order by enrolled_at desc limit $3`,
    [card, new Date(nowMs - changesWithinMs), changesMax],
  );
  const oldest = rows.length < changesMax ? undefined : rows.at(-1);
  const nextAtMs = oldest && oldest.enrolled_at.getTime() + changesWithinMs;
  return { left: changesMax - rows.length, nextAtMs };
};

/** What enrolling from a browser does to the key that was. */
export type Move = {
  readonly kind: 'first' | 'same_browser' | 'other_browser';
  readonly former: FormerKey | undefined;
  readonly waitsUntil: Date | null;
};

/**
 * @param by.browser of the one who asks, as `credential.browser` has it
 * @throws CloudError CL_ENROL_LIMIT
 */
export const moveOf = async (
  db: Queryable,
  card: string,
  by: { readonly browser: string; readonly nowMs: number },
): Promise<Move> => {
  const former = await formerKey(db, card);
  if (former === undefined) return { kind: 'first', former, waitsUntil: null };
  if (former.browser === by.browser) {
    return { kind: 'same_browser', former, waitsUntil: former.waits_until };
  }
  const { left, nextAtMs } = await changesLeft(db, card, by.nowMs);
  if (left <= 0) throw new CloudError('CL_ENROL_LIMIT', '', { freeAtMs: nextAtMs });
  return { kind: 'other_browser', former, waitsUntil: new Date(by.nowMs + waitAfterChangeMs) };
};
