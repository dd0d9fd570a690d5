import type { MeView } from '@gatehouse/protocols';
import { useEffect, useRef } from 'react';
import { nowMs } from '../adapters/clock.ts';
import { signWith } from '../adapters/phone-crypto.ts';
import type { PhoneKey } from '../adapters/phone-store.ts';
import { phoneRoutes } from '../api/phone-routes.ts';
import type { Card } from './load-card.ts';
import { keepProof } from './mint.ts';
import type { CardHold } from './use-card.ts';

/** Often enough for any school, and not with each look at the page. */
export const keepEveryMs = 6 * 60 * 60 * 1000;

/** Whether the phone should show its key: it lives here, and was not seen for hours. */
export const isKeepDue = (me: MeView, held: string | undefined, atMs: number): boolean => {
  const { keep, credential } = me;
  if (keep === null || keep === undefined || credential?.id !== held) return false;
  return keep.lapsesAt !== null || atMs - Date.parse(keep.seenAt) >= keepEveryMs;
};

const showKey = async ({ card, credential, privateKey }: PhoneKey): Promise<MeView> => {
  const { nonce } = await phoneRoutes.keepChallenge(card);
  return phoneRoutes.keep(await keepProof({ nonce, credential }, signWith(privateKey)), card);
};

/** Shows the cloud now and then that the key lives: a key that is never seen lapses. */
export const useKeep = (
  { me, key, offsetMs }: Card,
  { isOnline, setMe }: CardHold,
  isSignedIn: boolean,
): void => {
  const isBusy = useRef(false);
  useEffect(() => {
    if (!isOnline || !isSignedIn || key === undefined || isBusy.current) return;
    if (!isKeepDue(me, key.credential, nowMs() + offsetMs)) return;
    isBusy.current = true;
    showKey(key)
      .then(setMe, () => undefined)
      .finally(() => {
        isBusy.current = false;
      });
  }, [me, key, offsetMs, isOnline, isSignedIn, setMe]);
};
