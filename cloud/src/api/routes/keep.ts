import { KeepBody, KeepChallengeView, MeView } from '@gatehouse/protocols';
import { keepChallenge, keepKey } from '../../identity/keep.ts';
import { meView } from '../../identity/me-view.ts';
import { createBrowserCookie } from '../browser-cookie.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const keepLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;

/** A phone shows that its key still lives. */
export const keepRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;
  const browsers = createBrowserCookie(context);

  api.post(
    '/api/me/keep/challenge',
    { schema: { response: answers(KeepChallengeView) }, config: keepLimit },
    async (request) => keepChallenge(parts, await guard.allow(request, 'card')),
  );
  api.post(
    '/api/me/keep',
    { schema: { body: KeepBody, response: answers(MeView) }, config: keepLimit },
    async (request) => {
      const session = await guard.allow(request, 'card');
      await keepKey(parts, session, request.body.proof);
      const viewer = { person: session.person, mark: browsers.markOf(request) };
      return meView(database, viewer, clock.nowMs());
    },
  );
};
