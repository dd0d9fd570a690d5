import type { MeView } from '@gatehouse/protocols';
import { nowMs } from '../adapters/clock.ts';
import { makeKeyPair, signWith } from '../adapters/phone-crypto.ts';
import { alone } from '../adapters/phone-page.ts';
import type { PhoneKey, PhoneStore, Seen } from '../adapters/phone-store.ts';
import { hasStatus } from '../api/failure.ts';
import { phoneRoutes } from '../api/phone-routes.ts';
import { clockOffsetMs, enrolProof } from './mint.ts';

/** The card as the page knows it: from the server, or as it was last seen. */
export type Card = Seen & {
  readonly key: PhoneKey | undefined;
  /** The key was here while this page was open, and the browser has thrown it away. */
  readonly wasPurged: boolean;
};

export type CardLoad =
  | { readonly state: 'loading' }
  | { readonly state: 'signed_out' }
  | { readonly state: 'failed'; readonly error: unknown }
  | {
      readonly state: 'loaded';
      readonly card: Card;
      /** False where the login has ended: the key goes on working, the rest waits. */
      readonly isSignedIn: boolean;
    };

const askClock = async (): Promise<number> => {
  const sentMs = nowMs();
  const { at } = await phoneRoutes.time();
  return clockOffsetMs({ sentMs, heardMs: nowMs(), serverMs: Date.parse(at) });
};

/** The key of a card in this browser. */
export const keyOf = (store: PhoneStore, { card, person, credential }: MeView) =>
  store.key({ card: card.id, person: person.id, credential: credential?.id });

const hasEnded = ({ card, cards }: MeView): boolean =>
  card.state === 'ended' && cards.some(({ state }) => state !== 'ended');

/** Of the card that was chosen, while it is this person's; else of the one that comes first. */
const readCard = async (chosen: string | undefined) => {
  const [me, history] = await Promise.all([
    phoneRoutes.me(chosen),
    phoneRoutes.history('', chosen),
  ]);
  return { me, history };
};

const readChosen = async (store: PhoneStore, chosen: string | undefined) => {
  if (chosen === undefined) return readCard(undefined);
  try {
    const found = await readCard(chosen);
    if (!hasEnded(found.me)) return found;
    // Without a network it would be shown as it was before it ended.
    await store.forget(chosen);
    return await readCard(undefined);
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    return readCard(undefined);
  }
};

const loadFromServer = async (store: PhoneStore, chosen: string | undefined): Promise<Card> => {
  const [{ me, history }, campus, notices, offsetMs] = await Promise.all([
    readChosen(store, chosen ?? (await store.lastCard())),
    phoneRoutes.campus(),
    phoneRoutes.notices(),
    askClock(),
  ]);
  const { id: card } = me.card;
  const seen: Seen = { card, person: me.person.id, me, campus, history, notices, offsetMs };
  const key = await keyOf(store, me);
  // On a borrowed phone nothing of its holder stays behind.
  if (key !== undefined) await store.saveSeen(seen);
  return { ...seen, key, wasPurged: false };
};

/** What this phone remembers, of the card that was chosen or the one that it showed last. */
export const loadFromPhone = async (
  store: PhoneStore,
  chosen: string | undefined,
): Promise<Card | undefined> => {
  const own = chosen === undefined ? undefined : await store.seen(chosen);
  const seen = own ?? (await store.seen());
  if (seen === undefined) return undefined;
  return { ...seen, key: await keyOf(store, seen.me), wasPurged: false };
};

/**
 * What the server says, and where it is out of reach, what this phone remembers.
 * @param chosen id of a card; undefined = the one that this phone showed last, or that comes first
 */
export const loadCard = async (
  store: PhoneStore,
  chosen: string | undefined,
): Promise<CardLoad> => {
  try {
    return { state: 'loaded', card: await loadFromServer(store, chosen), isSignedIn: true };
  } catch (error) {
    const isSignedIn = !hasStatus(error, 401);
    const card = await loadFromPhone(store, chosen).catch(() => undefined);
    if (!isSignedIn && card?.key === undefined) return { state: 'signed_out' };
    return card === undefined ? { state: 'failed', error } : { state: 'loaded', card, isSignedIn };
  }
};

/**
 * Makes a key on this phone and has it enrolled for the card; where another page of this browser
 * has just done that, nothing.
 * @param by without a tap no card is taken from another phone, whatever was known of it before
 * @throws ApiFailure
 */
export const enrolPhone = (store: PhoneStore, card: string, by: 'tap' | 'itself'): Promise<void> =>
  alone('gatehouse-enrol', async () => {
    const me = await phoneRoutes.me(card);
    const held = await keyOf(store, me);
    if (held !== undefined && held.credential === me.credential?.id) return;
    if (by === 'itself' && me.credential?.here === false) return;
    const { nonce } = await phoneRoutes.challenge(card);
    const { privateKey, rawKey } = await makeKeyPair();
    const proof = await enrolProof({ nonce, rawKey }, signWith(privateKey));
    const { credential, campus } = await phoneRoutes.enrol(proof, card);
    const person = me.person.id;
    await store.saveKey({ card, person, campus, credential, privateKey, counter: 0 });
  });
