import { Settings, SettingsView } from '@gatehouse/protocols';
import { takeBackNotices } from '../../identity/lapse.ts';
import { settingsView } from '../../settings/lapse-forecast.ts';
import { saveSettings } from '../../settings/settings.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const saveLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** What the school sets for all its doors. */
export const settingsRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get(
    '/api/console/settings',
    { schema: { response: answers(SettingsView) } },
    async (request) => {
      await guard.allow(request, 'settings');
      return settingsView(database, clock.nowMs());
    },
  );
  api.post(
    '/api/console/settings',
    { schema: { body: Settings, response: answers(SettingsView) }, config: saveLimit },
    async (request) => {
      const { person } = await guard.allow(request, 'settings');
      const atMs = clock.nowMs();
      await saveSettings(parts, { settings: request.body, by: person.id, atMs });
      // What was announced and no longer holds is over at once, and not with the next job.
      await takeBackNotices(database, { days: request.body.revalidateDays, nowMs: atMs });
      return settingsView(database, atMs);
    },
  );
};
