import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Action } from '../access/may.ts';
import type { PinHash } from '../adapters/pin-hash.ts';
import type { Simulator } from '../adapters/simulator.ts';
import type { Commands } from '../fleet/commands.ts';
import type { Looks } from '../fleet/looks.ts';
import type { Profiles } from '../fleet/profiles.ts';
import type { CardPorts } from '../identity/enrol.ts';
import type { IdentityPort, Session } from '../identity/identity.ts';
import type { Clock, Log, Ports } from '../ports.ts';
import type { ProfileLibrary } from '../profiles/library.ts';
import type { StreamHub } from './stream/hub.ts';
import type { OpenStreams } from './stream/open-streams.ts';

/** What the routes work with; `cloud.ts` puts it together. */
export type ApiParts = Omit<CardPorts, 'clock'> & {
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: IdentityPort;
  readonly sendUnlock: Commands['sendUnlock'];
  readonly sendRun: Commands['sendRun'];
  readonly look: Looks['look'];
  readonly profiles: Profiles;
  readonly library: ProfileLibrary;
  readonly primitives: Ports['primitives'];
  readonly pinHash: PinHash;
  readonly hub: StreamHub;
  readonly isBrokerUp: () => boolean;
  /** The demo campus's scanners; undefined where this is no demo. */
  readonly simulator: Simulator | undefined;
};

/** Who asks, and whether they may. */
export type Guard = {
  /** @throws CloudError CL_NOT_SIGNED_IN */
  readonly session: (request: FastifyRequest) => Promise<Session>;
  /** @throws CloudError CL_NOT_SIGNED_IN, CL_NOT_ALLOWED */
  readonly allow: (
    request: FastifyRequest,
    action: Action,
    on?: { readonly door: string },
  ) => Promise<Session>;
};

/** Fastify, its handlers typed by their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a browser is told about the session's cookie, beside that no script may read it. */
export type CookieRules = {
  /** It only travels over TLS. */
  readonly secure: boolean;
  readonly sameSite: 'strict' | 'lax';
};

export type RouteContext = {
  readonly api: Api;
  readonly parts: ApiParts;
  readonly guard: Guard;
  readonly streams: OpenStreams;
  readonly cookie: CookieRules;
};

/** Adds its routes; `routes` in server.ts lists them all. */
export type RouteGroup = (context: RouteContext) => void;
