import { EnrolBody, EnrolChallengeView, EnrolledView, MeView, UseView } from '@gatehouse/protocols';
import Type from 'typebox';
import { usesOfCard } from '../../events/uses.ts';
import { enrolChallenge, enrolPhone } from '../../identity/enrol.ts';
import { changeFreeze } from '../../identity/freeze.ts';
import { meView } from '../../identity/me-view.ts';
import { ownCard } from '../../identity/own-card.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const historyMax = 100;
const enrolLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;

export const meRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get('/api/me', { schema: { response: answers(MeView) } }, async (request) => {
    const { person } = await guard.allow(request, 'card');
    return meView(database, person, clock.nowMs());
  });
  api.post(
    '/api/me/enrol/challenge',
    { schema: { response: answers(EnrolChallengeView) }, config: enrolLimit },
    async (request) => enrolChallenge(parts, await guard.allow(request, 'card')),
  );
  api.post(
    '/api/me/enrol',
    { schema: { body: EnrolBody, response: answers(EnrolledView) }, config: enrolLimit },
    async (request) => enrolPhone(parts, await guard.allow(request, 'card'), request.body.proof),
  );
  for (const what of ['freeze', 'unfreeze'] as const) {
    api.post(
      `/api/me/${what}`,
      { schema: { response: answers(MeView) }, config: enrolLimit },
      async (request) => {
        const session = await guard.allow(request, 'card');
        await changeFreeze(parts, session, what);
        return meView(database, session.person, clock.nowMs());
      },
    );
  }
  api.get(
    '/api/me/history',
    { schema: { response: answers(Type.Array(UseView)) } },
    async (request) => {
      const { person } = await guard.allow(request, 'card');
      const { id: card } = await ownCard(database, person.id);
      return [...(await usesOfCard(database, { person: person.id, card, limit: historyMax }))];
    },
  );
};
