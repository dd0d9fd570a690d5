import { NoticeView, ReadNoticesBody } from '@gatehouse/protocols';
import Type from 'typebox';
import { noticesOf, readNotices } from '../../identity/notices.ts';
import type { RouteGroup } from '../parts.ts';
import { answers } from './responses.ts';

const Notices = Type.Array(NoticeView);
const readLimit = { rateLimit: { max: 60, timeWindow: 60_000 } } as const;

/** What its owner is told about a card. */
export const noticeRoutes: RouteGroup = ({ api, parts, guard }) => {
  const { database, clock } = parts;

  api.get('/api/me/notices', { schema: { response: answers(Notices) } }, async (request) => {
    const { person } = await guard.allow(request, 'card');
    return [...(await noticesOf(database, person.id))];
  });
  api.post(
    '/api/me/notices/read',
    { schema: { body: ReadNoticesBody, response: answers(Notices) }, config: readLimit },
    async (request) => {
      const { person } = await guard.allow(request, 'card');
      const read = { person: person.id, at: clock.nowMs(), ids: request.body.ids };
      await database.transaction((tx) => readNotices(tx, read));
      return [...(await noticesOf(database, person.id))];
    },
  );
};
