import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import type { SessionView } from '@gatehouse/protocols';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { primitives } from '../adapters/crypto.ts';
import { openDevelopmentTrust } from '../adapters/development-trust.ts';
import { readAudit } from '../audit/audit.ts';
import { lanLoginForMs } from '../identity/lan-logins.ts';
import type { Log } from '../ports.ts';
import { useTestTrust } from '../testing/link.ts';
import { useTestApi } from '../testing/test-api.ts';
import { startLanServer } from './lan-server.ts';
import type { LanOffer } from './lan-server.ts';

// The server that phones on the network reach, over real TLS on loopback: no way in but a code from
// the terminal, once.

const openApi = useTestApi();
const trust = useTestTrust();
const address = '127.0.0.1';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-lan-'));
  for (const [file, text] of Object.entries({
    'index.html': 'choose who you are',
    'console/index.html': 'console',
    'm/index.html': 'phone',
    'm/manifest.webmanifest': '{}',
    'assets/main-3f2a.js': 'code',
  })) {
    await mkdir(join(dir, file, '..'), { recursive: true });
    await writeFile(join(dir, file), text);
  }
});
afterAll(() => rm(dir, { recursive: true, force: true }));

type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM; left out = the authority of the data folder. */
  readonly ca?: string;
};

const openLan = async (change: { readonly simulator?: boolean } = {}) => {
  const api = await openApi(
    change.simulator === true
      ? {
          simulator: {
            shown: () => Promise.resolve(new Map()),
            present: () => Promise.resolve(undefined),
            walk: () => Promise.resolve(),
          },
        }
      : {},
  );
  const offers: LanOffer[] = [];
  const logged: string[] = [];
  const note = (event: string, fields?: object): void => {
    const { error, ...rest } = { error: undefined, ...fields };
    logged.push(JSON.stringify([event, rest]), String(error));
  };
  const log: Log = { debug: note, info: note, warn: note, error: note };
  let isAway = false;
  const identity: typeof api.parts.identity = {
    ...api.parts.identity,
    open: (who) => (isAway ? Promise.reject(new Error('away')) : api.parts.identity.open(who)),
  };
  const lan = await startLanServer(
    { ...api.parts, log, identity },
    {
      listen: `${address}:0`,
      addresses: { own: [address], reachable: [address] },
      tls: await trust().issueLan([address]),
      show: (offer) => void offers.push(offer),
      dashboardDir: dir,
      primitives,
    },
  );
  onTestFinished(lan.close);
  lan.offer();
  const origin = `https://${address}:${lan.port}`;
  const ask = (path: string, asked: Asked = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers = {}, body, ca = trust().ca } = asked;
      // The path goes as it is: no client of ours mends it first.
      const call = request(
        { host: address, servername: '', port: lan.port, path, method, headers, ca, agent: false },
        (response) => {
          const status = response.statusCode ?? 0;
          readText(response).then((text) => {
            resolve({ status, headers: response.headers, text });
          }, reject);
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  const path = (set: number, role: string): string =>
    offers[set]?.logins.find((login) => login.role === role)?.url.slice(origin.length) ?? '';
  return {
    ...{ api, lan, offers, logged, origin, ask, path },
    setAway: (value: boolean) => {
      isAway = value;
    },
  };
};

const cookieOf = ({ headers }: Answer): string =>
  headers['set-cookie']?.[0]?.split(';', 1)[0] ?? 'none';

const code = ({ text }: Answer): string => {
  const { error } = JSON.parse(text) as { error?: { code?: string } };
  return error?.code ?? 'no error';
};

const refused = { status: 404, text: expect.stringContaining('此码已用过或已过期') as string };

describe('a code from the terminal', () => {
  it.each([
    ['student', '/m', 'phone'],
    ['guard', '/console', 'console'],
  ])('brings the %s to %s', async (role, page, body) => {
    const { api, ask, path } = await openLan();
    const login = await ask(path(0, role));
    expect([login.status, login.headers.location]).toEqual([303, page]);
    expect(login.headers['cache-control']).toBe('no-store');
    expect(login.headers['referrer-policy']).toBe('no-referrer');
    const cookie = cookieOf(login);
    expect((await ask(page, { headers: { cookie } })).text).toBe(body);
    const session = await ask('/api/session', { headers: { cookie } });
    expect((JSON.parse(session.text) as SessionView).role).toBe(role);
    const audited = await readAudit(api.database, 1, 10);
    expect(audited).toMatchObject([{ action: 'session.open', detail: { role } }]);
  });

  it('gives a cookie for TLS alone, that no script and no other page gets', async () => {
    const { ask, path } = await openLan();
    const { headers } = await ask(path(0, 'student'));
    const [, ...attributes] = (headers['set-cookie']?.[0] ?? '').split('; ');
    expect(attributes.toSorted()).toEqual([
      ...['HttpOnly', 'Max-Age=43200', 'Path=/', 'SameSite=Lax', 'Secure'],
    ]);
    // For a name it would hold on every port, also on that of the chooser.
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  it('works once; the terminal has a new one', async () => {
    const { ask, path, offers } = await openLan();
    expect((await ask(path(0, 'student'))).status).toBe(303);
    const again = await ask(path(0, 'student'));
    expect(again).toMatchObject(refused);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.headers['content-type']).toContain('text/html');
    expect(offers).toHaveLength(2);
    expect((await ask(path(1, 'student'))).status).toBe(303);
  });

  it('lets one in of two who come at once', async () => {
    const { ask, path } = await openLan();
    const login = path(0, 'guard');
    const both = await Promise.all([ask(login), ask(login)]);
    expect(both.map(({ status }) => String(status)).toSorted()).toEqual(['303', '404']);
  });

  it('is over after ten minutes; who comes late finds a new one', async () => {
    const { api, ask, path, offers } = await openLan();
    api.clock.skip(lanLoginForMs);
    expect(await ask(path(0, 'student'))).toMatchObject(refused);
    expect(offers).toHaveLength(2);
    expect((await ask(path(1, 'student'))).status).toBe(303);
  });

  it('is refused where it is none of ours, and no new one is made', async () => {
    const { ask, offers } = await openLan();
    for (const token of ['A'.repeat(22), 'x', '%00', '..%2fm']) {
      expect(await ask(`/lan/${token}`), token).toMatchObject(refused);
    }
    expect((await ask(`/lan/${'A'.repeat(5_000)}`)).status).toBe(400);
    expect(offers).toHaveLength(1);
  });

  it('cannot be tried for ever', async () => {
    const { ask } = await openLan();
    const statuses: number[] = [];
    for (let i = 0; i < 62; i += 1) statuses.push((await ask(`/lan/${'B'.repeat(22)}`)).status);
    expect(statuses.slice(59)).toEqual([404, 429, 429]);
  });

  it('stands in no log, whatever happens', async () => {
    const { ask, path, offers, logged, setAway } = await openLan();
    setAway(true);
    expect((await ask(path(0, 'student'))).status).toBe(500);
    setAway(false);
    await ask(path(0, 'student'));
    await ask(path(1, 'guard'));
    await ask(`${path(2, 'guard')}/further`);
    await ask(path(2, 'guard'), { headers: { host: 'evil.example' } });
    expect(logged.join('\n')).toContain('"/lan/:token"');
    for (const { url } of offers.flatMap(({ logins }) => logins)) {
      expect(logged.join('\n')).not.toContain(url.slice(-22));
    }
  });
});

describe('the server for phones on the network', () => {
  it('has no chooser under any spelling of its address', async () => {
    const { ask } = await openLan();
    const paths = ['/', '/?a', '/index.html', '/index%2Ehtml', '/%69ndex.html', '/INDEX.html'];
    const around = ['//', '//index.html', '/./index.html', '/m/../index.html', '/m/%2e%2e/'];
    for (const path of [...paths, ...around, '/assets/../', '/%2e/', '/index.html/', '/.']) {
      const answer = await ask(path);
      expect(answer.text, path).not.toContain('choose');
      expect([400, 404], path).toContain(answer.status);
    }
    expect((await ask('/')).text).toContain('请扫描终端里的二维码');
    expect((await ask('/m/manifest.webmanifest')).text).toBe('{}');
    expect((await ask('/assets/main-3f2a.js')).text).toBe('code');
  });

  it('lets nobody choose who to be', async () => {
    const { api, ask, origin, path } = await openLan();
    const body = JSON.stringify({ person: await api.personNamed('Wang Fang'), role: 'guard' });
    const headers = { origin, 'content-type': 'application/json' };
    const cookie = cookieOf(await ask(path(0, 'student')));
    for (const more of [{}, { cookie }]) {
      const login = { method: 'POST', headers: { ...headers, ...more }, body };
      const answers = [
        await ask('/api/session', login),
        await ask('/api/demo/choices', { headers: more }),
      ];
      for (const answer of answers) {
        expect([answer.status, code(answer)]).toEqual([404, 'CL_NOT_FOUND']);
      }
    }
    expect((await api.send({ url: '/api/demo/choices' })).status).toBe(200);
  });

  it('has what the loopback has otherwise, and its page of the documents', async () => {
    const { api, lan, ask, path } = await openLan({ simulator: true });
    const missing = api.routes
      .map((route) => route.split(' ') as [method: 'GET', url: string])
      .filter(([method, url]) => !lan.api.hasRoute({ method, url }))
      .map((route) => route.join(' '));
    expect(missing).toEqual(['GET /api/demo/choices', 'POST /api/session']);
    const headers = { cookie: cookieOf(await ask(path(0, 'student'))) };
    expect((await ask('/api/demo/scanners', { headers })).status).toBe(200);
    const page = await readFile(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
    expect(page).toContain('| `GET /lan/:token`');
  });

  it('answers to its own addresses alone', async () => {
    const { ask, path, offers } = await openLan();
    for (const host of ['evil.example', 'localhost', '192.0.2.1', '127.0.0.1.evil.example']) {
      const answer = await ask(path(0, 'student'), { headers: { host } });
      expect([host, answer.status]).toEqual([host, 403]);
    }
    expect(offers).toHaveLength(1);
    expect((await ask(path(0, 'student'), { headers: { host: address } })).status).toBe(303);
  });

  it('signs out by its own page, and changes nothing for another', async () => {
    const { ask, origin, path } = await openLan();
    const cookie = cookieOf(await ask(path(0, 'guard')));
    const end = (from: string) =>
      ask('/api/session', { method: 'DELETE', headers: { cookie, origin: from } });
    for (const from of ['https://evil.example', origin.replace('https', 'http')]) {
      expect((await end(from)).status, from).toBe(403);
    }
    expect((await ask('/api/session', { headers: { cookie } })).status).toBe(200);
    const ended = await end(origin);
    expect(ended.status).toBe(204);
    expect(ended.headers['set-cookie']?.[0]).toMatch(/^gatehouse_session=;.*Secure; SameSite=Lax/);
    expect((await ask('/api/session', { headers: { cookie } })).status).toBe(401);
  });

  it('shows a certificate of the authority in the data folder, for its addresses', async () => {
    const { ask } = await openLan();
    const other = await openDevelopmentTrust(join(dir, 'trust'), Date.now);
    await expect(ask('/', { ca: other.ca })).rejects.toThrow(/certificate/);
    const own = await trust().issueLan([address]);
    expect(await trust().issueLan([address])).toEqual(own);
    const moved = await trust().issueLan([address, '192.0.2.7']);
    expect(moved.certificate).not.toBe(own.certificate);
    expect(await trust().issueLan(['192.0.2.7'])).toEqual(moved);
    // Half a renewal: the key of one, the certificate of another.
    await writeFile(join(trust().dir, 'lan.key.pem'), own.key);
    expect((await trust().issueLan(['192.0.2.7'])).key).not.toBe(own.key);
  });
});
