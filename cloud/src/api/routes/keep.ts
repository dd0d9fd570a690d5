import { KeepBody, KeepChallengeView, MeView } from '@gatehouse/protocols';
import { keepChallenge, keepKey } from '../../identity/keep.ts';
import { meView } from '../../identity/me-view.ts';
import { createBrowserCookie } from '../browser-cookie.ts';
import type { RouteGroup } from '../parts.ts';
import { CardQuery, holderOf } from './holder.ts';
import { answers } from './responses.ts';

const keepLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;

/** A phone shows that its key still lives. */
export const keepRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;
  const browsers = createBrowserCookie(context);

  api.post(
    '/api/me/keep/challenge',
    {
      schema: { querystring: CardQuery, response: answers(KeepChallengeView) },
      config: keepLimit,
    },
    async (request) => keepChallenge(parts, await holderOf(guard, request)),
  );
  api.post(
    '/api/me/keep',
    {
      schema: { querystring: CardQuery, body: KeepBody, response: answers(MeView) },
      config: keepLimit,
    },
    async (request) => {
      const holder = await holderOf(guard, request);
      await keepKey(parts, holder, request.body.proof);
      const viewer = { ...holder, mark: browsers.markOf(request) };
      return meView(database, viewer, clock.nowMs());
    },
  );
};
