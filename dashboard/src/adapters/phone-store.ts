import type { CampusView, MeView, NoticeView, UseView } from '@gatehouse/protocols';
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames, StoreValue } from 'idb';

/** The phone key of one card with its counter: they live and die together. */
export type PhoneKey = {
  readonly card: string;
  readonly person: string;
  readonly campus: string;
  readonly credential: string;
  readonly privateKey: CryptoKey;
  /** The highest counter that may have been shown. */
  readonly counter: number;
};

/** What was last seen of a card, so that it opens without a network. */
export type Seen = {
  readonly card: string;
  readonly person: string;
  readonly me: MeView;
  readonly campus: CampusView;
  readonly history: readonly UseView[];
  readonly notices: readonly NoticeView[];
  /** How far the server's clock is ahead of this phone's. */
  readonly offsetMs: number;
};

type Schema = DBSchema & {
  /** Before version 3 each person had one key, and one card that was seen. */
  keys: { key: string; value: Omit<PhoneKey, 'card'> };
  seen: { key: string; value: Omit<Seen, 'card'> };
  cardKeys: { key: string; value: PhoneKey };
  cardSeen: { key: string; value: Seen };
  /** `card`: the one that this phone showed last. `person`: before version 3. */
  last: { key: string; value: string };
};

/** A card, and the live phone key that the server knows of it. */
export type Held = {
  readonly card: string;
  readonly person: string;
  readonly credential: string | undefined;
};

export type PhoneStore = {
  readonly key: (held: Held) => Promise<PhoneKey | undefined>;
  readonly saveKey: (key: PhoneKey) => Promise<void>;
  /**
   * Uses up the next counter, on disk, before anybody sees it; two pages never get the same one.
   * @returns undefined where the key is gone (browsers purge storage)
   */
  readonly takeCounter: (card: string, credential: string) => Promise<PhoneKey | undefined>;
  /** Of this card or, without a card, of the one that was shown last. */
  readonly seen: (card?: string) => Promise<Seen | undefined>;
  /** The card that was shown last. */
  readonly lastCard: () => Promise<string | undefined>;
  readonly saveSeen: (seen: Seen) => Promise<void>;
  /** The card itself has changed; of a card that was not seen here nothing is kept. */
  readonly saveMe: (me: MeView) => Promise<void>;
  /** The key too: the card has ended. */
  readonly forget: (card: string) => Promise<void>;
  /**
   * Hears when the browser throws the store away while the page is open.
   * @returns ends it
   */
  readonly onGone: (hear: () => void) => () => void;
};

type Connection = IDBPDatabase<Schema>;

const takeFrom = async (
  db: Connection,
  card: string,
  credential: string,
): Promise<PhoneKey | undefined> => {
  const tx = db.transaction('cardKeys', 'readwrite', { durability: 'strict' });
  const take = async (): Promise<PhoneKey | undefined> => {
    const key = await tx.store.get(card);
    const taken = key?.credential === credential ? { ...key, counter: key.counter + 1 } : undefined;
    if (taken !== undefined) await tx.store.put(taken);
    return taken;
  };
  return whole(tx, take());
};

/**
 * Browsers that purge cut a transaction off in the middle: what was asked of it fails, and so does
 * its end, which somebody has to hear.
 */
const whole = async <T>(tx: { readonly done: Promise<void> }, work: Promise<T>): Promise<T> => {
  const [result] = await Promise.all([work, tx.done]);
  return result;
};

const readFrom = <Name extends StoreNames<Schema>>(
  db: Connection,
  name: Name,
  key: string,
): Promise<StoreValue<Schema, Name> | undefined> => {
  const tx = db.transaction(name);
  return whole(tx, tx.store.get(key));
};

/** A key from before version 3 whose card was not known then is this card's by its credential. */
const keyFrom = async (db: Connection, held: Held): Promise<PhoneKey | undefined> => {
  const { card, person, credential } = held;
  const tx = db.transaction(['cardKeys', 'keys'], 'readwrite');
  const find = async (): Promise<PhoneKey | undefined> => {
    const own = await tx.objectStore('cardKeys').get(card);
    if (own !== undefined) return own;
    const old = await tx.objectStore('keys').get(person);
    if (old === undefined || old.credential !== credential) return undefined;
    const moved = { ...old, card };
    await tx.objectStore('cardKeys').put(moved);
    await tx.objectStore('keys').delete(person);
    return moved;
  };
  return whole(tx, find());
};

