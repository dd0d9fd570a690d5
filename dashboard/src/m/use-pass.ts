import { useCallback, useEffect, useRef, useState } from 'react';
import { after, nowMs } from '../adapters/clock.ts';
import { signWith } from '../adapters/phone-crypto.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { mintPass } from './mint.ts';
import type { PassKind } from './mint.ts';

export const passEveryMs = 15_000;

export type ShownPass = {
  readonly text: string;
  readonly mintedMs: number;
  readonly kind: PassKind;
  readonly counter: number;
  /** 0 for a pass that somebody asked for, then one more for each that came by itself. */
  readonly turn: number;
};

/** Why there is no pass: the key is gone from this browser, or nothing can be saved here. */
export type PassTrouble = 'gone' | 'unsaved' | null;

type Wanted = {
  readonly store: PhoneStore;
  readonly card: string;
  readonly credential: string;
  readonly kind: PassKind;
  readonly offsetMs: number;
};

const mint = async (wanted: Wanted, turn: number): Promise<ShownPass | undefined> => {
  const { store, card, credential, kind, offsetMs } = wanted;
  const key = await store.takeCounter(card, credential);
  if (key === undefined) return undefined;
  const mintedMs = nowMs();
  const text = await mintPass(
    { campus: key.campus, kind, credential, counter: key.counter, atMs: mintedMs + offsetMs },
    signWith(key.privateKey),
  );
  return { text, mintedMs, kind, counter: key.counter, turn };
};

/**
 * A fresh pass every 15 s while somebody looks, at once for another kind, and when `renew` is
 * called. Null until the first.
 */
export const usePass = (
  wanted: Wanted,
  isVisible: boolean,
): {
  readonly pass: ShownPass | null;
  readonly trouble: PassTrouble;
  readonly renew: () => void;
} => {
  const { store, card, credential, kind, offsetMs } = wanted;
  const [pass, setPass] = useState<ShownPass | null>(null);
  const [trouble, setTrouble] = useState<PassTrouble>(null);
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  const turn = useRef(0);
  const next = useCallback((byItself: boolean) => {
    turn.current = byItself ? turn.current + 1 : 0;
    setRound((before) => before + 1);
  }, []);
  const renew = useCallback(() => {
    next(false);
  }, [next]);

  useEffect(() => {
    if (!isVisible) return undefined;
    newest.current += 1;
    const mine = newest.current;
    void mint({ store, card, credential, kind, offsetMs }, turn.current).then(
      (made) => {
        if (mine !== newest.current) return;
        setTrouble(made === undefined ? 'gone' : null);
        if (made !== undefined) setPass(made);
      },
      () => {
        if (mine === newest.current) setTrouble('unsaved');
      },
    );
    return after(passEveryMs, () => {
      next(true);
    });
  }, [store, card, credential, kind, offsetMs, isVisible, round, next]);

  // A pass of the other kind must not be shown for even one frame.
  return { pass: pass?.kind === kind ? pass : null, trouble, renew };
};
