import type {
  CampusView,
  ChoiceView,
  CommandView,
  DevicePageView,
  DeviceValues,
  DeviceView,
  EventPage,
  NowView,
  ProfileView,
  Role,
  ScannerView,
  SessionView,
  TelemetryView,
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

/** Routes of the console and of everybody, with their views; the card's own: phone-routes.ts. */
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
  scanners: () => request<ScannerView[]>('GET', '/api/demo/scanners'),
  scan: (device: string, text: string) =>
    request<ScannerView>('POST', '/api/demo/scan', { device, text }),
  walk: (device: string) => request<undefined>('POST', '/api/demo/walk', { device }),
} as const;

export const deviceStreamPath = (id: string): string => devicePath(id, '/live');
export const consoleStreamPath = '/api/console/stream';
