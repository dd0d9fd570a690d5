import { EventPage, Id, NowView, Uuid } from '@gatehouse/protocols';
import Type from 'typebox';
import { may } from '../../access/may.ts';
import { CloudError } from '../../errors.ts';
import { eventPage, pageEventsMax } from '../../events/event-queries.ts';
import { feedHead } from '../../feed/feed.ts';
import type { RouteGroup } from '../parts.ts';
import { frameSources, readFleet, readInside } from '../stream/frame.ts';
import { reachOfDoors, shownTo } from '../stream/scope.ts';
import { answers } from './responses.ts';

const eventsDefault = 50;

const EventQuery = Type.Object({
  before: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,200}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: pageEventsMax })),
  door: Type.Optional(Id),
  device: Type.Optional(Id),
  person: Type.Optional(Uuid),
  kind: Type.Optional(Type.String({ pattern: '^[a-z]+\\.[a-z_]+$', maxLength: 60 })),
  result: Type.Optional(Type.Union([Type.Literal('granted'), Type.Literal('denied')])),
});

const nothing = { events: [], cleared: [], commands: [], devices: [] } as const;

export const consoleRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database } = parts;
  const sources = frameSources(parts);

  api.get('/api/console/now', { schema: { response: answers(NowView) } }, async (request) => {
    const session = await guard.allow(request, 'console');
    // First the position, then the picture: what changes in between comes again by the stream.
    const pos = await feedHead(database);
    const fleet = await readFleet(sources);
    const reach = reachOfDoors(fleet.doors, session);
    const shown = { ...nothing, ...fleet, inside: await readInside(sources) };
    const { doors, gateways, conditions, inside } = shownTo(session, reach, shown);
    return {
      pos,
      doors: [...doors],
      gateways: [...gateways],
      conditions: [...conditions],
      inside: [...inside],
    };
  });

  api.get(
    '/api/console/events',
    { schema: { querystring: EventQuery, response: answers(EventPage) } },
    async (request) => {
      const session = await guard.allow(request, 'console');
      const { door, limit = eventsDefault, ...asked } = request.query;
      if (door !== undefined && !may(session, 'console', { door })) {
        throw new CloudError('CL_NOT_ALLOWED', door);
      }
      return eventPage(database, {
        role: session.role,
        limit,
        ...asked,
        ...(door === undefined ? {} : { door }),
        ...(session.doors === 'all' ? {} : { doors: [...session.doors] }),
      });
    },
  );
};