const version = 3;
type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** What version 2 knew of a person's one card; keys go with their card, counter and all. */
const moveToCards = async (tx: Upgrade): Promise<void> => {
  const last = tx.objectStore('last');
  const lastPerson = await last.get('person');
  for (const seen of await tx.objectStore('seen').getAll()) {
    const { person, number, state } = { ...seen.me, ...seen.me.card };
    const { affiliation: kind, unit } = person;
    const { id: card } = seen.me.card;
    const me = { ...seen.me, cards: [{ id: card, number, kind, unit, state }], also: [] };
    await tx.objectStore('cardSeen').put({ ...seen, card, me });
    if (seen.person === lastPerson) await last.put(card, 'card');
    const key = await tx.objectStore('keys').get(seen.person);
    if (key === undefined || key.credential !== seen.me.credential?.id) continue;
    await tx.objectStore('cardKeys').put({ ...key, card });
    await tx.objectStore('keys').delete(seen.person);
  }
  await tx.objectStore('seen').clear();
};

const upgrade = async (db: Connection, from: number, tx: Upgrade): Promise<void> => {
  if (from < 1) {
    db.createObjectStore('keys', { keyPath: 'person' });
    db.createObjectStore('seen', { keyPath: 'person' });
    db.createObjectStore('last');
  }
  db.createObjectStore('cardKeys', { keyPath: 'card' });
  db.createObjectStore('cardSeen', { keyPath: 'card' });
  // What version 1 had seen has another shape; its keys wait for their card.
  if (from === 1) await tx.objectStore('seen').clear();
  if (from === 2) await moveToCards(tx);
};

/** A connection that is made again after the browser has cut it. */
const createConnection = (onGone: () => void): (() => Promise<Connection>) => {
  let opened: Promise<Connection> | undefined;
  const forget = (): void => {
    opened = undefined;
    onGone();
  };
  return () => {
    opened ??= openDB<Schema>('gatehouse-card', version, {
      // Where a row is none of ours the rest stays as it was, and is found by `keyFrom`.
      upgrade: (db, from, _to, tx) => void upgrade(db, from, tx).catch(() => undefined),
      // Somebody deletes the store, or a newer page changes it: let go, or that hangs.
      blocking: () => {
        void opened?.then((db) => {
          db.close();
        });
        forget();
      },
      terminated: forget,
    }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
};

/** @throws where this browser keeps nothing (private windows of some, or forbidden) */
export const openPhoneStore = async (): Promise<PhoneStore> => {
  const ears = new Set<() => void>();
  const connect = createConnection(() => {
    for (const hear of ears) hear();
  });
  await connect();
  return {
    key: async (held) => keyFrom(await connect(), held),
    saveKey: async (key) => {
      await (await connect()).put('cardKeys', key);
    },
    takeCounter: async (card, credential) => takeFrom(await connect(), card, credential),
    seen: async (card) => {
      const db = await connect();
      const wanted = card ?? (await readFrom(db, 'last', 'card'));
      return wanted === undefined ? undefined : readFrom(db, 'cardSeen', wanted);
    },
    saveSeen: async (seen) => {
      const tx = (await connect()).transaction(['cardSeen', 'last'], 'readwrite');
      const puts = [
        tx.objectStore('cardSeen').put(seen),
        tx.objectStore('last').put(seen.card, 'card'),
      ];
      await whole(tx, Promise.all(puts));
    },
    lastCard: async () => readFrom(await connect(), 'last', 'card'),
    saveMe: async (me) => {
      const tx = (await connect()).transaction('cardSeen', 'readwrite');
      const save = async (): Promise<void> => {
        const seen = await tx.store.get(me.card.id);
        if (seen !== undefined) await tx.store.put({ ...seen, me });
      };
      await whole(tx, save());
    },
    forget: async (card) => {
      const tx = (await connect()).transaction(['cardSeen', 'cardKeys'], 'readwrite');
      const ends = [
        tx.objectStore('cardSeen').delete(card),
        tx.objectStore('cardKeys').delete(card),
      ];
      await whole(tx, Promise.all(ends));
    },
    onGone: (hear) => {
      ears.add(hear);
      return () => {
        ears.delete(hear);
      };
    },
  };
};
