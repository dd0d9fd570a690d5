import { useEffect, useState } from 'react';

/** Chat apps' web views: a page there cannot be kept, so it cannot be opened without a network. */
const chatApps: readonly (readonly [string, RegExp])[] = [
  ['wecom', /wxwork/i],
  ['wechat', /MicroMessenger/i],
  ['dingtalk', /DingTalk/i],
];

/** The chat app that shows this page, or null in a browser. */
export const chatAppHere = (): string | null =>
  chatApps.find(([, pattern]) => pattern.test(navigator.userAgent))?.[0] ?? null;

const systems: readonly (readonly ['ios' | 'android', RegExp])[] = [
  ['ios', /iPhone|iPad|iPod/],
  ['android', /Android/],
];

/** Whose settings have to be named. */
export const systemHere = (): 'ios' | 'android' | 'other' =>
  systems.find(([, pattern]) => pattern.test(navigator.userAgent))?.[0] ?? 'other';

/** What the shortcut that opened the page asks for: `?show=pay`. */
export const askedFor = (): string | null => new URLSearchParams(location.search).get('show');

/** `?borrowed`: somebody looks at their card on a phone that is not theirs. */
export const isBorrowed = (): boolean => new URLSearchParams(location.search).has('borrowed');

/** Stands in the address, so that neither another card nor a reload forgets it. */
export const setBorrowed = (is: boolean): void => {
  const address = new URL(location.href);
  if (is) address.searchParams.set('borrowed', '');
  else address.searchParams.delete('borrowed');
  history.replaceState(history.state, '', address);
};

/** Felt in a pocket or by those who do not look; not every phone can. */
export const buzz = (pattern: readonly number[]): void => {
  // Older browsers lack both; the others want a touch first.
  const { vibrate, userActivation } = navigator as Partial<Navigator>;
  if (userActivation?.hasBeenActive === true) vibrate?.call(navigator, [...pattern]);
};

/** One page of this browser at a time does this. */
export const alone = <Result>(name: string, run: () => Promise<Result>): Promise<Result> =>
  navigator.locks.request(name, run);

/** Whether the card page was kept for a start without a network. */
export const keepPage = async (): Promise<boolean> => {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' });
    return true;
  } catch {
    return false;
  }
};

/** True while somebody can see the page. */
export const useVisible = (): boolean => {
  const [isVisible, setVisible] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const follow = (): void => {
      setVisible(document.visibilityState === 'visible');
    };
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
    };
  }, []);
  return isVisible;
};

/** Asks that the screen stays lit while the card is shown; not every browser can. */
export const useLitScreen = (isWanted: boolean): void => {
  useEffect(() => {
    // Older browsers lack it.
    const lock = (navigator as Partial<Navigator>).wakeLock;
    if (!isWanted || lock === undefined) return undefined;
    const held = lock.request('screen').catch(() => null);
    return () => {
      void held.then((sentinel) => sentinel?.release());
    };
  }, [isWanted]);
};
