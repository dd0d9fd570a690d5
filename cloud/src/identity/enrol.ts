import { toHex } from '@gatehouse/protocols';
import type { EnrolChallengeView, EnrolledView, RevocationEntry, Text } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import { appendFeed } from '../feed/feed.ts';
import type { Clock, Database, Ports, Queryable } from '../ports.ts';
import { readEnrolProof } from './enrol-proof.ts';
import type { ProvenKey } from './enrol-proof.ts';
import type { AppendAudit } from './identity.ts';
import { tell } from './notices.ts';
import { lockOwnCard, ownCard } from './own-card.ts';
import type { Holder, OwnCard } from './own-card.ts';
import { moveOf } from './phone-changes.ts';
import type { Move } from './phone-changes.ts';

/** Enters one entry into the campus-wide revocation stream, in this transaction. */
export type Revoke = (tx: Queryable, what: RevocationEntry['what']) => Promise<unknown>;

export type CardPorts = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly random: Ports['random'];
  readonly revoke: Revoke;
  readonly appendAudit: AppendAudit;
};

/** The browser that asks. */
export type Browser = {
  /** What the table keeps of it: the same for the same browser and card, and says nothing else. */
  readonly mark: (card: string) => string;
  /** For its owner to know it again. */
  readonly name: Text;
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

/**
 * A nonce for this card, good once and for two minutes; a new one takes the former's place. Who may
 * not enrol hears of it here, before the phone makes a key.
 * @throws CloudError CL_CARD_FROZEN, CL_NOT_ALLOWED, CL_ENROL_LIMIT
 */
export const enrolChallenge = async (
  { database, clock, random }: CardPorts,
  holder: Holder,
  { mark }: Pick<Browser, 'mark'>,
): Promise<EnrolChallengeView> => {
  const nowMs = clock.nowMs();
  const card = await ownCard(database, holder);
  requireEnrollable(card, nowMs);
  await moveOf(database, card.id, { browser: mark(card.id), nowMs });
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

type NewKey = {
  readonly id: string;
  readonly key: ProvenKey;
  readonly browser: string;
  readonly at: Date;
};

/** @returns the phone key that lived until now, where there was one */
const replaceKey = async (
  tx: Queryable,
  card: string,
  { waitsUntil, kind }: Move,
  { id, key, browser, at }: NewKey,
): Promise<string | undefined> => {
  const [former] = await tx.query<{ id: string }>(
    `update credential set revoked_at = $2 where card = $1::uuid and revoked_at is null
     returning id`,
    [card, at],
  );
  await tx.query(
    `insert into credential (id, card, alg, key, enrolled_at, browser, is_change, waits_until)
     values ($1, $2::uuid, $3, $4, $5, $6, $7, $8)`,
    [id, card, key.alg, key.rawKey, at, browser, kind === 'other_browser', waitsUntil],
  );
  return former?.id;
};

type Told = {
  readonly card: string;
  readonly person: string;
  readonly id: string;
  readonly former: string | undefined;
  readonly move: Move;
  readonly name: Text;
  readonly atMs: number;
};

/** Says it everywhere: audit, gateways, feed, owner; in this order, as the locks want it. */
const tellAll = async (tx: Queryable, ports: CardPorts, told: Told): Promise<void> => {
  const { card, person, id, former, move, name, atMs } = told;
  const detail = { card, former: former ?? null, move: move.kind, browser: name.en };
  await ports.appendAudit(tx, { atMs, actor: person, action: 'card.enrol', subject: id, detail });
  if (former !== undefined) {
    await ports.revoke(tx, { kind: 'credential.revoked', credential: former });
  }
  const changes = [
    ...(former === undefined ? [] : [{ name: 'credential.revoked', subject: former }]),
    { name: 'credential.enrolled', subject: id },
  ];
  for (const change of changes) {
    await appendFeed(tx, atMs, { kind: 'domain', ...change, data: { card, person } });
  }
  if (move.kind !== 'other_browser') return;
  await tell(tx, { person, at: atMs, kind: 'phone.replaced', data: { browser: name } });
};

/**
 * Enrols the key that the proof carries as the one phone key of the holder's card. The former one
 * ends in the same transaction: revoked, told to every gateway, audited; where another browser had
 * it, its owner is told. Answers after the commit. Locks are taken in the order card, audit,
 * revocation, feed.
 * @throws CloudError CL_ENROL_PROOF, CL_CARD_FROZEN, CL_NOT_ALLOWED, CL_ENROL_LIMIT
 */
export const enrolPhone = async (
  ports: CardPorts,
  holder: Holder,
  { proof, browser }: { readonly proof: string; readonly browser: Browser },
): Promise<EnrolledView> => {
  const { database, clock, random } = ports;
  const key = await readEnrolProof(proof);
  const { person } = holder;
  const { id: cardId } = await ownCard(database, holder);
  if (key === undefined || !(await takeNonce(ports, cardId, key.nonce))) {
    throw new CloudError('CL_ENROL_PROOF');
  }
  const id = toHex(random(credentialBytes));
  const atMs = clock.nowMs();
  const campus = await database.transaction(async (tx) => {
    const card = await lockOwnCard(tx, holder);
    // The nonce was for one card; the person may have got another one meanwhile.
    if (card.id !== cardId) throw new CloudError('CL_ENROL_PROOF');
    requireEnrollable(card, atMs);
    const mark = browser.mark(card.id);
    const move = await moveOf(tx, card.id, { browser: mark, nowMs: atMs });
    const fresh = { id, key, browser: mark, at: new Date(atMs) };
    const former = await replaceKey(tx, card.id, move, fresh);
    const about = { card: card.id, person: person.id, name: browser.name };
    await tellAll(tx, ports, { ...about, id, former, move, atMs });
    return campusOf(tx);
  });
  return { credential: id, campus, at: new Date(atMs).toISOString() };
};

/** The audience root of every pass. */
const campusOf = async (tx: Queryable): Promise<string> => {
  const [site] = await tx.query<{ campus: string }>('select campus from site order by id limit 1');
  if (site === undefined) throw new CloudError('CL_NOT_FOUND', 'no site');
  return site.campus;
};
