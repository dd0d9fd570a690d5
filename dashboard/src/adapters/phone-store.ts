import type { CampusView, MeView, UseView } from '@gatehouse/protocols';
import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';

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
};

const takeFrom = async (
  db: IDBPDatabase<Schema>,
  person: string,
  credential: string,
): Promise<PhoneKey | undefined> => {
  const tx = db.transaction('keys', 'readwrite', { durability: 'strict' });
  const key = await tx.store.get(person);
  const taken = key?.credential === credential ? { ...key, counter: key.counter + 1 } : undefined;
  if (taken !== undefined) await tx.store.put(taken);
  await tx.done;
  return taken;
};

export const openPhoneStore = async (): Promise<PhoneStore> => {
  const db = await openDB<Schema>('gatehouse-card', 1, {
    upgrade: (fresh) => {
      fresh.createObjectStore('keys', { keyPath: 'person' });
      fresh.createObjectStore('seen', { keyPath: 'person' });
      fresh.createObjectStore('last');
    },
  });
  return {
    key: (person) => db.get('keys', person),
    saveKey: async (key) => {
      await db.put('keys', key);
    },
    takeCounter: (person, credential) => takeFrom(db, person, credential),
    seen: async (person) => {
      const wanted = person ?? (await db.get('last', 'person'));
      return wanted === undefined ? undefined : db.get('seen', wanted);
    },
    saveSeen: async (seen) => {
      const tx = db.transaction(['seen', 'last'], 'readwrite');
      await tx.objectStore('seen').put(seen);
      await tx.objectStore('last').put(seen.person, 'person');
      await tx.done;
    },
  };
};
