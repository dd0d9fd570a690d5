import { appendFeed } from '../feed/feed.ts';
import type { Revoke } from '../identity/enrol.ts';
import type { AppendAudit } from '../identity/identity.ts';
import { tell } from '../identity/notices.ts';
import type { Clock } from '../ports.ts';
import type { OnDoubleSpent, SpentTwice } from './judge.ts';

/** Who acts when nobody decided it. */
const actor = 'judgement';

/**
 * Ends the phone keys that were used twice, for every gateway and for good, and tells their owners;
 * the phone enrols a fresh one. The card is left alone: to suspend it is a person's decision.
 */
export const createDoubleSpent =
  ({
    revoke,
    appendAudit,
    clock,
  }: {
    readonly revoke: Revoke;
    readonly appendAudit: AppendAudit;
    readonly clock: Pick<Clock, 'nowMs'>;
  }): OnDoubleSpent =>
  async (tx, spent) => {
    const atMs = clock.nowMs();
    const ended: SpentTwice[] = [];
    for (const each of spent) {
      const rows = await tx.query(
        'update credential set revoked_at = $2 where id = $1 and revoked_at is null returning id',
        [each.credential, new Date(atMs)],
      );
      if (rows.length > 0) ended.push(each);
    }
    for (const { credential, card, use, verdict } of ended) {
      const detail = { card, use, verdict };
      const entry = { atMs, actor, action: 'credential.revoke', subject: credential, detail };
      await appendAudit(tx, entry);
    }
    for (const { credential } of ended) {
      await revoke(tx, { kind: 'credential.revoked', credential });
    }
    for (const { credential, card, person } of ended) {
      const name = 'credential.revoked';
      const data = { card, person, actor };
      await appendFeed(tx, atMs, { kind: 'domain', name, subject: credential, data });
    }
    for (const { person } of ended) {
      await tell(tx, { person, at: atMs, kind: 'phone.key_ended', data: {} });
    }
  };
