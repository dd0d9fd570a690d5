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
