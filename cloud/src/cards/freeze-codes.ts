import { utf8, toHex } from '@gatehouse/protocols';
import type { FreezeCodeView, Primitives } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Ports, Queryable } from '../ports.ts';
import { lockCard } from './card-rows.ts';
import type { CardChangePorts } from './card-rows.ts';
import { freezeCard } from './freeze-card.ts';

/**
 * A code on paper freezes one card, once, from any browser, and does nothing else: whoever finds
 * the paper can do no harm that one tap does not lift. 50 bits, so nobody guesses one of 140,000;
 * kept as a hash.
 */
export const codeChars = 10;
/** Crockford's base 32: no I, L, O, U. https://www.crockford.com/base32.html */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const readAs: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** What was typed, as it was written; undefined where it is no code. */
export const readCode = (typed: string): string | undefined => {
  const text = [...typed.toUpperCase()]
    .filter((char) => !/[\s-]/.test(char))
    .map((char) => readAs[char] ?? char)
    .join('');
  return text.length === codeChars && [...text].every((char) => alphabet.includes(char))
    ? text
    : undefined;
};

const half = codeChars / 2;

/** As it is printed: two groups of five. */
export const writtenCode = (code: string): string => `${code.slice(0, half)}-${code.slice(half)}`;

type Hash = Pick<Primitives, 'sha256'>;

const hashOf = (code: string, { sha256 }: Hash): string => toHex(sha256(utf8(code)));

/** Each of 256 bytes stands for one of 32 characters eight times: no character is likelier. */
const drawCode = (random: Ports['random']): string =>
  [...random(codeChars)].map((byte) => alphabet[byte % alphabet.length] ?? '0').join('');

/**
 * Makes the code of a card, in place of the one before. Shown once.
 * @throws CloudError CL_CARD_ENDED
 */
export const makeFreezeCode = async (
  ports: CardChangePorts & { readonly primitives: Hash },
  { card: id, actor }: { readonly card: string; readonly actor: string },
): Promise<FreezeCodeView> => {
  const { database, clock, random, appendAudit, primitives } = ports;
  const code = drawCode(random);
  const atMs = clock.nowMs();
  await database.transaction(async (tx) => {
    const card = await lockCard(tx, id);
    if (card.state === 'ended') throw new CloudError('CL_CARD_ENDED');
    await tx.query(
      `insert into freeze_code (card, code_sha256, made_at) values ($1::uuid, $2, $3)
       on conflict (card) do update
       set code_sha256 = excluded.code_sha256, made_at = excluded.made_at`,
      [card.id, hashOf(code, primitives), new Date(atMs)],
    );
    const about = { action: 'card.make_code', subject: card.id, detail: {} };
    await appendAudit(tx, { atMs, actor, ...about });
  });
  return { code: writtenCode(code), madeAt: new Date(atMs).toISOString() };
};

export const freezeCodeMadeAt = async (db: Queryable, card: string): Promise<string | null> => {
  const [row] = await db.query<{ made_at: Date }>(
    'select made_at from freeze_code where card = $1::uuid',
    [card],
  );
  return row?.made_at.toISOString() ?? null;
};

/**
 * Freezes the card of this code; the code is used up, whether or not the card was frozen already.
 * @throws CloudError CL_CODE_UNKNOWN
 */
export const freezeByCode = async (
  ports: CardChangePorts & { readonly primitives: Hash },
  typed: string,
): Promise<void> => {
  const code = readCode(typed);
  if (code === undefined) throw new CloudError('CL_CODE_UNKNOWN');
  await ports.database.transaction(async (tx) => {
    const hash = hashOf(code, ports.primitives);
    const [known] = await tx.query<{ card: string }>(
      'select card from freeze_code where code_sha256 = $1',
      [hash],
    );
    if (known === undefined) throw new CloudError('CL_CODE_UNKNOWN');
    // The card first, as whoever makes a code locks it; then somebody may have been faster.
    const card = await lockCard(tx, known.card);
    const [taken] = await tx.query(
      'delete from freeze_code where code_sha256 = $1 returning card',
      [hash],
    );
    if (taken === undefined || card.state === 'ended') throw new CloudError('CL_CODE_UNKNOWN');
    await freezeCard(tx, ports, card, { way: 'code', actor: null, reason: '' });
  });
};
