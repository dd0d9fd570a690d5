import type { DeviceHealth } from '@gatehouse/protocols';
import type { Bus, Poll, PollHandle } from './bus.ts';

/** All that one device is asked again and again. */
export type Polls = {
  readonly start: () => void;
  /** Each as soon as the wire is free. */
  readonly hurry: () => void;
  /** Of the one that is asked most often. */
  readonly everyMs: () => DeviceHealth['everyMs'];
  readonly stop: () => void;
};

export const createPolls = <L>(bus: Bus<L>, wishes: readonly Poll<L>[]): Polls => {
  const running: { readonly handle: PollHandle; readonly wish: number }[] = [];
  return {
    start: () => {
      for (const poll of wishes) running.push({ handle: bus.poll(poll), wish: poll.everyMs });
    },
    hurry: () => {
      for (const { handle } of running) handle.hurry();
    },
    everyMs: () => {
      const [fastest] = running.toSorted((a, b) => a.wish - b.wish);
      if (fastest === undefined) return null;
      const { handle, wish } = fastest;
      return { wish, actual: Math.round(handle.actualEveryMs()) };
    },
    stop: () => {
      for (const { handle } of running.splice(0)) handle.remove();
    },
  };
};
