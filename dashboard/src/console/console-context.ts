import type { CampusView, SessionView, Text } from '@gatehouse/protocols';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { useNow } from '../adapters/clock.ts';
import type { SentenceWords } from '../event/sentence.ts';
import { createTimeWords } from '../event/time.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import type { Live, LiveStore } from './live.ts';
import type { Picture } from './picture.ts';
import { placeOf } from './trouble.ts';

export type ConsoleHold = {
  readonly session: SessionView;
  readonly campus: CampusView;
  readonly live: LiveStore;
};

export const ConsoleContext = createContext<ConsoleHold | null>(null);

export const useConsole = (): ConsoleHold => {
  const hold = useContext(ConsoleContext);
  if (hold === null) throw new Error('a console screen stands outside of the console');
  return hold;
};

export const useLive = (): Live => {
  const { live } = useConsole();
  return useSyncExternalStore(live.subscribe, live.snapshot);
};

/** The picture; screens below the shell are drawn only when it is there. */
export const usePicture = (): Picture => {
  const { picture } = useLive();
  if (picture === null) throw new Error('a console screen is drawn before its picture');
  return picture;
};

/** The server's clock: what `since` and `at` are measured against. */
export const useServerNow = (everyMs = 1000): number => {
  const { offsetMs } = useLive();
  return useNow(everyMs) + offsetMs;
};

export const useTimes = (): TimeWords => {
  const { campus } = useConsole();
  const { t, language } = useWords();
  return createTimeWords({ zone: campus.zone, language, t });
};

const nameIn = (picture: Picture, id: string): Text | undefined => {
  const known = picture.doors.get(id)?.name ?? picture.gateways.get(id)?.name;
  if (known !== undefined) return known;
  const condition = [...picture.conditions.values()].find(({ subject }) => subject === id);
  return condition === undefined ? undefined : placeOf(condition, picture);
};

export const useSentenceWords = (): SentenceWords => {
  const picture = usePicture();
  const { t, language } = useWords();
  return { t, language, nameOf: (id) => nameIn(picture, id) };
};
