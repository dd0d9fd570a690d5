import type { Settings, SettingsView } from '@gatehouse/protocols';
import { request } from '../adapters/http.ts';

const path = '/api/console/settings';

/** The routes of settings-views.ts. */
export const settingsRoutes = {
  view: () => request<SettingsView>('GET', path),
  save: (settings: Settings) => request<SettingsView>('POST', path, settings),
} as const;
