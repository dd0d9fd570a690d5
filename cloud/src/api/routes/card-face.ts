import { CardFaceBody, CardFaceView } from '@gatehouse/protocols';
import { pictureOf } from '../../cards/photos.ts';
import { ownCard } from '../../identity/own-card.ts';
import { cardFaceView, saveCardFace } from '../../settings/card-face.ts';
import type { RouteGroup } from '../parts.ts';
import { picturePolicy } from './cards.ts';
import { CardQuery, holderOf } from './holder.ts';
import { answers } from './responses.ts';

const saveLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;
/** A phone asks once for each picture. */
const photoLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** How cards look on phones, and the picture of their holder. */
export const cardFaceRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get(
    '/api/console/card-face',
    { schema: { response: answers(CardFaceView) } },
    async (request) => {
      await guard.allow(request, 'settings');
      return cardFaceView(database);
    },
  );
  api.post(
    '/api/console/card-face',
    { schema: { body: CardFaceBody, response: answers(CardFaceView) }, config: saveLimit },
    async (request) => {
      const { person } = await guard.allow(request, 'settings');
      const change = { ...request.body, by: person.id, atMs: clock.nowMs() };
      await saveCardFace(parts, change);
      return cardFaceView(database);
    },
  );
  const photo = { schema: { querystring: CardQuery }, config: photoLimit };
  api.get('/api/me/photo', photo, async (request, reply) => {
    const holder = await holderOf(guard, request);
    // Somebody else's card has no picture here, though the same browser shows it.
    await ownCard(database, holder);
    const { type, bytes } = await pictureOf(database, holder.person.id);
    return reply
      .header('content-security-policy', picturePolicy)
      .type(type)
      .send(Buffer.from(bytes));
  });
};
