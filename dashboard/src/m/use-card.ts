import type { MeView, NoticeView, UseView } from '@gatehouse/protocols';
import { useCallback, useEffect, useRef, useState } from 'react';
import { after } from '../adapters/clock.ts';
import { openLiveStream } from '../adapters/live-stream.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { historyPage, phoneStreamPath, phoneRoutes } from '../api/phone-routes.ts';
import { keyOf, loadCard, loadFromPhone } from './load-card.ts';
import type { Card, CardLoad } from './load-card.ts';

const serverWaitMs = 1_200;

export type CardHold = {
  readonly load: CardLoad;
  /** False while the server is out of reach: the card goes on working. */
  readonly isOnline: boolean;
  readonly reload: () => Promise<void>;
  /** Another card of the same person. @returns false where it can not be shown now */
  readonly choose: (card: string) => Promise<boolean>;
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

type Change = (how: (card: Card) => Card) => void;

/** The card as the server tells it now, with the key that this browser has of it. */
const useSetMe = (
  store: PhoneStore,
  change: Change,
  purges: { readonly current: number },
): CardHold['setMe'] => {
  const changeOf = useCallback(
    (me: MeView, keyFor: (card: Card) => Card['key']): void => {
      // What was asked of one card may be heard when another one is shown.
      change((card) => (card.card === me.card.id ? { ...card, me, key: keyFor(card) } : card));
    },
    [change],
  );
  return useCallback(
    (me: MeView) => {
      const purgesBefore = purges.current;
      // A start without a network must not show a card that is frozen as if it opened.
      void store.saveMe(me).catch(() => undefined);
      // Another page of this browser may just have made a new key.
      void keyOf(store, me).then(
        (key) => {
          const isOld = purges.current !== purgesBefore;
          changeOf(me, (card) => (isOld ? card.key : (key ?? card.key)));
        },
        () => {
          changeOf(me, (card) => card.key);
        },
      );
    },
    [store, changeOf, purges],
  );
};

type SetFound = (next: (before: CardLoad) => CardLoad) => void;

/** A network that does not answer must not keep anybody waiting at a gate. @returns stops it */
const showKeptSoon = (
  store: PhoneStore,
  chosen: string | undefined,
  setFound: SetFound,
): (() => void) => {
  const show = (card: Card | undefined): void => {
    if (card === undefined) return;
    setFound((before) =>
      before.state === 'loading' ? { state: 'loaded', card, isSignedIn: true } : before,
    );
  };
  return after(serverWaitMs, () => {
    // Where the phone keeps nothing the server is waited for.
    void loadFromPhone(store, chosen).then(show, () => undefined);
  });
};

const useFoundCard = (store: PhoneStore) => {
  const [found, setFound] = useState<CardLoad>({ state: 'loading' });
  /** A key that was read before the browser threw it away must not come back to the page. */
  const purges = useRef(0);
  /** Of several cards the one that is shown, or will be. */
  const chosen = useRef<string | undefined>(undefined);
  const change = useCallback((how: (card: Card) => Card): void => {
    setFound((before) =>
      before.state === 'loaded' ? { ...before, card: how(before.card) } : before,
    );
  }, []);
  const reload = useCallback(async () => {
    const cancel = showKeptSoon(store, chosen.current, setFound);
    let next: CardLoad;
    let [purgesBefore, wanted] = [purges.current, chosen.current];
    do {
      [purgesBefore, wanted] = [purges.current, chosen.current];
      next = await loadCard(store, wanted);
    } while (purges.current !== purgesBefore || chosen.current !== wanted);
    cancel();
    if (next.state === 'loaded') chosen.current = next.card.card;
    setFound((before) => {
      if (next.state !== 'loaded') return next;
      const isSame = before.state === 'loaded' && before.card.card === next.card.card;
      const wasPurged = isSame && before.card.wasPurged;
      return { ...next, card: { ...next.card, wasPurged: wasPurged && !next.card.key } };
    });
  }, [store]);
  const wish = useRef('');
  const choose = useCallback(
    async (card: string): Promise<boolean> => {
      wish.current = card;
      const kept = await store.seen(card);
      const asked = kept === undefined ? await loadCard(store, card) : undefined;
      // Somebody wished for another one meanwhile: that one is shown.
      if (wish.current !== card) return true;
      if (kept !== undefined) {
        const shown = { ...kept, key: await keyOf(store, kept.me), wasPurged: false };
        await store.saveSeen(kept);
        chosen.current = card;
        setFound((before) => ({ isSignedIn: true, ...before, state: 'loaded', card: shown }));
        void reload();
        return true;
      }
      if (asked?.state !== 'loaded' || asked.card.card !== card) return false;
      chosen.current = card;
      setFound(asked);
      return true;
    },
    [store, reload],
  );
  const dropKey = useCallback(() => {
    purges.current += 1;
    change((card) => ({
      ...card,
      key: undefined,
      wasPurged: card.wasPurged || card.key !== undefined,
    }));
  }, [change]);
  const setMe = useSetMe(store, change, purges);
  return { found, change, reload, choose, dropKey, setMe };
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
  const { found, change, reload, choose, dropKey, setMe } = useFoundCard(store);
  const [isOnline, setOnline] = useState(true);
  const healing = useHealing();

  const readNotices = useCallback(async () => {
    if (found.state !== 'loaded') return;
    const ids = found.card.notices.filter(({ read }) => !read).map(({ id }) => id);
    if (ids.length === 0) return;
    const notices = await phoneRoutes.readNotices(ids);
    change((card) => ({ ...card, notices }));
  }, [found, change]);

  useEffect(() => {
    void reload();
  }, [reload]);
  useEffect(() => store.onGone(dropKey), [store, dropKey]);

  const isListening = found.state === 'loaded' && found.isSignedIn;
  // The server knows this browser by its enrolment: a stream from before tells it less.
  const enrolled = found.state === 'loaded' ? found.card.key?.credential : undefined;
  const shown = found.state === 'loaded' ? found.card.card : undefined;
  useEffect(() => {
    if (!isListening || shown === undefined) return undefined;
    let wasLost = false;
    const take = takers({ change, onUse, onMe: setMe, reload });
    return openLiveStream(phoneStreamPath(shown), {
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
  }, [isListening, shown, enrolled, reload, change, setMe, onUse]);

  return { load: found, isOnline, reload, choose, setMe, dropKey, readNotices, healing };
};
