import type { MeView, UseView } from '@gatehouse/protocols';
import { useCallback, useEffect, useState } from 'react';
import { after, nowMs } from '../adapters/clock.ts';
import { openLiveStream } from '../adapters/live-stream.ts';
import { makeKeyPair, signWith } from '../adapters/phone-crypto.ts';
import type { PhoneKey, PhoneStore, Seen } from '../adapters/phone-store.ts';
import { hasStatus } from '../api/failure.ts';
import { phoneStreamPath, routes } from '../api/routes.ts';
import { clockOffsetMs, enrolProof } from './mint.ts';

/** The card as the page knows it: from the server, or as it was last seen. */
export type Card = Seen & {
  readonly key: PhoneKey | undefined;
};

export type CardLoad =
  | { readonly state: 'loading' }
  | { readonly state: 'signed_out' }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'loaded'; readonly card: Card };

const historyMax = 100;
const serverWaitMs = 1_200;

const askClock = async (): Promise<number> => {
  const sentMs = nowMs();
  const { at } = await routes.time();
  return clockOffsetMs({ sentMs, heardMs: nowMs(), serverMs: Date.parse(at) });
};

const loadFromServer = async (store: PhoneStore): Promise<Card> => {
  const [me, campus, history, offsetMs] = await Promise.all([
    routes.me(),
    routes.campus(),
    routes.history(),
    askClock(),
  ]);
  const person = me.person.id;
  const seen: Seen = { person, me, campus, history: history.slice(0, historyMax), offsetMs };
  await store.saveSeen(seen);
  return { ...seen, key: await store.key(person) };
};

const loadFromPhone = async (store: PhoneStore): Promise<Card | undefined> => {
  const seen = await store.seen();
  return seen === undefined ? undefined : { ...seen, key: await store.key(seen.person) };
};

/** What the server says, and where it is out of reach, what this phone remembers. */
const load = async (store: PhoneStore): Promise<CardLoad> => {
  try {
    return { state: 'loaded', card: await loadFromServer(store) };
  } catch (error) {
    if (hasStatus(error, 401)) return { state: 'signed_out' };
    const card = await loadFromPhone(store);
    return card === undefined ? { state: 'failed', error } : { state: 'loaded', card };
  }
};

/** Makes a key on this phone and has it enrolled for the card. */
export const enrolPhone = async (store: PhoneStore, person: string): Promise<void> => {
  const { nonce } = await routes.challenge();
  const { privateKey, rawKey } = await makeKeyPair();
  const proof = await enrolProof({ nonce, rawKey }, signWith(privateKey));
  const { credential, campus } = await routes.enrol(proof);
  await store.saveKey({ person, campus, credential, privateKey, counter: 0 });
};

export type CardHold = {
  readonly load: CardLoad;
  /** False while the server is out of reach: the card goes on working. */
  readonly isOnline: boolean;
  readonly reload: () => Promise<void>;
  readonly setMe: (me: MeView) => void;
  readonly addUse: (use: UseView) => void;
};

const withUse = (history: readonly UseView[], use: UseView): readonly UseView[] =>
  [use, ...history.filter(({ id }) => id !== use.id)].slice(0, historyMax);

const changeCard = (before: CardLoad, change: (card: Card) => Card): CardLoad =>
  before.state === 'loaded' ? { state: 'loaded', card: change(before.card) } : before;

/** The card, kept up to date by its own stream. */
export const useCard = (store: PhoneStore, onUse: (use: UseView) => void): CardHold => {
  const [found, setFound] = useState<CardLoad>({ state: 'loading' });
  const [isOnline, setOnline] = useState(true);
  const reload = useCallback(async () => {
    // A network that does not answer must not keep anybody waiting at a gate.
    const cancel = after(serverWaitMs, () => {
      void loadFromPhone(store).then((card) => {
        if (card === undefined) return;
        setFound((before) => (before.state === 'loading' ? { state: 'loaded', card } : before));
      });
    });
    const next = await load(store);
    cancel();
    setFound(next);
  }, [store]);
  const setMe = useCallback((me: MeView) => {
    setFound((before) => changeCard(before, (card) => ({ ...card, me })));
  }, []);
  const addUse = useCallback((use: UseView) => {
    setFound((before) =>
      changeCard(before, (card) => ({ ...card, history: withUse(card.history, use) })),
    );
  }, []);

  useEffect(() => {
    void reload();
  }, [reload]);

  const isLoaded = found.state === 'loaded';
  useEffect(() => {
    if (!isLoaded) return undefined;
    let wasLost = false;
    return openLiveStream(phoneStreamPath, {
      onAlive: () => {
        setOnline(true);
        if (wasLost) void reload();
        wasLost = false;
      },
      onLost: () => {
        wasLost = true;
        setOnline(false);
      },
      onMessage: ({ event, data }) => {
        if (event === 'me') {
          // Our own server, of the same contract.
          setMe(JSON.parse(data) as MeView);
        }
        if (event === 'use') {
          // As above.
          const use = JSON.parse(data) as UseView;
          addUse(use);
          onUse(use);
        }
      },
    });
  }, [isLoaded, reload, addUse, setMe, onUse]);

  return { load: found, isOnline, reload, setMe, addUse };
};
