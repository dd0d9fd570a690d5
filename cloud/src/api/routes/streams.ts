import type { MeView } from '@gatehouse/protocols';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Session } from '../../identity/identity.ts';
import { meView } from '../../identity/me-view.ts';
import { ownCard } from '../../identity/own-card.ts';
import type { Cancel } from '../../ports.ts';
import { sessionCookie } from '../guard.ts';
import type { RouteContext, RouteGroup } from '../parts.ts';
import { frameSources } from '../stream/frame.ts';
import type { Frame } from '../stream/frame.ts';
import { changeFor, reachOfDoors } from '../stream/scope.ts';
import type { Reach } from '../stream/scope.ts';
import { createSseWriter } from '../stream/sse-writer.ts';
import type { SseWriter } from '../stream/sse-writer.ts';

const beatEveryMs = 5_000;
/** How long a session that ended elsewhere, or a role that was taken away, is still listened to. */
const recheckEveryMs = 60_000;

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

/** Takes the response out of Fastify's hands; its headers were made by the hooks before. */
const openResponse = (reply: FastifyReply): FastifyReply['raw'] => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    // Node takes the same values as Fastify keeps; its types do not say so.
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.socket?.setNoDelay(true);
  raw.flushHeaders();
  return raw;
};

type Listening = {
  readonly session: Session;
  readonly wanted: Wanted;
  readonly onFrame: (frame: Frame, writer: SseWriter) => void;
};

/** Runs one stream until either end is done with it. */
const listen = (context: RouteContext, reply: FastifyReply, listening: Listening): void => {
  const { parts, streams } = context;
  const { hub, clock, identity, log } = parts;
  const { session, wanted, onFrame } = listening;
  let heard = wanted.after ?? hub.pos();
  const cancels: Cancel[] = [];
  // Claimed before the response is open: a refusal is still an ordinary answer.
  const release = streams.claim(session.tokenSha256, (why) => writer.end(why));
  const writer = createSseWriter({
    socket: openResponse(reply),
    clock,
    onEnd: (why) => {
      release();
      for (const cancel of cancels) cancel();
      log.debug('stream.ended', { why });
    },
  });
  const recheck = async (): Promise<void> => {
    const same = await identity.sessionOf(reply.request.cookies[sessionCookie] ?? '');
    if (same === undefined) writer.end('signed_out');
  };
  cancels.push(
    repeat(clock, beatEveryMs, () => {
      // Silence tells the listener more than a beat without a feed behind it.
      if (hub.isFollowing()) writer.beat(heard);
    }),
    repeat(clock, recheckEveryMs, () => {
      recheck().catch((error: unknown) => log.info('stream.not_rechecked', { error }));
    }),
  );
  const open = (pos: number, event: 'open' | 'reload'): void => {
    heard = pos;
    writer.send({ event, data: { pos }, id: pos });
  };
  cancels.push(
    hub.subscribe(wanted.after, {
      onFrame: (frame) => {
        heard = frame.pos;
        onFrame(frame, writer);
      },
      onLive: (pos) => open(pos, wanted.isKnown ? 'open' : 'reload'),
      onReload: (pos) => open(pos, 'reload'),
    }),
  );
  if (writer.hasEnded()) for (const cancel of cancels) cancel();
};

const repeat = (
  clock: RouteContext['parts']['clock'],
  everyMs: number,
  run: () => void,
): Cancel => {
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    cancel = clock.after(everyMs, () => {
      next();
      run();
    });
  };
  next();
  return () => cancel();
};

const isBehind = ({ spread }: MeView): boolean => spread.have < spread.of;

/** Tells a phone of its own card: each use, and the card itself when something about it changed. */
const phoneFrames = (context: RouteContext, session: Session, card: string, first: MeView) => {
  const { database, clock, log } = context.parts;
  let last = first;
  const tellCard = async (writer: SseWriter, pos: number): Promise<void> => {
    const me = await meView(database, session.person, clock.nowMs());
    const isSame = JSON.stringify(me) === JSON.stringify(last);
    last = me;
    if (!isSame) writer.send({ event: 'me', data: me, id: pos });
  };
  return (frame: Frame, writer: SseWriter): void => {
    for (const use of frame.uses.get(card) ?? []) {
      writer.send({ event: 'use', data: use, id: frame.pos });
    }
    const concerns = frame.cards.has(card) || (frame.spreadMoved && isBehind(last));
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

  api.get(
    '/api/console/stream',
    { schema: { querystring: StreamQuery } },
    async (request, reply) => {
      const session = await guard.allow(request, 'console');
      const doors = await frameSources(database, clock).fleet.doors(database);
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

  api.get('/api/me/stream', { schema: { querystring: StreamQuery } }, async (request, reply) => {
    const session = await guard.allow(request, 'card');
    const { id: card } = await ownCard(database, session.person.id);
    const me = await meView(database, session.person, clock.nowMs());
    listen(context, reply, {
      session,
      wanted: wantedOf(request, request.query.after),
      onFrame: phoneFrames(context, session, card, me),
    });
    return reply;
  });
};
