import type { CampusView, MeView, NoticeView, UseView } from '@gatehouse/protocols';
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase, StoreNames, StoreValue } from 'idb';

/** A phone key with its counter: they live and die together. */
export type PhoneKey = {
  readonly person: string;
  readonly campus: string;
  readonly credential: string;
  readonly privateKey: CryptoKey;
  /** The highest counter that may have been shown. */
  readonly counter: number;
};

/** What was last seen, so that the card opens without a network. */
export type Seen = {
  readonly person: string;
  readonly me: MeView;
  readonly campus: CampusView;
  readonly history: readonly UseView[];
  readonly notices: readonly NoticeView[];
  /** How far the server's clock is ahead of this phone's. */
  readonly offsetMs: number;
};

type Schema = DBSchema & {
  keys: { key: string; value: PhoneKey };
  seen: { key: string; value: Seen };
  last: { key: string; value: string };
};

export type PhoneStore = {
  readonly key: (person: string) => Promise<PhoneKey | undefined>;
  readonly saveKey: (key: PhoneKey) => Promise<void>;
  /**
   * Uses up the next counter, on disk, before anybody sees it; two pages never get the same one.
   * @returns undefined where the key is gone (browsers purge storage)
   */
  readonly takeCounter: (person: string, credential: string) => Promise<PhoneKey | undefined>;
  /** Of this person or, without a person, of whoever used the phone last. */
  readonly seen: (person?: string) => Promise<Seen | undefined>;
  readonly saveSeen: (seen: Seen) => Promise<void>;
  /**
   * Hears when the browser throws the store away while the page is open.
   * @returns ends it
   */
  readonly onGone: (hear: () => void) => () => void;
};

type Connection = IDBPDatabase<Schema>;

const takeFrom = async (
  db: Connection,
  person: string,
  credential: string,
): Promise<PhoneKey | undefined> => {
  const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
  const take = async (): Promise<PhoneKey | undefined> => {
    const key = await tx.store.get(person);
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

const version = 2;

/** A connection that is made again after the browser has cut it. */
const createConnection = (onGone: () => void): (() => Promise<Connection>) => {
  let opened: Promise<Connection> | undefined;
  const forget = (): void => {
    opened = undefined;
    onGone();
  };
  return () => {
    opened ??= openDB<Schema>('gatehouse-card', version, {
      upgrade: (db, from, _to, tx) => {
        if (from >= 1) {
          // What was seen has another shape now; keys stay.
          void tx.objectStore('seen').clear();
          return;
        }
        db.createObjectStore('keys', { keyPath: 'person' });
        db.createObjectStore('seen', { keyPath: 'person' });
        db.createObjectStore('last');
      },
      // Somebody deletes the store: let go, or the deletion hangs.
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
    key: async (person) => readFrom(await connect(), 'keys', person),
    saveKey: async (key) => {
      await (await connect()).put('keys', key);
    },
    takeCounter: async (person, credential) => takeFrom(await connect(), person, credential),
    seen: async (person) => {
      const db = await connect();
      const wanted = person ?? (await readFrom(db, 'last', 'person'));
      return wanted === undefined ? undefined : readFrom(db, 'seen', wanted);
    },
    saveSeen: async (seen) => {
      const tx = (await connect()).transaction(['seen', 'last'], 'readwrite');
      const puts = [
        tx.objectStore('seen').put(seen),
        tx.objectStore('last').put(seen.person, 'person'),
      ];
      await whole(tx, Promise.all(puts));
    },
    onGone: (hear) => {
      ears.add(hear);
      return () => {
        ears.delete(hear);
      };
    },
  };
};
