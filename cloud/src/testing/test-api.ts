import { generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fromBase64Url, toBase64Url } from '@gatehouse/protocols';
import type { PersonView, Role, SessionView } from '@gatehouse/protocols';
import type { InjectOptions } from 'fastify';
import { afterEach } from 'vitest';
import { createRevocations } from '../access/revocations.ts';
import { primitives } from '../adapters/crypto.ts';
import { pinHash } from '../adapters/pin-hash.ts';
import type { Simulator } from '../adapters/simulator.ts';
import { appendAudit } from '../audit/audit.ts';
import type { ApiParts } from '../api/parts.ts';
import { createApiServer } from '../api/server.ts';
import type { ApiServer } from '../api/server.ts';
import { createStreamHub } from '../api/stream/hub.ts';
import type { StreamHub } from '../api/stream/hub.ts';
import { createCommands } from '../fleet/commands.ts';
import { createProfileLibrary } from '../profiles/library.ts';
import { createLooks } from '../fleet/looks.ts';
import type { Looks } from '../fleet/looks.ts';
import { createDemoIdentity } from '../identity/demo-identity.ts';
import { seedCampus } from '../places/seed/seed-campus.ts';
import type { Broker, Database, Signer } from '../ports.ts';
import type { LibraryOptions } from '../profiles/library.ts';
import { createTestClock, testRandom } from './link.ts';
import { testBuiltIns } from './profiles.ts';
import { silentLog, useTestDatabases } from './test-database.ts';

/** One browser: its cookies, and an origin that is the server's own. */
export type Browser = {
  readonly session: SessionView;
  /** Of the session alone. */
  readonly cookie: string;
  /** As when somebody deletes one. */
  readonly forget: (cookieName: string) => void;
  /** The same browser, signed in anew. */
  readonly again: () => Promise<Browser>;
  readonly ask: (
    method: 'GET' | 'POST' | 'DELETE',
    url: string,
    body?: unknown,
  ) => Promise<{ readonly status: number; readonly body: unknown }>;
};

export type TestApi = {
  readonly server: ApiServer;
  /** For another server over the same cloud. */
  readonly parts: ApiParts;
  readonly hub: StreamHub;
  readonly database: Database;
  readonly clock: ReturnType<typeof createTestClock>;
  /** `METHOD /path` of every route. */
  readonly routes: readonly string[];
  readonly published: { readonly topic: string; readonly payload: string }[];
  readonly broker: { up: boolean };
  readonly looks: Looks;
  /** A new browser, which may say what it is. */
  readonly signIn: (name: string, agent?: string) => Promise<Browser>;
  readonly send: (options: InjectOptions) => Promise<{
    readonly status: number;
    readonly body: unknown;
    readonly headers: Readonly<Record<string, unknown>>;
  }>;
  readonly personNamed: (name: string) => Promise<PersonView['id']>;
};

const testSigner: Signer = {
  sign: (_use, typ, payload) => Promise.resolve(`${typ}.${JSON.stringify(payload)}.signature`),
  keyList: () => ({ serial: 1, jws: 'keys' }),
};

export const ownOrigin = 'http://127.0.0.1:8090';
const ownHeaders = { host: '127.0.0.1:8090', origin: ownOrigin } as const;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

export type TestApiOptions = {
  /** When it begins, where the hour counts; else now. */
  readonly startMs?: number;
  readonly simulator?: Simulator;
  readonly dashboardDir?: string;
  readonly builtIns?: LibraryOptions['builtIns'];
};

