import { DoubtBody, DoubtsView, DoubtView, EvidenceView } from '@gatehouse/protocols';
import Type from 'typebox';
import { CloudError } from '../../errors.ts';
import { closeDoubt, freezeCardOfDoubt, readEvidence } from '../../judgement/doubt-actions.ts';
import { doubtOf, doubtsView } from '../../judgement/doubts.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const base = '/api/console/uses';
const UseParams = Type.Object({
  use: Type.String({ pattern: '^[a-z0-9-]{1,40}\\.[0-9a-f]{8}\\.[a-z]{1,10}\\.[0-9]{1,16}$' }),
});
const DoubtsQuery = Type.Object({ state: Type.Optional(Type.Enum(['open', 'closed'])) });
const rateLimit = { max: 60, timeWindow: 60_000 };

const changes = { close: closeDoubt, freeze: freezeCardOfDoubt } as const;

/** Uses in doubt: what the cloud could not confirm, and what people do about it. */
export const useRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get(
    base,
    { schema: { querystring: DoubtsQuery, response: answers(DoubtsView) } },
    async (request) => {
      await guard.allow(request, 'use.read');
      const isOpen = request.query.state !== 'closed';
      return doubtsView(database, { isOpen, nowMs: clock.nowMs() });
    },
  );
  for (const [name, change] of Object.entries(changes)) {
    api.post(
      `${base}/:use/${name}`,
      {
        schema: { params: UseParams, body: DoubtBody, response: answers(DoubtView) },
        config: { rateLimit },
      },
      async (request) => {
        const session = await guard.allow(request, 'use.act');
        const { use } = request.params;
        await change(parts, session, { use, note: request.body.note });
        const doubt = await doubtOf(database, { use, nowMs: clock.nowMs() });
        if (doubt === undefined) throw new CloudError('CL_NOT_FOUND', use);
        return doubt;
      },
    );
  }
  api.get(
    `${base}/:use/evidence`,
    { schema: { params: UseParams, response: answers(EvidenceView) }, config: { rateLimit } },
    async (request) => {
      const session = await guard.allow(request, 'evidence.read');
      return readEvidence(parts, session, request.params.use);
    },
  );
};
