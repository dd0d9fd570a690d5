import type {
  CampusView,
  DeviceView,
  ProfileView,
  Role,
  SessionView,
  Text,
} from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import { useNow } from '../adapters/clock.ts';
import { routes } from '../api/routes.ts';
import { eventDetail } from '../device/event-detail.ts';
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

const keepers: ReadonlySet<Role> = new Set(['guard', 'facility', 'admin']);

/** Who keeps or guards the buildings; devices are theirs to see. */
export const useIsKeeper = (): boolean => keepers.has(useConsole().session.role);

const namesStaleMs = 600_000;
const profilesStaleMs = 300_000;

/** Names and profiles of the devices that sentences speak of; they hardly ever change. */
const useKnownDevices = (): ReadonlyMap<string, DeviceView> => {
  const isKeeper = useIsKeeper();
  const { data } = useQuery({
    queryKey: ['device-names'],
    queryFn: routes.devices,
    staleTime: namesStaleMs,
    enabled: isKeeper,
  });
  return useMemo(() => new Map((data ?? []).map((device) => [device.id, device])), [data]);
};

/** What devices can do; without it a list shows how they are, and no values. */
export const useProfiles = (): ReadonlyMap<string, ProfileView> => {
  const isKeeper = useIsKeeper();
  const { data } = useQuery({
    queryKey: ['profiles'],
    queryFn: routes.profiles,
    staleTime: profilesStaleMs,
    enabled: isKeeper,
  });
  return useMemo(() => new Map((data ?? []).map((profile) => [profile.id, profile])), [data]);
};

const nameIn = (picture: Picture, id: string): Text | undefined => {
  const known =
    picture.doors.get(id)?.name ?? picture.gateways.get(id)?.name ?? picture.devices.get(id)?.name;
  if (known !== undefined) return known;
  const condition = [...picture.conditions.values()].find(({ subject }) => subject === id);
  return condition === undefined ? undefined : placeOf(condition, picture);
};

export const useSentenceWords = (): SentenceWords => {
  const picture = usePicture();
  const { t, language } = useWords();
  const devices = useKnownDevices();
  const profiles = useProfiles();
  return {
    t,
    language,
    nameOf: (id) => devices.get(id)?.name ?? nameIn(picture, id),
    detailOf: (event) => {
      const profile = profiles.get(devices.get(event.device ?? '')?.profile ?? '');
      return profile === undefined ? '' : eventDetail(event, profile, { t, language });
    },
  };
};
