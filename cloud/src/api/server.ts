import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { TSchema } from 'typebox';
import Value from 'typebox/value';
import { CloudError } from '../errors.ts';
import type { LanLogins } from '../identity/lan-logins.ts';
import { answerError } from './answers.ts';
import { createGuard, sessionCookie } from './guard.ts';
import { requireOwnOrigin } from './origin.ts';
import type { OwnOrigin } from './origin.ts';
import { addPages } from './pages.ts';
import type { ApiParts, CookieRules, RouteGroup } from './parts.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { cardStreamRoutes } from './routes/card-streams.ts';
import { cardFaceRoutes } from './routes/card-face.ts';
import { cardRoutes } from './routes/cards.ts';
import { chooserRoutes } from './routes/chooser.ts';
import { claimGroupRoutes } from './routes/claim-groups.ts';
import { consoleRoutes } from './routes/console.ts';
import { demoHoldRoutes } from './routes/demo-hold.ts';
import { demoRoutes } from './routes/demo.ts';
import { deskRoutes } from './routes/desk.ts';
import { deviceRoutes, profileRoutes } from './routes/devices.ts';
import { doorRoutes } from './routes/doors.ts';
import { healthRoutes } from './routes/health.ts';
import { keepRoutes } from './routes/keep.ts';
import { lanRoutes } from './routes/lan.ts';
import { meRoutes } from './routes/me.ts';
import { noticeRoutes } from './routes/notices.ts';
import { openCardRoutes } from './routes/open-cards.ts';
import { numberRoutes } from './routes/numbers.ts';
import { personRoutes } from './routes/people.ts';
import { customProfileRoutes } from './routes/profiles.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingsRoutes } from './routes/settings.ts';
import { streamRoutes } from './routes/streams.ts';
import { useRoutes } from './routes/uses.ts';
import { createOpenStreams } from './stream/open-streams.ts';

/** All of them, but for the way in: the chooser, or the codes of the LAN. */
const routes: readonly RouteGroup[] = [
  healthRoutes,
  sessionRoutes,
  consoleRoutes,
  doorRoutes,
  deviceRoutes,
  profileRoutes,
  customProfileRoutes,
  useRoutes,
  numberRoutes,
  meRoutes,
  keepRoutes,
  settingsRoutes,
  claimGroupRoutes,
  cardFaceRoutes,
  noticeRoutes,
  openCardRoutes,
  cardRoutes,
  personRoutes,
  cardStreamRoutes,
  deskRoutes,
  bulkRoutes,
  streamRoutes,
  demoRoutes,
  demoHoldRoutes,
];

/** Over TLS for phones on the network, who come in by one-time codes: without the chooser. */
export type LanEntry = {
  /** PEM texts. */
  readonly tls: { readonly certificate: string; readonly key: string };
  readonly logins: Pick<LanLogins, 'take'>;
};

export type ApiOptions = OwnOrigin & {
  readonly parts: ApiParts;
  /** With it `secure` must be true; left out, the way in is the chooser. */
  readonly lan?: LanEntry;
  /** The built dashboard; undefined where it is not built. */
  readonly dashboardDir: string | undefined;
  /** Tests: an answer that is not what its schema says becomes an error. */
  readonly checkAnswers?: boolean;
  /** Hears of every route of the API as it is added. */
  readonly onRoute?: (route: { readonly method: string; readonly url: string }) => void;
};

export type ApiServer = {
  /** For tests, `inject`. */
  readonly api: FastifyInstance;
  /**
   * @param hostPort port 0 takes a free one
   * @returns the port
   * @throws CloudError CL_PORT where it is taken, not ours or no port of this machine
   */
  readonly listen: (hostPort: string) => Promise<number>;
  /** Ends the streams, then the server. */
  readonly close: () => Promise<void>;
};

const bodyBytesMax = 16 * 1024;
const requestTimeoutMs = 10_000;
const limitedKeyCharsMax = 64;
const handshakeTimeoutMs = 10_000;
/** A demo has a few phones, each with a page or two and their streams. */
const lanConnectionsMax = 200;

