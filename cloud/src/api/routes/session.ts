import { CampusView, SessionView } from '@gatehouse/protocols';
import Type from 'typebox';
import { actions, may } from '../../access/may.ts';
import { CloudError } from '../../errors.ts';
import type { Session } from '../../identity/identity.ts';
import type { Queryable } from '../../ports.ts';
import { createBrowserSession } from '../browser-session.ts';
import type { RouteGroup } from '../parts.ts';
import { answers, noContent } from './responses.ts';

export const sessionView = (session: Session): SessionView => ({
  person: session.person,
  role: session.role,
  may: actions.filter((action) => may(session, action)),
});

type SiteRow = {
  readonly id: string;
  readonly campus: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly zone: string;
  readonly colour: string | null;
};

const campusView = async (db: Queryable, demo: boolean): Promise<CampusView> => {
  const [site] = await db.query<SiteRow>(
    'select id, campus, name_zh, name_en, zone, colour from site order by id limit 1',
  );
  if (site === undefined) throw new CloudError('CL_NOT_FOUND', 'no site');
  const { id, campus, zone, colour } = site;
  return { campus, name: { zh: site.name_zh, en: site.name_en }, site: id, zone, colour, demo };
};

export const sessionRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock, simulator } = parts;
  const browser = createBrowserSession(context);

  api.get('/api/campus', { schema: { response: answers(CampusView) } }, () =>
    campusView(database, simulator !== undefined),
  );
  api.get(
    '/api/time',
    { schema: { response: answers(Type.Object({ at: Type.String() })) } },
    () => ({ at: new Date(clock.nowMs()).toISOString() }),
  );
  api.get('/api/session', { schema: { response: answers(SessionView) } }, async (request) =>
    sessionView(await guard.session(request)),
  );
  api.delete('/api/session', { schema: { response: noContent } }, async (request, reply) => {
    await browser.end(request, reply);
    return reply.code(204).send(null);
  });
};
