import {
  FoundBody,
  FreezeCodeBody,
  FreezeCodeStateView,
  FreezeCodeView,
  FrozenByCodeView,
} from '@gatehouse/protocols';
import { reportFound } from '../../cards/found.ts';
import { freezeByCode, freezeCodeMadeAt, makeFreezeCode } from '../../cards/freeze-codes.ts';
import { ownCard } from '../../identity/own-card.ts';
import type { RouteGroup } from '../parts.ts';
import { CardQuery, holderOf } from './holder.ts';
import { answers, noContent } from './responses.ts';

/** By address, whatever cookie comes along: nobody is signed in here. */
const openLimit = {
  rateLimit: { max: 6, timeWindow: 60_000, keyGenerator: ({ ip }: { readonly ip: string }) => ip },
} as const;
const ownLimit = { rateLimit: { max: 10, timeWindow: 60_000 } } as const;

/** What anybody can do without a session, and the code that one of these takes. */
export const openCardRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.post(
    '/api/freeze',
    {
      schema: { body: FreezeCodeBody, response: answers(FrozenByCodeView) },
      config: openLimit,
    },
    async (request) => {
      await freezeByCode(parts, request.body.code);
      return { at: new Date(clock.nowMs()).toISOString() };
    },
  );
  api.post(
    '/api/found',
    { schema: { body: FoundBody, response: noContent }, config: openLimit },
    async (request, reply) => {
      await reportFound(parts, request.body);
      // The same for every number: nobody learns here which cards there are.
      return reply.code(204).send(null);
    },
  );
  api.get(
    '/api/me/freeze-code',
    { schema: { querystring: CardQuery, response: answers(FreezeCodeStateView) } },
    async (request) => {
      const { id } = await ownCard(database, await holderOf(guard, request));
      return { madeAt: await freezeCodeMadeAt(database, id) };
    },
  );
  api.post(
    '/api/me/freeze-code',
    { schema: { querystring: CardQuery, response: answers(FreezeCodeView) }, config: ownLimit },
    async (request) => {
      const holder = await holderOf(guard, request);
      const { id } = await ownCard(database, holder);
      return makeFreezeCode(parts, { card: id, actor: holder.person.id });
    },
  );
};
