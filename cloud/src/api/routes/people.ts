import {
  CardPagesView,
  EndBody,
  GroupsBody,
  GroupView,
  IssueBody,
  NewAffiliationBody,
  NewPersonBody,
  NewUidBody,
  PeopleFilter,
  PeopleHitsView,
  PersonPageView,
  PinBody,
  PinLetterView,
  RowId,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { photoBytesMax } from '../../cards/photo-check.ts';
import { pictureOf, putPersonPhoto } from '../../cards/photos.ts';
import { CloudError } from '../../errors.ts';
import { addAffiliation, addPerson } from '../../people/add-person.ts';
import { endPin, setPin } from '../../people/card-pin.ts';
import { addUid, endUid } from '../../people/card-uids.ts';
import { endAffiliation, endCard } from '../../people/end-card.ts';
import { changeGroups, issueCard } from '../../people/issue-card.ts';
import { groupViews, listCards, searchPeople } from '../../people/people-search.ts';
import { personPage } from '../../people/person-page.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

const PersonParams = Type.Object({ person: RowId });
const AffiliationParams = Type.Object({ affiliation: RowId });
const CardParams = Type.Object({ card: RowId });
const changeLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;
const searchLimit = { rateLimit: { max: 240, timeWindow: 60_000 } } as const;
const person = '/api/console/people/:person';
const card = '/api/console/cards/:card';

const lookUpRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const ListQuery = Type.Object({
    ...PeopleFilter.properties,
    after: Type.Optional(Type.String({ maxLength: 90 })),
  });
  const PeopleQuery = Type.Object({
    q: Type.Optional(Type.String({ maxLength: 60 })),
    for: Type.Optional(Type.Literal('sponsor')),
  });

  api.get(
    '/api/console/card-list',
    { schema: { querystring: ListQuery, response: answers(CardPagesView) }, config: searchLimit },
    async (request) => {
      await guard.allow(request, 'card.issue');
      const { after, ...filter } = request.query;
      return listCards(database, filter, after);
    },
  );
  api.get(
    '/api/console/people',
    {
      schema: { querystring: PeopleQuery, response: answers(PeopleHitsView) },
      config: searchLimit,
    },
    async (request) => {
      await guard.allow(request, 'card.issue');
      const { q = '', for: what } = request.query;
      const asked = { q, forSponsor: what === 'sponsor', nowMs: clock.nowMs() };
      return [...(await searchPeople(database, asked))];
    },
  );
  api.get(
    '/api/console/groups',
    { schema: { response: answers(Type.Array(GroupView)) } },
    async (request) => {
      await guard.allow(request, 'card.issue');
      return [...(await groupViews(database))];
    },
  );
  api.get(
    person,
    { schema: { params: PersonParams, response: answers(PersonPageView) } },
    async (request) => {
      await guard.allow(request, 'card.issue');
      return personPage(database, request.params.person, clock.nowMs());
    },
  );
};

/** A picture may be shown and nothing else, also where somebody opens it by itself. */
const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

const photoRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;

  api.get(`${person}/photo`, { schema: { params: PersonParams } }, async (request, reply) => {
    await guard.allow(request, 'card.issue');
    const { type, bytes } = await pictureOf(database, request.params.person);
    return reply
      .header('content-security-policy', picturePolicy)
      .type(type)
      .send(Buffer.from(bytes));
  });
  api.post(
    `${person}/photo`,
    {
      schema: { params: PersonParams, response: noContent },
      config: changeLimit,
      bodyLimit: photoBytesMax,
    },
    async (request, reply) => {
      const { person: clerk } = await guard.allow(request, 'card.issue');
      const { body: bytes } = request;
      if (!(bytes instanceof Uint8Array)) throw new CloudError('CL_PHOTO');
      await putPersonPhoto(parts, { person: request.params.person, bytes, actor: clerk.id });
      return reply.code(204).send(null);
    },
  );
  api.delete(
    `${person}/photo`,
    { schema: { params: PersonParams, response: noContent }, config: changeLimit },
    async (request, reply) => {
      const { person: clerk } = await guard.allow(request, 'card.issue');
      const photo = { person: request.params.person, bytes: null, actor: clerk.id };
      await putPersonPhoto(parts, photo);
      return reply.code(204).send(null);
    },
  );
};

const peopleRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const pageOf = (id: string) => personPage(database, id, clock.nowMs());
  const page = { response: answers(PersonPageView) } as const;

  api.post(
    '/api/console/people',
    { schema: { body: NewPersonBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await addPerson(parts, session, request.body));
    },
  );
  api.post(
    `${person}/affiliations`,
    { schema: { params: PersonParams, body: NewAffiliationBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      const { params, body: affiliation } = request;
      await addAffiliation(parts, session, { ...params, affiliation });
      return pageOf(params.person);
    },
  );
  api.post(
    '/api/console/affiliations/:affiliation/card',
    { schema: { params: AffiliationParams, body: IssueBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await issueCard(parts, session, { ...request.params, card: request.body }));
    },
  );
  api.post(
    '/api/console/affiliations/:affiliation/end',
    { schema: { params: AffiliationParams, body: EndBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await endAffiliation(parts, session, { ...request.params, ...request.body }));
    },
  );
};

const heldRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const pageOf = (id: string) => personPage(database, id, clock.nowMs());
  const page = { response: answers(PersonPageView) } as const;

  api.post(
    `${card}/groups`,
    { schema: { params: CardParams, body: GroupsBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await changeGroups(parts, session, { ...request.params, ...request.body }));
    },
  );
  api.post(
    `${card}/end`,
    { schema: { params: CardParams, body: EndBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await endCard(parts, session, { ...request.params, ...request.body }));
    },
  );
  api.post(
    `${card}/uids`,
    { schema: { params: CardParams, body: NewUidBody, ...page }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await addUid(parts, session, { ...request.params, ...request.body }));
    },
  );
  api.post(
    `${card}/uids/:id/end`,
    {
      schema: { params: Type.Object({ card: RowId, id: RowId }), ...page },
      config: changeLimit,
    },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      return pageOf(await endUid(parts, session, request.params));
    },
  );
};

const pinRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.post(
    `${card}/pin`,
    {
      schema: { params: CardParams, body: PinBody, response: answers(PinLetterView) },
      config: changeLimit,
    },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      const { params, body } = request;
      const { person: holder, number, pin } = await setPin(parts, session, { ...params, ...body });
      return { number, pin, page: await personPage(database, holder, clock.nowMs()) };
    },
  );
  api.post(
    `${card}/pin/end`,
    { schema: { params: CardParams, response: answers(PersonPageView) }, config: changeLimit },
    async (request) => {
      const session = await guard.allow(request, 'card.issue');
      const holder = await endPin(parts, session, request.params);
      return personPage(database, holder, clock.nowMs());
    },
  );
};

/** People, what they are to the school, and every credential of their cards. */
export const personRoutes: RouteGroup = (context: RouteContext) => {
  const groups = [lookUpRoutes, photoRoutes, peopleRoutes, heldRoutes, pinRoutes];
  for (const add of groups) add(context);
};
