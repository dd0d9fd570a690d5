import type { MeView, NoticeView, UseView } from '@gatehouse/protocols';
import { useCallback, useEffect, useRef, useState } from 'react';
import { after } from '../adapters/clock.ts';
import { openLiveStream } from '../adapters/live-stream.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { historyPage, phoneStreamPath, routes } from '../api/routes.ts';
import { loadCard, loadFromPhone } from './load-card.ts';
import type { Card, CardLoad } from './load-card.ts';

const serverWaitMs = 1_200;

export type CardHold = {
  readonly load: CardLoad;
  /** False while the server is out of reach: the card goes on working. */
  readonly isOnline: boolean;
  readonly reload: () => Promise<void>;
  readonly setMe: (me: MeView) => void;
  /** The key is no longer in this browser: said at once, before any server is asked. */
  readonly dropKey: () => void;
  readonly readNotices: () => Promise<void>;
  readonly healing: Healing;
};

/** A key that vanished is replaced by itself a few times; then somebody decides. */
export type Healing = {
  readonly state: 'none' | 'healed' | 'seen';
  readonly set: (state: 'healed' | 'seen') => void;
  /** Counts one more time; false where it was too often. */
  readonly begin: () => boolean;
};

const healsMax = 3;

const useHealing = (): Healing => {
  const [state, set] = useState<Healing['state']>('none');
  const heals = useRef(0);
  const begin = useCallback(() => {
    heals.current += 1;
    return heals.current <= healsMax;
  }, []);
  return { state, set, begin };
};

const withNewest = <Row extends { readonly id: string }>(
  rows: readonly Row[],
  row: Row,
): readonly Row[] => {
  const known = rows.some(({ id }) => id === row.id);
  return known
    ? rows.map((each) => (each.id === row.id ? row : each))
    : [row, ...rows].slice(0, historyPage);
};

const useFoundCard = (store: PhoneStore) => {
  const [found, setFound] = useState<CardLoad>({ state: 'loading' });
  /** A key that was read before the browser threw it away must not come back to the page. */
  const purges = useRef(0);
  const change = useCallback((how: (card: Card) => Card): void => {
    setFound((before) =>
      before.state === 'loaded' ? { ...before, card: how(before.card) } : before,
    );
  }, []);
  const reload = useCallback(async () => {
    // A network that does not answer must not keep anybody waiting at a gate.
    const cancel = after(serverWaitMs, () => {
      void loadFromPhone(store).then((card) => {
        if (card === undefined) return;
        setFound((before) =>
          before.state === 'loading' ? { state: 'loaded', card, isSignedIn: true } : before,
        );
      });
    });
    let next: CardLoad;
    let purgesBefore: number;
    do {
      purgesBefore = purges.current;
      next = await loadCard(store);
    } while (purges.current !== purgesBefore);
    cancel();
    setFound((before) => {
      const wasPurged = before.state === 'loaded' && before.card.wasPurged;
      if (next.state !== 'loaded') return next;
      return { ...next, card: { ...next.card, wasPurged: wasPurged && !next.card.key } };
    });
  }, [store]);
  const dropKey = useCallback(() => {
    purges.current += 1;
    change((card) => ({
      ...card,
      key: undefined,
      wasPurged: card.wasPurged || card.key !== undefined,
    }));
  }, [change]);
  const setMe = useCallback(
    (me: MeView) => {
      const purgesBefore = purges.current;
      // Another page of this browser may just have made a new key.
      void store.key(me.person.id).then(
        (key) => {
          const isOld = purges.current !== purgesBefore;
          change((card) => ({ ...card, me, key: isOld ? card.key : (key ?? card.key) }));
        },
        () => {
          change((card) => ({ ...card, me }));
        },
      );
    },
    [store, change],
  );
  return { found, change, reload, dropKey, setMe };
};

/** What the phone's own stream tells comes from our own server, of the same contract. */
const viewOf = <View>(data: string): View =>
  // As said above; the callers name the view of the event.
  JSON.parse(data) as View;

const takers = (hear: {
  readonly change: (how: (card: Card) => Card) => void;
  readonly onUse: (use: UseView) => void;
  readonly onMe: (me: MeView) => void;
  readonly reload: () => Promise<void>;
}): Readonly<Partial<Record<string, (data: string) => void>>> => ({
  me: (data) => {
    hear.onMe(viewOf<MeView>(data));
  },
  use: (data) => {
    const use = viewOf<UseView>(data);
    hear.change((card) => ({ ...card, history: withNewest(card.history, use) }));
    hear.onUse(use);
  },
  notice: (data) => {
    const notice = viewOf<NoticeView>(data);
    hear.change((card) => ({ ...card, notices: withNewest(card.notices, notice) }));
  },
  // What happened meanwhile is no longer to be had piece by piece.
  reload: () => void hear.reload(),
});

/** The card, kept up to date by its own stream. */
export const useCard = (store: PhoneStore, onUse: (use: UseView) => void): CardHold => {
  const { found, change, reload, dropKey, setMe } = useFoundCard(store);
  const [isOnline, setOnline] = useState(true);
  const healing = useHealing();

  const readNotices = useCallback(async () => {
    if (found.state !== 'loaded') return;
    const ids = found.card.notices.filter(({ read }) => !read).map(({ id }) => id);
    if (ids.length === 0) return;
    const notices = await routes.readNotices(ids);
    change((card) => ({ ...card, notices }));
  }, [found, change]);

  useEffect(() => {
    void reload();
  }, [reload]);
  useEffect(() => store.onGone(dropKey), [store, dropKey]);

  const isListening = found.state === 'loaded' && found.isSignedIn;
  // The server knows this browser by its enrolment: a stream from before tells it less.
  const enrolled = found.state === 'loaded' ? found.card.key?.credential : undefined;
  useEffect(() => {
    if (!isListening) return undefined;
    let wasLost = false;
    const take = takers({ change, onUse, onMe: setMe, reload });
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
      onMessage: ({ event, data }) => take[event]?.(data),
    });
  }, [isListening, enrolled, reload, change, setMe, onUse]);

  return { load: found, isOnline, reload, setMe, dropKey, readNotices, healing };
};