/** Nothing from elsewhere, no frames around us, no code but ours; antd writes its styles inline. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'"],
    'worker-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
};

const addProtection = async (
  api: FastifyInstance,
  { lan, secure, isOwnHost }: ApiOptions,
): Promise<void> => {
  await api.register(helmet, {
    contentSecurityPolicy,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // A browser keeps to it on every port of a name, and then nobody can accept our authority.
    strictTransportSecurity: secure && lan === undefined,
  });
  api.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    requireOwnOrigin(request, { secure, isOwnHost });
  });
  await api.register(cookie);
  await api.register(rateLimit, {
    global: false,
    // By session, so that one browser does not use up another's share; by address before sign-in.
    keyGenerator: (request) =>
      (request.cookies[sessionCookie] ?? request.ip).slice(0, limitedKeyCharsMax),
    errorResponseBuilder: () => new CloudError('CL_TOO_MANY'),
  });
};

/** A view is made by code of ours from typed values: it is written as it is. */
const addCodecs = (api: FastifyInstance, checkAnswers: boolean): void => {
  api.setValidatorCompiler(TypeBoxValidatorCompiler);
  api.setSerializerCompiler(({ schema, method, url, httpStatus }) => {
    // Every schema of ours is TypeBox's.
    const view = schema as TSchema;
    return (body) => {
      if (checkAnswers && !Value.Check(view, body)) {
        const faults = JSON.stringify(Value.Errors(view, body).slice(0, 3));
        throw new Error(`${method} ${url} ${httpStatus ?? ''}: ${faults}`);
      }
      return JSON.stringify(body);
    };
  });
  // A form of another site could send text; JSON needs a preflight, which nobody gets.
  api.removeContentTypeParser('text/plain');
};

/**
 * A camera app opens a code as a link that comes from elsewhere. Some browsers then hold a Strict
 * cookie back for the redirect that follows, and its page would find nobody signed in. Lax goes
 * along with a link that is followed and with nothing else from another site; what changes
 * something must name our own origin anyway.
 */
const sameSiteOf = (lan: LanEntry | undefined): CookieRules['sameSite'] =>
  lan === undefined ? 'strict' : 'lax';

const httpsOf = ({ tls }: LanEntry) => ({
  https: {
    cert: tls.certificate,
    key: tls.key,
    minVersion: 'TLSv1.2' as const,
    handshakeTimeout: handshakeTimeoutMs,
  },
});

/** The HTTP side of the cloud: API, streams and pages. */
export const createApiServer = async (options: ApiOptions): Promise<ApiServer> => {
  const { parts, secure, lan, dashboardDir } = options;
  const answer = answerError(parts.log);
  const api = fastify({
    ...(lan === undefined ? {} : httpsOf(lan)),
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: true,
    // A HEAD of a stream would hold a connection for nothing.
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>();
  // The same instance; plugins and hooks need no types of schemas.
  const plain = api as unknown as FastifyInstance;
  const streams = createOpenStreams();
  api.setErrorHandler((error, request, reply) => answer(error, request, reply));
  await addProtection(plain, options);
  addCodecs(plain, options.checkAnswers ?? false);
  const guard = createGuard(parts.identity);
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) options.onRoute?.({ method: one, url });
  });
  const entry = lan === undefined ? chooserRoutes : lanRoutes(lan.logins);
  const common = { api, parts, cookie: { secure, sameSite: sameSiteOf(lan) } };
  for (const add of [...routes, entry]) add({ ...common, guard, streams });
  if (lan !== undefined) api.server.maxConnections = lanConnectionsMax;
  await addPages(plain, { dir: dashboardDir, hasChooser: lan === undefined });
  return {
    api: plain,
    listen: async (hostPort) => {
      const colon = hostPort.lastIndexOf(':');
      const port = Number(hostPort.slice(colon + 1));
      await api
        .listen({ host: hostPort.slice(0, colon), port })
        .catch((cause: NodeJS.ErrnoException) => {
          throw new CloudError('CL_PORT', `${hostPort} (${cause.code ?? cause.message})`, {
            cause,
          });
        });
      // Listening on TCP, so the address has a port.
      return (api.server.address() as AddressInfo).port;
    },
    close: async () => {
      streams.endAll('stopping');
      await api.close();
    },
  };
};
