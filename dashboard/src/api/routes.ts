import type {
  CampusView,
  ChoiceView,
  CommandView,
  DevicePageView,
  DeviceValues,
  DeviceView,
  EnrolChallengeView,
  EnrolledView,
  EventPage,
  KeepChallengeView,
  MeView,
  NoticeView,
  NowView,
  ProfileView,
  Role,
  ScannerView,
  SessionView,
  TelemetryView,
  UseView,
} from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

export type EventFilter = {
  readonly before?: string;
  readonly limit?: number;
  readonly door?: string;
  readonly device?: string;
  readonly person?: string;
  readonly kind?: string;
  readonly result?: string;
};

export type RunOrder = { readonly args: DeviceValues; readonly reason: string };

const devicePath = (id: string, rest = ''): string =>
  `/api/console/devices/${encodeURIComponent(id)}${rest}`;

const query = (filter: EventFilter): string => {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
};

/** A shorter answer than this holds the last of them. */
export const historyPage = 100;

/** Every route that the pages use, with its view. */
export const routes = {
  campus: () => request<CampusView>('GET', '/api/campus'),
  time: () => request<{ readonly at: string }>('GET', '/api/time'),
  choices: () => request<ChoiceView[]>('GET', '/api/demo/choices'),
  session: () => request<SessionView>('GET', '/api/session'),
  signIn: (who: { readonly person: string; readonly role: Role }) =>
    request<SessionView>('POST', '/api/session', who),
  signOut: () => request<undefined>('DELETE', '/api/session'),
  now: () => request<NowView>('GET', '/api/console/now'),
  events: (filter: EventFilter) =>
    request<EventPage>('GET', `/api/console/events?${query(filter)}`),
  unlock: (door: string, reason: string) =>
    request<CommandView>('POST', `/api/doors/${encodeURIComponent(door)}/unlock`, { reason }),
  command: (id: string) => request<CommandView>('GET', `/api/commands/${encodeURIComponent(id)}`),
  devices: () => request<DeviceView[]>('GET', '/api/console/devices'),
  profiles: () => request<ProfileView[]>('GET', '/api/console/profiles'),
  device: (id: string) => request<DevicePageView>('GET', devicePath(id)),
  telemetry: (id: string, range: { readonly from: string; readonly to: string }) =>
    request<TelemetryView>(
      'GET',
      devicePath(id, `/telemetry?${new URLSearchParams(range).toString()}`),
    ),
  run: (id: string, command: string, order: RunOrder) =>
    request<CommandView>('POST', devicePath(id, `/commands/${encodeURIComponent(command)}`), order),
  me: () => request<MeView>('GET', '/api/me'),
  challenge: () => request<EnrolChallengeView>('POST', '/api/me/enrol/challenge', {}),
  enrol: (proof: string) => request<EnrolledView>('POST', '/api/me/enrol', { proof }),
  keepChallenge: () => request<KeepChallengeView>('POST', '/api/me/keep/challenge', {}),
  keep: (proof: string) => request<MeView>('POST', '/api/me/keep', { proof }),
  freeze: () => request<MeView>('POST', '/api/me/freeze', {}),
  unfreeze: () => request<MeView>('POST', '/api/me/unfreeze', {}),
  /** The newest, or those before the one of this id. */
  history: (before = '') =>
    request<UseView[]>('GET', `/api/me/history?${query({ limit: historyPage, before })}`),
  notices: () => request<NoticeView[]>('GET', '/api/me/notices'),
  readNotices: (ids: readonly string[]) =>
    request<NoticeView[]>('POST', '/api/me/notices/read', { ids }),
  scanners: () => request<ScannerView[]>('GET', '/api/demo/scanners'),
  scan: (device: string, text: string) =>
    request<ScannerView>('POST', '/api/demo/scan', { device, text }),
  walk: (device: string) => request<undefined>('POST', '/api/demo/walk', { device }),
} as const;

export const deviceStreamPath = (id: string): string => devicePath(id, '/live');
export const consoleStreamPath = '/api/console/stream';
export const phoneStreamPath = '/api/me/stream';
