import { toHex } from '@gatehouse/protocols';
import type { EnrolChallengeView, EnrolledView, RevocationEntry } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';
import { readEnrolProof } from './enrol-proof.ts';
import type { ProvenKey } from './enrol-proof.ts';
import type { AppendAudit, Session } from './identity.ts';
import { lockOwnCard, ownCard } from './own-card.ts';
import type { OwnCard } from './own-card.ts';

/** Enters one entry into the campus-wide revocation stream, in this transaction. */
export type Revoke = (tx: Queryable, what: RevocationEntry['what']) => Promise<unknown>;

export type CardPorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly revoke: Revoke;
  readonly appendAudit: AppendAudit;
};

const nonceBytes = 16;
const credentialBytes = 8;
export const challengeForMs = 2 * 60 * 1000;

/** @throws CloudError CL_CARD_FROZEN, CL_NOT_ALLOWED for a card that has ended */
const requireEnrollable = ({ state, valid_to: validTo }: OwnCard, nowMs: number): void => {
  if (state === 'frozen') throw new CloudError('CL_CARD_FROZEN');
  if (state === 'ended' || validTo.getTime() <= nowMs) {
    throw new CloudError('CL_NOT_ALLOWED', 'the card has ended');
  }
};

/** A nonce for this card, good once and for two minutes; a new one takes the former's place. */
export const enrolChallenge = async (
  { database, clock, random }: CardPorts,
  { person }: Session,
): Promise<EnrolChallengeView> => {
  const nowMs = clock.nowMs();
  const card = await ownCard(database, person.id);
  requireEnrollable(card, nowMs);
  const nonce = toHex(random(nonceBytes));
  const expiresAt = new Date(nowMs + challengeForMs);
  await database.transaction(async (tx) => {
    await tx.query('delete from enrol_challenge where card = $1::uuid or expires_at <= $2', [
      card.id,
      new Date(nowMs),
    ]);
    await tx.query(
      'insert into enrol_challenge (nonce, card, expires_at) values ($1, $2::uuid, $3)',
      [nonce, card.id, expiresAt],
    );
  });
  return { nonce, expiresAt: expiresAt.toISOString() };
};

/** Burns the nonce, whatever comes of the rest: a proof is looked at once. */
const takeNonce = async (
  { database, clock }: CardPorts,
  card: string,
  nonce: string,
): Promise<boolean> => {
  const [row] = await database.query<{ expires_at: Date }>(
    'delete from enrol_challenge where nonce = $1 and card = $2::uuid returning expires_at',
    [nonce, card],
  );
  return row !== undefined && clock.nowMs() < row.expires_at.getTime();
};

/** @returns the former phone key of the card, which no longer lives */
const replaceCredential = async (
  tx: Queryable,
  card: OwnCard,
  { id, key, at }: { readonly id: string; readonly key: ProvenKey; readonly at: Date },
): Promise<string | undefined> => {
  const [former] = await tx.query<{ id: string }>(
    `update credential set revoked_at = $2 where card = $1::uuid and revoked_at is null
     returning id`,
    [card.id, at],
  );
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at) values ($1, $2::uuid, $3, $4, $5)`,
    [id, card.id, key.alg, key.rawKey, at],
  );
  return former?.id;
};

/**
 * Enrols the key that the proof carries as the one phone key of the session's card. The former one
 * ends in the same transaction: revoked, told to every gateway, audited. Answers after the commit.
 * Locks are taken in the order card, audit, revocation, feed.
 * @throws CloudError CL_ENROL_PROOF, CL_CARD_FROZEN, CL_NOT_ALLOWED
 */
export const enrolPhone = async (
  ports: CardPorts,
  { person }: Session,
  proof: string,
): Promise<EnrolledView> => {
  const { database, clock, random, revoke, appendAudit } = ports;
  const key = await readEnrolProof(proof);
  const { id: cardId } = await ownCard(database, person.id);
  if (key === undefined || !(await takeNonce(ports, cardId, key.nonce))) {
    throw new CloudError('CL_ENROL_PROOF');
  }
  const id = toHex(random(credentialBytes));
  const atMs = clock.nowMs();
  const campus = await database.transaction(async (tx) => {
    const card = await lockOwnCard(tx, person.id);
    // The nonce was for one card; the person may have got another one meanwhile.
    if (card.id !== cardId) throw new CloudError('CL_ENROL_PROOF');
    requireEnrollable(card, atMs);
    const former = await replaceCredential(tx, card, { id, key, at: new Date(atMs) });
    const detail = { card: card.id, alg: key.alg, former: former ?? null };
    await appendAudit(tx, { atMs, actor: person.id, action: 'card.enrol', subject: id, detail });
    if (former !== undefined) {
      await revoke(tx, { kind: 'credential.revoked', credential: former });
    }
    const found = await campusOf(tx);
    const data = { card: card.id, person: person.id };
    if (former !== undefined) {
      const name = 'credential.revoked';
      await appendFeed(tx, atMs, { kind: 'domain', name, subject: former, data });
    }
    const name = 'credential.enrolled';
    await appendFeed(tx, atMs, { kind: 'domain', name, subject: id, data });
    return found;
  });
  return { credential: id, campus, at: new Date(atMs).toISOString() };
};

/** The audience root of every pass. */
const campusOf = async (tx: Queryable): Promise<string> => {
  const [site] = await tx.query<{ campus: string }>('select campus from site order by id limit 1');
  if (site === undefined) throw new CloudError('CL_NOT_FOUND', 'no site');
  return site.campus;
};
