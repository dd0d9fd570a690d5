import { CommandView, DoorView, ErrorView, Id, UnlockBody, Uuid } from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import { CloudError } from '../../errors.ts';
import { commandViews } from '../../fleet/command-rows.ts';
import { createFleetViews } from '../../fleet/views.ts';
import type { FleetViews } from '../../fleet/views.ts';
import type { Session } from '../../identity/identity.ts';
import type { Queryable } from '../../ports.ts';
import { storableText } from '../../storable.ts';
import type { ApiParts, RouteGroup } from '../parts.ts';
import { doorFor } from '../stream/scope.ts';
import { answers } from './responses.ts';

const DoorParams = Type.Object({ door: Id });

const doorView = async (db: Queryable, fleet: FleetViews, door: string): Promise<DoorView> => {
  const [place] = await db.query<{ gateway: string }>('select gateway from door where id = $1', [
    door,
  ]);
  if (place === undefined) throw new CloudError('CL_NOT_FOUND', door);
  const views = await fleet.doors(db, [place.gateway]);
  const view = views.find(({ id }) => id === door);
  if (view === undefined) throw new CloudError('CL_NOT_FOUND', door);
  return view;
};

/** A wish that was refused is worth more to an auditor than one that was granted. */
const auditRefusal = async (
  { database, clock, appendAudit }: ApiParts,
  { person, role }: Session,
  { door, reason, why }: { readonly door: string; readonly reason: string; readonly why: string },
): Promise<void> => {
  await database.transaction(async (tx) => {
    await appendAudit(tx, {
      atMs: clock.nowMs(),
      actor: person.id,
      action: 'door.unlock',
      subject: door,
      detail: { role, reason, refused: why },
    });
  });
};

const unlock = async (
  parts: ApiParts,
  session: Session,
  wish: { readonly door: string; readonly reason: string },
): Promise<CommandView> => {
  const { door } = wish;
  if (!may(session, 'unlock', { door })) {
    await auditRefusal(parts, session, { ...wish, why: 'not_allowed' });
    throw new CloudError('CL_NOT_ALLOWED', door);
  }
  const command = await parts.sendUnlock({ ...wish, actor: session.person.id });
  // It is written and audited; the screen is told at once instead of being shown a wait.
  if (command.failure === 'gateway_offline') throw new CloudError('CL_GATEWAY_OFFLINE', door);
  return command;
};

export const doorRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;
  const fleet = createFleetViews(clock);

  api.get(
    '/api/doors/:door',
    { schema: { params: DoorParams, response: answers(DoorView) } },
    async (request) => {
      const { door } = request.params;
      const session = await guard.allow(request, 'console', { door });
      return doorFor(session, await doorView(database, fleet, door));
    },
  );
  api.post(
    '/api/doors/:door/unlock',
    {
      schema: {
        params: DoorParams,
        body: UnlockBody,
        response: { 202: CommandView, '4xx': ErrorView, '5xx': ErrorView },
      },
      config: { rateLimit: { max: 30, timeWindow: 60_000 } },
    },
    async (request, reply) => {
      const session = await guard.session(request);
      const reason = storableText(request.body.reason);
      const { door } = request.params;
      await doorView(database, fleet, door);
      return reply.code(202).send(await unlock(parts, session, { door, reason }));
    },
  );
  api.get(
    '/api/commands/:id',
    { schema: { params: Type.Object({ id: Uuid }), response: answers(CommandView) } },
    async (request) => {
      const session = await guard.allow(request, 'console');
      const [command] = await commandViews(database, [request.params.id]);
      // What one may not see is not there.
      if (command === undefined || !may(session, 'console', { door: command.door })) {
        throw new CloudError('CL_NOT_FOUND', 'command');
      }
      return command;
    },
  );
};
