import { Readable } from 'node:stream';
import {
  BulkJobView,
  BulkRowsView,
  ErrorView,
  Uuid,
  bulkBytesMax,
  bulkVerdicts,
} from '@gatehouse/protocols';
import Type from 'typebox';
import { bulkJobView, bulkJobs, bulkRows, pageRows } from '../../bulk/bulk-view.ts';
import { bulkOrders, orderBulk, takeFile } from '../../bulk/bulk-orders.ts';
import type { BulkOrder } from '../../bulk/bulk-orders.ts';
import { resultCsv } from '../../bulk/result-csv.ts';
import { templateCsv } from '../../bulk/template.table.ts';
import { CloudError } from '../../errors.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { tellView } from './card-streams.ts';
import { answers } from './responses.ts';

const JobParams = Type.Object({ job: Uuid });
const changeLimit = { rateLimit: { max: 30, timeWindow: 60_000 } } as const;
const seldom = { rateLimit: { max: 10, timeWindow: 60_000 } } as const;
const csvType = 'text/csv';
/** A file: text, and no view. */
const csvAnswers = { 200: Type.Unknown(), '4xx': ErrorView, '5xx': ErrorView };

const uploadRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  // Bytes and not text: what they mean is decided by looking at them.
  api.addContentTypeParser(
    csvType,
    { parseAs: 'buffer', bodyLimit: bulkBytesMax },
    (_, body, done) => done(null, body),
  );
  api.post(
    '/api/console/bulk',
    {
      schema: {
        querystring: Type.Object({ name: Type.Optional(Type.String({ maxLength: 200 })) }),
        response: answers(BulkJobView),
      },
      config: seldom,
      bodyLimit: bulkBytesMax,
      onRequest: async (request) => {
        // Before a byte is read, so that it is told why.
        if (Number(request.headers['content-length'] ?? 0) > bulkBytesMax) {
          throw new CloudError('CL_BULK_SIZE');
        }
      },
    },
    async (request) => {
      const session = await guard.allow(request, 'card.bulk');
      const { body, query } = request;
      if (!(body instanceof Uint8Array)) throw new CloudError('CL_BULK_TEXT');
      const id = await takeFile(parts, session, { bytes: body, name: query.name ?? '' });
      return bulkJobView(database, id, clock.nowMs());
    },
  );
  api.get(
    '/api/console/bulk/template.csv',
    {
      schema: {
        querystring: Type.Object({ language: Type.Enum(['zh', 'en']) }),
        response: csvAnswers,
      },
    },
    async (request, reply) => {
      await guard.allow(request, 'card.bulk');
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="cards-template.csv"')
        .send(templateCsv(request.query.language, clock.nowMs()));
    },
  );
};

// The keys of the table.
const orders = Object.keys(bulkOrders) as BulkOrder[];

const orderRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  for (const order of orders) {
    api.post(
      `/api/console/bulk/:job/${order}`,
      { schema: { params: JobParams, response: answers(BulkJobView) }, config: changeLimit },
      async (request) => {
        const session = await guard.allow(request, 'card.bulk');
        const { job } = request.params;
        await orderBulk(parts, session, { job, order });
        return bulkJobView(database, job, clock.nowMs());
      },
    );
  }
};

const readRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;

  api.get(
    '/api/console/bulk',
    { schema: { response: answers(Type.Array(BulkJobView)) } },
    async (request) => {
      await guard.allow(request, 'card.bulk');
      return [...(await bulkJobs(database, clock.nowMs()))];
    },
  );
  api.get(
    '/api/console/bulk/:job',
    { schema: { params: JobParams, response: answers(BulkJobView) } },
    async (request) => {
      await guard.allow(request, 'card.bulk');
      return bulkJobView(database, request.params.job, clock.nowMs());
    },
  );
  api.get(
    '/api/console/bulk/:job/rows',
    {
      schema: {
        params: JobParams,
        querystring: Type.Object({
          verdict: Type.Optional(Type.Enum([...bulkVerdicts])),
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
        }),
        response: answers(BulkRowsView),
      },
    },
    async (request) => {
      await guard.allow(request, 'card.bulk');
      const { verdict = null, after = 0 } = request.query;
      return bulkRows(database, request.params.job, { verdict, after, limit: pageRows });
    },
  );
  api.get(
    '/api/console/bulk/:job/stream',
    { schema: { params: JobParams } },
    async (request, reply) => {
      const session = await guard.allow(request, 'card.bulk');
      const { job } = request.params;
      const read = () => bulkJobView(database, job, clock.nowMs());
      // What is not there is told so before the stream opens.
      await read();
      const concerns = ({ jobs }: { readonly jobs: ReadonlySet<string> }) => jobs.has(job);
      tellView(context, reply, { session, event: 'bulk', read, concerns });
      return reply;
    },
  );
};

const resultRoute: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  api.get(
    '/api/console/bulk/:job/result.csv',
    { schema: { params: JobParams, response: csvAnswers }, config: seldom },
    async (request, reply) => {
      const { person } = await guard.allow(request, 'card.bulk');
      const { job } = request.params;
      await bulkJobView(database, job, clock.nowMs());
      // A list of people leaves the house, so who took it is written down first.
      await database.transaction(async (tx) => {
        const about = { action: 'bulk.export', subject: job, detail: {} };
        await parts.appendAudit(tx, { atMs: clock.nowMs(), actor: person.id, ...about });
      });
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="cards-result-${job}.csv"`)
        .send(Readable.from(resultCsv(database, job)));
    },
  );
};

/** Cards for many people at once. */
export const bulkRoutes: RouteGroup = (context: RouteContext) => {
  for (const add of [uploadRoutes, orderRoutes, readRoutes, resultRoute]) add(context);
};
