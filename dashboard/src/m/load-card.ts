import { nowMs } from '../adapters/clock.ts';
import { makeKeyPair, signWith } from '../adapters/phone-crypto.ts';
import { alone } from '../adapters/phone-page.ts';
import type { PhoneKey, PhoneStore, Seen } from '../adapters/phone-store.ts';
import { hasStatus } from '../api/failure.ts';
import { routes } from '../api/routes.ts';
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
  const { at } = await routes.time();
  return clockOffsetMs({ sentMs, heardMs: nowMs(), serverMs: Date.parse(at) });
};

const loadFromServer = async (store: PhoneStore): Promise<Card> => {
  const [me, campus, history, notices, offsetMs] = await Promise.all([
    routes.me(),
    routes.campus(),
    routes.history(),
    routes.notices(),
    askClock(),
  ]);
  const seen: Seen = { person: me.person.id, me, campus, history, notices, offsetMs };
  await store.saveSeen(seen);
  return { ...seen, key: await store.key(seen.person), wasPurged: false };
};

/** What this phone remembers. */
export const loadFromPhone = async (store: PhoneStore): Promise<Card | undefined> => {
  const seen = await store.seen();
  if (seen === undefined) return undefined;
  return { ...seen, key: await store.key(seen.person), wasPurged: false };
};

/** What the server says, and where it is out of reach, what this phone remembers. */
export const loadCard = async (store: PhoneStore): Promise<CardLoad> => {
  try {
    return { state: 'loaded', card: await loadFromServer(store), isSignedIn: true };
  } catch (error) {
    const isSignedIn = !hasStatus(error, 401);
    const card = await loadFromPhone(store).catch(() => undefined);
    if (!isSignedIn && card?.key === undefined) return { state: 'signed_out' };
    return card === undefined ? { state: 'failed', error } : { state: 'loaded', card, isSignedIn };
  }
};

/**
 * Makes a key on this phone and has it enrolled for the card; where another page of this browser
 * has just done that, nothing.
 * @throws ApiFailure
 */
export const enrolPhone = (store: PhoneStore, person: string): Promise<void> =>
  alone('gatehouse-enrol', async () => {
    const [held, { credential: live }] = await Promise.all([store.key(person), routes.me()]);
    if (held !== undefined && held.credential === live?.id) return;
    const { nonce } = await routes.challenge();
    const { privateKey, rawKey } = await makeKeyPair();
    const proof = await enrolProof({ nonce, rawKey }, signWith(privateKey));
    const { credential, campus } = await routes.enrol(proof);
    await store.saveKey({ person, campus, credential, privateKey, counter: 0 });
  });
