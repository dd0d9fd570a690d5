import { useEffect, useState } from 'react';

/** Unix ms of this machine; screens add the offset that the server told. */
export const nowMs = (): number => Date.now();

/** Never steps, counts from an unknown moment. */
export const monotonicMs = (): number => performance.now();

/** @returns cancels */
export const after = (delayMs: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, delayMs);
  return () => {
    clearTimeout(timer);
  };
};

export const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/** The current time, renewed at this pace while the component is on the screen. */
export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(nowMs);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(nowMs());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return now;
};