/** Keeps what would go to the gateways. */
const recordingBroker = (published: TestApi['published']): Broker => ({
  publish: (topic, payload) => {
    published.push({ topic, payload: String(payload) });
    return Promise.resolve();
  },
  onMessage: () => undefined,
  onState: () => undefined,
  disconnect: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

const openTestApi = async (database: Database, options: TestApiOptions): Promise<TestApi> => {
  const clock = createTestClock(options.startMs);
  await database.transaction((tx) =>
    seedCampus(tx, { seed: 1, people: 60 }, { nowMs: clock.nowMs() }),
  );
  const published: { topic: string; payload: string }[] = [];
  const broker = { up: true };
  const ports = {
    clock,
    database,
    log: silentLog,
    primitives,
    random: testRandom,
    signer: testSigner,
  };
  const linked = { ...ports, broker: recordingBroker(published) };
  const commands = createCommands(linked);
  const looks = createLooks(linked);
  const audit: Parameters<typeof createDemoIdentity>[0]['appendAudit'] = (tx, entry) =>
    appendAudit(tx, entry, primitives.sha256);
  const addresses = { listen: '127.0.0.1:0', database: 'embedded', broker: '127.0.0.1:0' };
  const identity = createDemoIdentity({ ...ports, addresses, appendAudit: audit });
  const builtIns = options.builtIns ?? testBuiltIns;
  const library = createProfileLibrary({ ...ports, builtIns });
  const { profiles } = library;
  const hub = await createStreamHub({ ...ports, profiles });
  const routes: string[] = [];
  const parts: ApiParts = {
    ...ports,
    pinHash,
    identity,
    hub,
    appendAudit: audit,
    revoke: createRevocations(ports).revoke,
    sendUnlock: commands.sendUnlock,
    sendRun: commands.sendRun,
    look: looks.look,
    profiles,
    library,
    isBrokerUp: () => broker.up,
    simulator: options.simulator,
  };
  const server = await createApiServer({
    onRoute: ({ method, url }) => void routes.push(`${method} ${url}`),
    secure: false,
    isOwnHost: (host) => host === '127.0.0.1' || host === 'localhost',
    dashboardDir: options.dashboardDir,
    checkAnswers: true,
    parts,
  });
  const send: TestApi['send'] = async (request) => {
    const answer = await server.api.inject(request);
    return { status: answer.statusCode, body: parsed(answer.body), headers: answer.headers };
  };
  return {
    server,
    parts,
    hub,
    database,
    clock,
    routes,
    published,
    broker,
    looks,
    send,
    personNamed: (name) => personNamed(database, name),
    signIn: (name, agent) => signIn({ server, database }, name, agent),
  };
};

const personNamed = async (database: Database, name: string): Promise<string> => {
  const [row] = await database.query<{ id: string }>(
    'select id from person where name_en = $1 and role is not null',
    [name],
  );
  if (row === undefined) throw new Error(`nobody is called ${name}`);
  return row.id;
};

const signIn = async (
  { server, database }: Pick<TestApi, 'server' | 'database'>,
  name: string,
  agent?: string,
  jar = new Map<string, string>(),
): Promise<Browser> => {
  const person = await personNamed(database, name);
  const [row] = await database.query<{ role: Role }>('select role from person where id = $1', [
    person,
  ]);
  const answer = await server.api.inject({
    method: 'POST',
    url: '/api/session',
    headers: ownHeaders,
    payload: { person, role: row?.role },
  });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  const keep = (cookies: typeof answer.cookies): void => {
    for (const { name: key, value } of cookies) jar.set(key, value);
  };
  keep(answer.cookies);
  const cookie = (): string => [...jar].map(([key, value]) => `${key}=${value}`).join('; ');
  return {
    session: answer.json<SessionView>(),
    cookie: cookie(),
    forget: (cookieName) => void jar.delete(cookieName),
    again: () => signIn({ server, database }, name, agent, jar),
    ask: async (method, url, body) => {
      const asked = await server.api.inject({
        method,
        url,
        headers: { ...ownHeaders, ...(agent && { 'user-agent': agent }), cookie: cookie() },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      keep(asked.cookies);
      return { status: asked.statusCode, body: parsed(asked.body) };
    },
  };
};

/** A seeded campus behind a server of its own for each call, closed after the test. */
export const useTestApi = (): ((options?: TestApiOptions) => Promise<TestApi>) => {
  const createDatabase = useTestDatabases();
  const opened: TestApi[] = [];
  afterEach(async () => {
    for (const { server, hub, looks } of opened.splice(0)) {
      looks.stop();
      await server.close();
      await hub.stop();
    }
  });
  return async (options = {}) => {
    const { database } = await createDatabase();
    const api = await openTestApi(database, options);
    opened.push(api);
    return api;
  };
};

export type TestPhone = {
  readonly alg: 'ES256' | 'EdDSA';
  /** base64url */
  readonly rawKey: string;
  readonly proof: (over: {
    readonly nonce: string;
    readonly key?: string;
    readonly header?: Readonly<Record<string, unknown>>;
  }) => string;
  readonly keep: (over: {
    readonly nonce: string;
    readonly credential: string;
    readonly header?: Readonly<Record<string, unknown>>;
  }) => string;
};

const part = (value: unknown): string => toBase64Url(Buffer.from(JSON.stringify(value)));

const rawKeyOf = (key: KeyObject): Buffer => {
  const { x = '', y } = key.export({ format: 'jwk' });
  const bytes = [x, y ?? ''].map((text) => fromBase64Url(text) ?? new Uint8Array());
  return Buffer.concat(y === undefined ? bytes : [Uint8Array.of(4), ...bytes]);
};

/** A phone with its key, as another program would make it: by Node alone, without jose. */
export const createTestPhone = (alg: TestPhone['alg'] = 'ES256'): TestPhone => {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  const rawKey = toBase64Url(rawKeyOf(pair.publicKey));
  const signed = (header: object, payload: object): string => {
    const input = `${part(header)}.${part(payload)}`;
    const signature = sign(alg === 'ES256' ? 'sha256' : null, Buffer.from(input), {
      key: pair.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${input}.${toBase64Url(signature)}`;
  };
  return {
    alg,
    rawKey,
    proof: ({ nonce, key = rawKey, header = {} }) =>
      signed({ alg, typ: 'gate-enrol+jws', ...header }, { nonce, key }),
    keep: ({ nonce, credential, header = {} }) =>
      signed({ alg, typ: 'gate-keep+jws', ...header }, { nonce, credential }),
  };
};
