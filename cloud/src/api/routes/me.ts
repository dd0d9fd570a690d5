import { EnrolBody, EnrolChallengeView, EnrolledView, MeView, UseView } from '@gatehouse/protocols';
import Type from 'typebox';
import { usesMax, usesOfCard } from '../../events/uses.ts';
import { enrolChallenge, enrolPhone } from '../../identity/enrol.ts';
import { changeFreeze } from '../../identity/freeze.ts';
import { meView } from '../../identity/me-view.ts';
import { ownCard } from '../../identity/own-card.ts';
import { createBrowserCookie } from '../browser-cookie.ts';
import type { RouteGroup } from '../parts.ts';
import { CardQuery, holderOf } from './holder.ts';
import { answers } from './responses.ts';

const historyMax = 100;
const enrolLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;

const HistoryQuery = Type.Object({
  ...CardQuery.properties,
  /** `UseView.id` of the last one that is shown: those before it. */
  before: Type.Optional(Type.String({ maxLength: 120 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: usesMax })),
});

export const meRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;
  const browsers = createBrowserCookie(context);

  const schema = { querystring: CardQuery, response: answers(MeView) };
  api.get('/api/me', { schema }, async (request, reply) => {
    const holder = await holderOf(guard, request);
    browsers.prolong(request, reply);
    return meView(database, { ...holder, mark: browsers.markOf(request) }, clock.nowMs());
  });
  api.post(
    '/api/me/enrol/challenge',
    {
      schema: { querystring: CardQuery, response: answers(EnrolChallengeView) },
      config: enrolLimit,
    },
    async (request, reply) => {
      const holder = await holderOf(guard, request);
      return enrolChallenge(parts, holder, browsers.ensure(request, reply));
    },
  );
  api.post(
    '/api/me/enrol',
    {
      schema: { querystring: CardQuery, body: EnrolBody, response: answers(EnrolledView) },
      config: enrolLimit,
    },
    async (request, reply) => {
      const holder = await holderOf(guard, request);
      const browser = browsers.ensure(request, reply);
      return enrolPhone(parts, holder, { proof: request.body.proof, browser });
    },
  );
  for (const what of ['freeze', 'unfreeze'] as const) {
    api.post(`/api/me/${what}`, { schema, config: enrolLimit }, async (request) => {
      const holder = await holderOf(guard, request);
      await changeFreeze(parts, holder, what);
      const viewer = { ...holder, mark: browsers.markOf(request) };
      return meView(database, viewer, clock.nowMs());
    });
  }
  api.get(
    '/api/me/history',
    { schema: { querystring: HistoryQuery, response: answers(Type.Array(UseView)) } },
    async (request) => {
      const holder = await holderOf(guard, request);
      const { limit = historyMax, before } = request.query;
      const { id: card } = await ownCard(database, holder);
      const { id: person } = holder.person;
      return [...(await usesOfCard(database, { person, card, limit, before }))];
    },
  );
};
