import type { MeView } from '@gatehouse/protocols';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Session } from '../../identity/identity.ts';
import { meView } from '../../identity/me-view.ts';
import type { Viewer } from '../../identity/me-view.ts';
import { ownCard } from '../../identity/own-card.ts';
import { createBrowserCookie } from '../browser-cookie.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { frameSources } from '../stream/frame.ts';
import type { Frame } from '../stream/frame.ts';
import { changeFor, reachOfDoors } from '../stream/scope.ts';
import type { Reach } from '../stream/scope.ts';
import type { SseWriter } from '../stream/sse-writer.ts';
import { runStream } from '../stream/stream-response.ts';
import { CardQuery } from './holder.ts';

const StreamQuery = Type.Object({
  /** `NowView.pos`: the first connection goes on from the picture that was drawn. */
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
});

type Wanted = { readonly after: number | undefined; readonly isKnown: boolean };

/** The browser's own header goes over the address, which keeps what the first connection said. */
const wantedOf = (request: FastifyRequest, after: number | undefined): Wanted => {
  const last = request.headers['last-event-id'];
  if (last === undefined || last === '') return { after, isKnown: true };
  const isKnown = typeof last === 'string' && /^[0-9]{1,15}$/.test(last);
  return { after: isKnown ? Number(last) : undefined, isKnown };
};

type Listening = {
  readonly session: Session;
  readonly wanted: Wanted;
  readonly onFrame: (frame: Frame, writer: SseWriter) => void;
  /** From here on every change comes as a frame. */
  readonly onOpen?: (writer: SseWriter, pos: number) => void;
};

/** Follows the feed for one listener. */
export const listen = (context: RouteContext, reply: FastifyReply, listening: Listening): void => {
  const { hub } = context.parts;
  const { session, wanted, onFrame } = listening;
  let heard = wanted.after ?? hub.pos();
  const open = (writer: SseWriter, pos: number, event: 'open' | 'reload'): void => {
    heard = pos;
    writer.send({ event, data: { pos }, id: pos });
    listening.onOpen?.(writer, pos);
  };
  runStream(context, reply, {
    session,
    beat: (writer) => {
      // Silence tells the listener more than a beat without a feed behind it.
      if (hub.isFollowing()) writer.beat(heard);
    },
    feed: (writer) =>
      hub.subscribe(wanted.after, {
        onFrame: (frame) => {
          heard = frame.pos;
          onFrame(frame, writer);
        },
        onLive: (pos) => open(writer, pos, wanted.isKnown ? 'open' : 'reload'),
        onReload: (pos) => open(writer, pos, 'reload'),
      }),
  });
};

const isBehind = ({ spread }: MeView): boolean => spread.have < spread.of;

/**
 * Tells a phone of its own card: each use, what its owner is told, and the card itself when
 * something about it changed.
 */
const phoneFrames = (context: RouteContext, viewer: Viewer, card: string, first: MeView) => {
  const { database, clock, log } = context.parts;
  let last = first;
  const tellCard = async (writer: SseWriter, pos: number): Promise<void> => {
    const me = await meView(database, viewer, clock.nowMs());
    const isSame = JSON.stringify(me) === JSON.stringify(last);
    last = me;
    if (!isSame) writer.send({ event: 'me', data: me, id: pos });
  };
  return (frame: Frame, writer: SseWriter): void => {
    for (const use of frame.uses.get(card) ?? []) {
      writer.send({ event: 'use', data: use, id: frame.pos });
    }
    const notices = frame.notices.get(viewer.person.id) ?? [];
    for (const notice of notices) writer.send({ event: 'notice', data: notice, id: frame.pos });
    // A card that is new is none of those known before; its holder is told of it.
    const isChanged = notices.length > 0 || last.cards.some(({ id }) => frame.cards.has(id));
    const isSpread = frame.spreadMoved && isBehind(last);
    const concerns = isChanged || frame.faceMoved || isSpread;
    if (!concerns) return;
    tellCard(writer, frame.pos).catch((error: unknown) => {
      log.info('stream.card_not_read', { error });
      writer.end('unavailable');
    });
  };
};

export const streamRoutes: RouteGroup = (context) => {
  const { api, parts, guard } = context;
  const { database, clock } = parts;
  const browsers = createBrowserCookie(context);

  api.get(
    '/api/console/stream',
    { schema: { querystring: StreamQuery } },
    async (request, reply) => {
      const session = await guard.allow(request, 'console');
      const doors = await frameSources(parts).fleet.doors(database);
      const reach: Reach = reachOfDoors(doors, session);
      listen(context, reply, {
        session,
        wanted: wantedOf(request, request.query.after),
        onFrame: (frame, writer) => {
          const change = changeFor(session, reach, frame);
          if (change !== undefined) {
            writer.send({ event: 'change', data: change, id: frame.pos });
          }
        },
      });
      return reply;
    },
  );

  const schema = {
    querystring: Type.Object({ ...StreamQuery.properties, ...CardQuery.properties }),
  };
  api.get('/api/me/stream', { schema }, async (request, reply) => {
    const session = await guard.allow(request, 'card');
    const { person } = session;
    const { id: card } = await ownCard(database, { person, card: request.query.card });
    const viewer = { person, card, mark: browsers.markOf(request) };
    const me = await meView(database, viewer, clock.nowMs());
    listen(context, reply, {
      session,
      wanted: wantedOf(request, request.query.after),
      onFrame: phoneFrames(context, viewer, card, me),
    });
    return reply;
  });
};
