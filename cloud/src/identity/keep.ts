import { toHex } from '@gatehouse/protocols';
import type { KeepChallengeView, SignatureAlgorithm } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Queryable } from '../ports.ts';
import type { CardPorts } from './enrol.ts';
import { readKeepProof } from './enrol-proof.ts';
import { ownCard } from './own-card.ts';
import type { Holder } from './own-card.ts';

// A phone key lives as long as its phone shows itself online now and then (gateway.md).

const nonceBytes = 16;
export const keepChallengeForMs = 2 * 60 * 1000;

type LiveKey = { readonly id: string; readonly alg: SignatureAlgorithm; readonly key: Uint8Array };

const liveKey = async (db: Queryable, card: string): Promise<LiveKey> => {
  const [row] = await db.query<LiveKey>(
    'select id, alg, key from credential where card = $1::uuid and revoked_at is null',
    [card],
  );
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'no live phone key');
  return row;
};

/**
 * A nonce for the live key of the holder's card, good once and for two minutes.
 * @throws CloudError CL_NOT_FOUND where no key lives
 */
export const keepChallenge = async (
  { database, clock, random }: Pick<CardPorts, 'database' | 'clock' | 'random'>,
  holder: Holder,
): Promise<KeepChallengeView> => {
  const nowMs = clock.nowMs();
  const { id } = await liveKey(database, (await ownCard(database, holder)).id);
  const nonce = toHex(random(nonceBytes));
  const expiresAt = new Date(nowMs + keepChallengeForMs);
  await database.transaction(async (tx) => {
    await tx.query('delete from keep_challenge where credential = $1 or expires_at <= $2', [
      id,
      new Date(nowMs),
    ]);
    await tx.query(
      'insert into keep_challenge (nonce, credential, expires_at) values ($1, $2, $3)',
      [nonce, id, expiresAt],
    );
  });
  return { nonce, expiresAt: expiresAt.toISOString() };
};

/**
 * The key has shown that it lives: it lapses so many days later, and what was announced is over.
 * @throws CloudError CL_ENROL_PROOF, CL_NOT_FOUND where no key lives
 */
export const keepKey = async (
  { database, clock }: Pick<CardPorts, 'database' | 'clock'>,
  holder: Holder,
  proof: string,
): Promise<void> => {
  const card = await ownCard(database, holder);
  const { id, alg, key } = await liveKey(database, card.id);
  const nonce = await readKeepProof(proof, { credential: id, alg, rawKey: key });
  const [taken] = await database.query<{ expires_at: Date }>(
    'delete from keep_challenge where nonce = $1 and credential = $2 returning expires_at',
    [nonce ?? '', id],
  );
  const atMs = clock.nowMs();
  if (taken === undefined || atMs >= taken.expires_at.getTime()) {
    throw new CloudError('CL_ENROL_PROOF');
  }
  await database.transaction(async (tx) => {
    const [kept] = await tx.query<{ told: number }>(
      `with was as (select id, lapse_told from credential where id = $1 for update)
       update credential c set seen_at = $2, lapses_at = null, lapse_told = 0
       from was where c.id = was.id and c.revoked_at is null returning was.lapse_told as told`,
      [id, new Date(atMs)],
    );
    // It lapsed in this very moment: the phone enrols anew.
    if (kept === undefined) throw new CloudError('CL_NOT_FOUND', 'no live phone key');
    if (kept.told === 0) return;
    // Other pages of the card still say that it lapses.
    const data = { card: card.id, person: holder.person.id };
    await appendFeed(tx, atMs, { kind: 'domain', name: 'credential.kept', subject: id, data });
  });
};
