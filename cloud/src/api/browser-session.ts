import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionForMs } from '../identity/demo-identity.ts';
import type { IdentityPort, Session } from '../identity/identity.ts';
import { sessionCookie } from './guard.ts';
import type { RouteContext } from './parts.ts';

export type BrowserSession = {
  /**
   * Signs this browser in, in place of whoever it was.
   * @throws CloudError CL_NOT_ALLOWED where nobody may be that person in that role
   */
  readonly open: (
    request: FastifyRequest,
    reply: FastifyReply,
    who: Parameters<IdentityPort['open']>[0],
  ) => Promise<Session>;
  /** Signs it out; who is not signed in is signed out: the cookie goes either way. */
  readonly end: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
};

/** The session as a browser holds it: a cookie that no script reads. */
export const createBrowserSession = ({
  parts: { identity },
  streams,
  cookie,
}: Pick<RouteContext, 'parts' | 'streams' | 'cookie'>): BrowserSession => {
  const attributes = { path: '/', httpOnly: true, ...cookie } as const;

  /** Ends what this browser has, and the streams that run on it. */
  const endOf = async ({ cookies }: FastifyRequest): Promise<void> => {
    const token = cookies[sessionCookie];
    const session = token === undefined ? undefined : await identity.sessionOf(token);
    if (session === undefined) return;
    await identity.close(session);
    streams.endOf(session.tokenSha256, 'signed_out');
  };

  return {
    open: async (request, reply, who) => {
      const { token, session } = await identity.open(who);
      await endOf(request);
      reply.setCookie(sessionCookie, token, { ...attributes, maxAge: sessionForMs / 1000 });
      return session;
    },
    end: async (request, reply) => {
      await endOf(request);
      reply.clearCookie(sessionCookie, attributes);
    },
  };
};
