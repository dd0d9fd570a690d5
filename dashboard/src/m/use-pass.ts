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
};

type Wanted = {
  readonly store: PhoneStore;
  readonly person: string;
  readonly credential: string;
  readonly kind: PassKind;
  readonly offsetMs: number;
};

const mint = async (wanted: Wanted): Promise<ShownPass | undefined> => {
  const { store, person, credential, kind, offsetMs } = wanted;
  const key = await store.takeCounter(person, credential);
  if (key === undefined) return undefined;
  const mintedMs = nowMs();
  const text = await mintPass(
    { campus: key.campus, kind, credential, counter: key.counter, atMs: mintedMs + offsetMs },
    signWith(key.privateKey),
  );
  return { text, mintedMs, kind, counter: key.counter };
};

/**
 * A fresh pass every 15 s while somebody looks, at once for another kind, and when `renew` is
 * called. Null until the first; `isLost` where the key is gone from this browser.
 */
export const usePass = (
  wanted: Wanted,
  isVisible: boolean,
): { readonly pass: ShownPass | null; readonly isLost: boolean; readonly renew: () => void } => {
  const { store, person, credential, kind, offsetMs } = wanted;
  const [pass, setPass] = useState<ShownPass | null>(null);
  const [isLost, setLost] = useState(false);
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  const renew = useCallback(() => {
    setRound((before) => before + 1);
  }, []);

  useEffect(() => {
    if (!isVisible) return undefined;
    newest.current += 1;
    const mine = newest.current;
    void mint({ store, person, credential, kind, offsetMs }).then(
      (made) => {
        if (mine !== newest.current) return;
        if (made === undefined) setLost(true);
        else setPass(made);
      },
      () => {
        if (mine === newest.current) setLost(true);
      },
    );
    return after(passEveryMs, renew);
  }, [store, person, credential, kind, offsetMs, isVisible, round, renew]);

  // A pass of the other kind must not be shown for even one frame.
  return { pass: pass?.kind === kind ? pass : null, isLost, renew };
};
