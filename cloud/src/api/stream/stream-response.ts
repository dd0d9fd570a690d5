import type { FastifyReply } from 'fastify';
import type { Session } from '../../identity/identity.ts';
import type { Cancel, Clock } from '../../ports.ts';
import { sessionCookie } from '../guard.ts';
import type { RouteContext } from '../parts.ts';
import { createSseWriter } from './sse-writer.ts';
import type { SseWriter } from './sse-writer.ts';

const beatEveryMs = 5_000;
/** How long a session that ended elsewhere, or a role that was taken away, is still listened to. */
const recheckEveryMs = 60_000;

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

const repeat = (clock: Pick<Clock, 'after'>, everyMs: number, run: () => void): Cancel => {
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

export type StreamOptions = {
  readonly session: Session;
  /** The stream shows that it lives, or leaves it where it does not. */
  readonly beat: (writer: SseWriter) => void;
  /** Feeds it. @returns how to stop that */
  readonly feed: (writer: SseWriter) => Cancel;
};

/**
 * Runs one stream until either end is done with it, or its session is.
 * @throws CloudError CL_TOO_MANY, before the response is open
 */
export const runStream = (
  { parts, streams }: Pick<RouteContext, 'parts' | 'streams'>,
  reply: FastifyReply,
  { session, beat, feed }: StreamOptions,
): void => {
  const { clock, identity, log } = parts;
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
    repeat(clock, beatEveryMs, () => beat(writer)),
    repeat(clock, recheckEveryMs, () => {
      recheck().catch((error: unknown) => log.info('stream.not_rechecked', { error }));
    }),
  );
  cancels.push(feed(writer));
  if (writer.hasEnded()) for (const cancel of cancels) cancel();
};
