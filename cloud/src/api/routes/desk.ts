import {
  BookBody,
  DeskView,
  MyDeskView,
  ReplaceBody,
  ReplacementView,
  UidParams,
  UidView,
  Uuid,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { bookDesk, cancelBooking, myDesk } from '../../cards/bookings.ts';
import { deskView } from '../../cards/desk-view.ts';
import { replaceCard, undoReplacement } from '../../cards/replace-card.ts';
import { replacementView, uidView } from '../../cards/replacement-view.ts';
import { CloudError } from '../../errors.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { CardQuery, holderOf } from './holder.ts';
import { answers } from './responses.ts';

const bookLimit = { rateLimit: { max: 20, timeWindow: 60_000 } } as const;

const momentOf = (text: string): number => {
  const atMs = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isFinite(atMs)) throw new CloudError('CL_BAD_REQUEST', 'at');
  return atMs;
};

const ownRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get(
    '/api/me/desk',
    { schema: { querystring: CardQuery, response: answers(MyDeskView) } },
    async (request) => myDesk(database, await holderOf(guard, request), clock.nowMs()),
  );
  api.post(
    '/api/me/desk/booking',
    {
      schema: { querystring: CardQuery, body: BookBody, response: answers(MyDeskView) },
      config: bookLimit,
    },
    async (request) => {
      const holder = await holderOf(guard, request);
      const { at, why } = request.body;
      await bookDesk(parts, holder, { atMs: momentOf(at), why });
      return myDesk(database, holder, clock.nowMs());
    },
  );
  api.delete(
    '/api/me/desk/booking',
    { schema: { querystring: CardQuery, response: answers(MyDeskView) }, config: bookLimit },
    async (request) => {
      const holder = await holderOf(guard, request);
      await cancelBooking(parts, holder);
      return myDesk(database, holder, clock.nowMs());
    },
  );
};

const clerkRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const Params = Type.Object({ id: Uuid });

  api.get('/api/console/desk', { schema: { response: answers(DeskView) } }, async (request) => {
    await guard.allow(request, 'desk');
    return deskView(database, clock.nowMs());
  });
  api.get(
    '/api/console/desk/uid/:uid',
    { schema: { params: UidParams, response: answers(UidView) } },
    async (request) => {
      await guard.allow(request, 'desk');
      return uidView(database, request.params.uid);
    },
  );
  api.post(
    '/api/console/desk/replace',
    { schema: { body: ReplaceBody, response: answers(ReplacementView) } },
    async (request) => {
      const session = await guard.allow(request, 'desk');
      return replacementView(database, await replaceCard(parts, session, request.body));
    },
  );
  api.get(
    '/api/console/desk/replacements/:id',
    { schema: { params: Params, response: answers(ReplacementView) } },
    async (request) => {
      await guard.allow(request, 'desk');
      return replacementView(database, request.params.id);
    },
  );
  api.post(
    '/api/console/desk/replacements/:id/undo',
    { schema: { params: Params, response: answers(ReplacementView) } },
    async (request) => {
      const session = await guard.allow(request, 'desk');
      await undoReplacement(parts, session, request.params.id);
      return replacementView(database, request.params.id);
    },
  );
};

/** The card desk: its bookings, and the cards that it gives out. */
export const deskRoutes: RouteGroup = (context: RouteContext) => {
  for (const add of [ownRoutes, clerkRoutes]) add(context);
};
