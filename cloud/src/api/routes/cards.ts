import {
  CardHitView,
  CardPageView,
  CollectedView,
  FoundBody,
  FoundView,
  FreezeBody,
  FreezeCodeView,
  Uuid,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import { cardPage, reachCard } from '../../cards/card-page.ts';
import { lockCard } from '../../cards/card-rows.ts';
import { cardsNamed, searchCards } from '../../cards/card-search.ts';
import { collectFound, openFound, takeFound } from '../../cards/found.ts';
import { freezeCard, unfreezeCard, wayOf } from '../../cards/freeze-card.ts';
import { makeFreezeCode } from '../../cards/freeze-codes.ts';
import { photoBytesMax } from '../../cards/photo-check.ts';
import { pictureOf, putPhoto } from '../../cards/photos.ts';
import { CloudError } from '../../errors.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

const CardParams = Type.Object({ card: Uuid });
const changeLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;
/** Somebody who types; and nobody who reads out the school. */
const searchLimit = { rateLimit: { max: 240, timeWindow: 60_000 } } as const;

const lookUpRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;

  api.get(
    '/api/console/cards',
    {
      schema: {
        querystring: Type.Object({ q: Type.Optional(Type.String({ maxLength: 60 })) }),
        response: answers(Type.Array(CardHitView)),
      },
      config: searchLimit,
    },
    async (request) => {
      const session = await guard.allow(request, 'card.find');
      return [...(await searchCards(database, session, request.query.q ?? ''))];
    },
  );
  api.get(
    '/api/console/cards/:card',
    { schema: { params: CardParams, response: answers(CardPageView) } },
    async (request) => {
      const session = await guard.allow(request, 'card.find');
      return cardPage(database, session, request.params.card);
    },
  );
};

/** A picture may be shown and nothing else, also where somebody opens it by itself. */
export const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

const photoRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;

  api.get(
    '/api/console/cards/:card/photo',
    { schema: { params: CardParams } },
    async (request, reply) => {
      const session = await guard.allow(request, 'card.find');
      const { hit } = await reachCard(database, session, request.params.card);
      const { type, bytes } = await pictureOf(database, hit.person.id);
      return reply
        .header('content-security-policy', picturePolicy)
        .type(type)
        .send(Buffer.from(bytes));
    },
  );
  for (const type of ['image/jpeg', 'image/png']) {
    api.addContentTypeParser(
      type,
      { parseAs: 'buffer', bodyLimit: photoBytesMax },
      (_, body, done) => done(null, body),
    );
  }
  api.post(
    '/api/console/cards/:card/photo',
    {
      schema: { params: CardParams, response: noContent },
      config: changeLimit,
      bodyLimit: photoBytesMax,
    },
    async (request, reply) => {
      const { person } = await guard.allow(request, 'desk');
      const { body } = request;
      if (!(body instanceof Uint8Array)) throw new CloudError('CL_PHOTO');
      await putPhoto(parts, { card: request.params.card, bytes: body, actor: person.id });
      return reply.code(204).send(null);
    },
  );
};

const freezeRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;

  api.post(
    '/api/console/cards/:card/freeze',
    {
      schema: { params: CardParams, body: FreezeBody, response: answers(CardPageView) },
      config: changeLimit,
    },
    async (request) => {
      const session = await guard.allow(request, 'card.freeze');
      const { card } = request.params;
      const { whose } = await reachCard(database, session, card);
      if (!may(session, 'card.freeze', { whose })) throw new CloudError('CL_NOT_ALLOWED');
      const { reason } = request.body;
      const order = { way: wayOf(session), actor: session.person.id, reason };
      await database.transaction(async (tx) =>
        freezeCard(tx, parts, await lockCard(tx, card), order),
      );
      return cardPage(database, session, card);
    },
  );
  api.post(
    '/api/console/cards/:card/unfreeze',
    { schema: { params: CardParams, response: answers(CardPageView) }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.unfreeze');
      const { card } = request.params;
      const order = { way: 'desk', actor: session.person.id } as const;
      await database.transaction(async (tx) =>
        unfreezeCard(tx, parts, await lockCard(tx, card), order),
      );
      return cardPage(database, session, card);
    },
  );
  api.post(
    '/api/console/cards/:card/freeze-code',
    { schema: { params: CardParams, response: answers(FreezeCodeView) }, config: changeLimit },
    async (request) => {
      const { person } = await guard.allow(request, 'desk');
      return makeFreezeCode(parts, { card: request.params.card, actor: person.id });
    },
  );
};

const foundRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;

  api.get(
    '/api/console/found',
    { schema: { response: answers(Type.Array(FoundView)) } },
    async (request) => {
      await guard.allow(request, 'card.found');
      return [...(await openFound(database))];
    },
  );
  api.post(
    '/api/console/found',
    { schema: { body: FoundBody, response: answers(CardPageView) }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.found');
      const { card: typed, place } = request.body;
      const [hit] = await cardsNamed(database, session, typed);
      if (hit === undefined) throw new CloudError('CL_NOT_FOUND', 'card');
      await takeFound(parts, session, { card: hit.card, place });
      return cardPage(database, session, hit.card);
    },
  );
  api.post(
    '/api/console/found/:id/collect',
    {
      schema: { params: Type.Object({ id: Uuid }), response: answers(CollectedView) },
      config: changeLimit,
    },
    async (request) => {
      const session = await guard.allow(request, 'card.found');
      return { unfrozen: await collectFound(parts, session, request.params.id) };
    },
  );
};

/** Cards of others: looked up, frozen, found. */
export const cardRoutes: RouteGroup = (context: RouteContext) => {
  for (const add of [lookUpRoutes, photoRoutes, freezeRoutes, foundRoutes]) add(context);
};
