import { Readable } from 'node:stream';
import {
  CardNumbersView,
  CardListView,
  PassNumbersView,
  TrafficView,
  cardGroupings,
  cardLists,
  ErrorView,
  neverDaysDefault,
  neverDaysMax,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import type { Session } from '../../identity/identity.ts';
import { cardCsv } from '../../numbers/card-csv.ts';
import { cardPage, pageCards } from '../../numbers/card-list.ts';
import type { CardFilter } from '../../numbers/card-list.ts';
import { cardNumbers } from '../../numbers/card-numbers.ts';
import { recountNumbers } from '../../numbers/count-decisions.ts';
import { passNumbers } from '../../numbers/pass-numbers.ts';
import { traffic } from '../../numbers/traffic.ts';
import { storableText } from '../../storable.ts';
import type { ApiParts, RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

const By = Type.Optional(Type.Enum([...cardGroupings]));
const NeverDays = Type.Optional(Type.Integer({ minimum: 1, maximum: neverDaysMax }));
const NumbersQuery = Type.Object({ by: By, neverDays: NeverDays });
const TrafficQuery = Type.Object({
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
});
const listFields = {
  list: Type.Enum([...cardLists]),
  by: By,
  group: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  q: Type.Optional(Type.String({ maxLength: 80 })),
  neverDays: NeverDays,
};
const ExportQuery = Type.Object(listFields);
const ListQuery = Type.Object({
  ...listFields,
  after: Type.Optional(Type.String({ maxLength: 120 })),
});

const daysDefault = 7;
const limited = { rateLimit: { max: 120, timeWindow: 60_000 } };
const seldom = { rateLimit: { max: 10, timeWindow: 60_000 } };

const filterOf = (query: Type.Static<typeof ExportQuery>, session: Session): CardFilter => ({
  list: query.list,
  by: query.by ?? 'affiliation',
  group: query.group === undefined ? null : storableText(query.group),
  q: storableText(query.q ?? '').trim(),
  neverDays: query.neverDays ?? neverDaysDefault,
  withNames: may(session, 'numbers.names'),
});

const audit = async (
  { database, clock, appendAudit }: ApiParts,
  { person, role }: Session,
  action: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> => {
  await database.transaction(async (tx) => {
    await appendAudit(tx, {
      atMs: clock.nowMs(),
      actor: person.id,
      action,
      subject: 'numbers',
      detail: { role, ...detail },
    });
  });
};

/** `numbers.export`: a list leaves the house as a file, so who took it is written down first. */
const addExport: RouteGroup = ({ api, parts, guard }) => {
  api.get(
    '/api/console/numbers/cards.csv',
    {
      schema: {
        querystring: ExportQuery,
        // Text, page by page.
        response: { 200: Type.Unknown(), '4xx': ErrorView, '5xx': ErrorView },
      },
      config: seldom,
    },
    async (request, reply) => {
      const session = await guard.allow(request, 'numbers.read');
      const nowMs = parts.clock.nowMs();
      const filter = filterOf(request.query, session);
      await audit(parts, session, 'numbers.export', { ...filter });
      const day = new Date(nowMs).toISOString().slice(0, 10);
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="cards-${filter.list}-${day}.csv"`);
      return reply.send(Readable.from(cardCsv(parts.database, filter, { nowMs })));
    },
  );
};

export const numberRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;

  api.get(
    '/api/console/numbers',
    { schema: { querystring: NumbersQuery, response: answers(CardNumbersView) }, config: limited },
    async (request) => {
      await guard.allow(request, 'numbers.read');
      const { by = 'affiliation', neverDays = neverDaysDefault } = request.query;
      return cardNumbers(database, { nowMs: clock.nowMs(), by, neverDays });
    },
  );
  api.get(
    '/api/console/numbers/traffic',
    { schema: { querystring: TrafficQuery, response: answers(TrafficView) }, config: limited },
    async (request) => {
      await guard.allow(request, 'numbers.read');
      const { days = daysDefault } = request.query;
      return traffic(database, { nowMs: clock.nowMs(), days });
    },
  );
  api.get(
    '/api/console/numbers/passes',
    { schema: { response: answers(PassNumbersView) }, config: limited },
    async (request) => {
      const session = await guard.allow(request, 'numbers.read');
      const withNames = may(session, 'numbers.names');
      return passNumbers(database, { nowMs: clock.nowMs(), withNames });
    },
  );
  api.get(
    '/api/console/numbers/cards',
    { schema: { querystring: ListQuery, response: answers(CardListView) }, config: limited },
    async (request) => {
      const session = await guard.allow(request, 'numbers.read');
      const after = storableText(request.query.after ?? '');
      const page = { nowMs: clock.nowMs(), after, limit: pageCards };
      return cardPage(database, filterOf(request.query, session), page);
    },
  );
  addExport(context);
  api.post(
    '/api/console/numbers/recount',
    { schema: { response: noContent }, config: seldom },
    async (request, reply) => {
      const session = await guard.allow(request, 'numbers.recount');
      await audit(parts, session, 'numbers.recount', {});
      await database.transaction(recountNumbers);
      return reply.code(204).send(null);
    },
  );
};
