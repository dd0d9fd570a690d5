import { Uuid } from '@gatehouse/protocols';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { cardPage } from '../../cards/card-page.ts';
import { deskView } from '../../cards/desk-view.ts';
import type { Session } from '../../identity/identity.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import type { Frame } from '../stream/frame.ts';
import type { SseWriter } from '../stream/sse-writer.ts';
import { listen } from './streams.ts';

const fromNow = { after: undefined, isKnown: true } as const;

type Telling<View> = {
  readonly session: Session;
  readonly event: string;
  readonly read: () => Promise<View>;
  readonly concerns: (frame: Frame, last: View) => boolean;
};

/** Says the whole view when the stream opens, and again whenever something in it has changed. */
export const tellView = <View>(
  context: RouteContext,
  reply: FastifyReply,
  { session, event, read, concerns }: Telling<View>,
): void => {
  const { log } = context.parts;
  let last: View | undefined;
  const tell = async (writer: SseWriter, pos: number): Promise<void> => {
    const view = await read();
    const isSame = JSON.stringify(view) === JSON.stringify(last);
    last = view;
    if (!isSame) writer.send({ event, data: view, id: pos });
  };
  const tellSafely = (writer: SseWriter, pos: number): void => {
    tell(writer, pos).catch((error: unknown) => {
      log.info('stream.view_not_read', { event, error });
      writer.end('unavailable');
    });
  };
  listen(context, reply, {
    session,
    wanted: fromNow,
    onOpen: tellSafely,
    onFrame: (frame, writer) => {
      if (last === undefined || concerns(frame, last)) tellSafely(writer, frame.pos);
    },
  });
};

/** A card as staff see it, and the queue of the desk, as they change. */
export const cardStreamRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;

  api.get(
    '/api/console/cards/:card/stream',
    { schema: { params: Type.Object({ card: Uuid }) } },
    async (request, reply) => {
      const session = await guard.allow(request, 'card.find');
      const { card } = request.params;
      const read = () => cardPage(database, session, card);
      // Who may not is told so before the stream opens.
      await read();
      tellView(context, reply, {
        session,
        event: 'card',
        read,
        concerns: (frame, { spread }) =>
          frame.cards.has(card) || (frame.spreadMoved && spread.have < spread.of),
      });
      return reply;
    },
  );
  api.get('/api/console/desk/stream', async (request, reply) => {
    const session = await guard.allow(request, 'desk');
    tellView(context, reply, {
      session,
      event: 'desk',
      read: () => deskView(database, clock.nowMs()),
      concerns: ({ cards }) => cards.size > 0,
    });
    return reply;
  });
};
