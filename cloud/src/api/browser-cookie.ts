import { toBase64Url } from '@gatehouse/protocols';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { browserName } from '../identity/browser-names.table.ts';
import type { Browser } from '../identity/enrol.ts';
import { tokenHash } from '../identity/sessions.ts';
import type { RouteContext } from './parts.ts';

/**
 * Tells one browser from another, and is no right: without a session nobody asks for it. It
 * outlives the page's own storage, which browsers purge, so that a phone that lost its key gets
 * another one without this counting as a change of phones. No script reads it, and it only goes
 * where it is needed.
 */
export const browserCookie = 'gatehouse_browser';
/** 400 days: what browsers allow at most. Each visit begins them anew. */
export const browserForMs = 400 * 24 * 60 * 60 * 1000;
const tokenBytes = 32;
const token = /^[A-Za-z0-9_-]{43}$/;

export type BrowserCookie = {
  /** Undefined where this browser never enrolled anything, or has forgotten it. */
  readonly markOf: (request: FastifyRequest) => Browser['mark'] | undefined;
  /** Names the browser where it has no name yet. */
  readonly ensure: (request: FastifyRequest, reply: FastifyReply) => Browser;
  /** The browser keeps its name for as long as it comes back. */
  readonly prolong: (request: FastifyRequest, reply: FastifyReply) => void;
};

export const createBrowserCookie = ({
  parts: { random, primitives },
  cookie,
}: Pick<RouteContext, 'parts' | 'cookie'>): BrowserCookie => {
  const attributes = { path: '/api/me', httpOnly: true, ...cookie } as const;
  const tokenOf = ({ cookies }: FastifyRequest): string | undefined => {
    const found = cookies[browserCookie];
    return found !== undefined && token.test(found) ? found : undefined;
  };
  const markBy =
    (own: string): Browser['mark'] =>
    (card) =>
      tokenHash(`${card} ${own}`, primitives);
  const keep = (reply: FastifyReply, own: string): void => {
    reply.setCookie(browserCookie, own, { ...attributes, maxAge: browserForMs / 1000 });
  };
  return {
    markOf: (request) => {
      const own = tokenOf(request);
      return own === undefined ? undefined : markBy(own);
    },
    ensure: (request, reply) => {
      const own = tokenOf(request) ?? toBase64Url(random(tokenBytes));
      keep(reply, own);
      return { mark: markBy(own), name: browserName(request.headers['user-agent']) };
    },
    prolong: (request, reply) => {
      const own = tokenOf(request);
      if (own !== undefined) keep(reply, own);
    },
  };
};
