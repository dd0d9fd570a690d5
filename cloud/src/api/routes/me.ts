import { EnrolBody, EnrolChallengeView, EnrolledView, MeView, UseView } from '@gatehouse/protocols';
import Type from 'typebox';
import { usesMax, usesOfCard } from '../../events/uses.ts';
import { enrolChallenge, enrolPhone } from '../../identity/enrol.ts';
import { changeFreeze } from '../../identity/freeze.ts';
import { meView } from '../../identity/me-view.ts';
import { ownCard } from '../../identity/own-card.ts';
import { createBrowserCookie } from '../browser-cookie.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const historyMax = 100;
const enrolLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;

const HistoryQuery = Type.Object({
  /** `UseView.id` of the last one that is shown: those before it. */
  before: Type.Optional(Type.String({ maxLength: 120 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: usesMax })),
});

export const meRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;
  const browsers = createBrowserCookie(context);

  api.get('/api/me', { schema: { response: answers(MeView) } }, async (request, reply) => {
    const { person } = await guard.allow(request, 'card');
    browsers.prolong(request, reply);
    return meView(database, { person, mark: browsers.markOf(request) }, clock.nowMs());
  });
  api.post(
    '/api/me/enrol/challenge',
    { schema: { response: answers(EnrolChallengeView) }, config: enrolLimit },
    async (request, reply) => {
      const session = await guard.allow(request, 'card');
      return enrolChallenge(parts, session, browsers.ensure(request, reply));
    },
  );
  api.post(
    '/api/me/enrol',
    { schema: { body: EnrolBody, response: answers(EnrolledView) }, config: enrolLimit },
    async (request, reply) => {
      const session = await guard.allow(request, 'card');
      const browser = browsers.ensure(request, reply);
      return enrolPhone(parts, session, { proof: request.body.proof, browser });
    },
  );
  for (const what of ['freeze', 'unfreeze'] as const) {
    api.post(
      `/api/me/${what}`,
      { schema: { response: answers(MeView) }, config: enrolLimit },
      async (request) => {
        const session = await guard.allow(request, 'card');
        await changeFreeze(parts, session, what);
        const viewer = { person: session.person, mark: browsers.markOf(request) };
        return meView(database, viewer, clock.nowMs());
      },
    );
  }
  api.get(
    '/api/me/history',
    { schema: { querystring: HistoryQuery, response: answers(Type.Array(UseView)) } },
    async (request) => {
      const { person } = await guard.allow(request, 'card');
      const { limit = historyMax, before } = request.query;
      const { id: card } = await ownCard(database, person.id);
      return [...(await usesOfCard(database, { person: person.id, card, limit, before }))];
    },
  );
};
