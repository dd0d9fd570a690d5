import { describe, expect, it } from 'vitest';
import { readAudit, verifyChain } from '../audit/audit.ts';
import { primitives } from '../adapters/crypto.ts';
import { sessionForMs } from '../identity/demo-identity.ts';
import { ownOrigin, useTestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const code = (body: unknown): string =>
  (body as { error?: { code?: string } }).error?.code ?? 'no error';

describe('the demo session', () => {
  it('opens, is known, and ends, with a link in the audit chain for each', async () => {
    const { signIn, send, database } = await openApi();
    const guard = await signIn('Wang Fang');
    expect(guard.session).toMatchObject({ role: 'guard', person: { name: { zh: '王芳' } } });
    const ofCards = ['card.find', 'card.freeze', 'card.found'];
    expect(guard.session.may).toEqual([
      ...['console', 'unlock', 'device.read', 'use.read', ...ofCards, 'card', 'demo'],
    ]);
    expect(await guard.ask('GET', '/api/session')).toMatchObject({ status: 200 });
    expect((await guard.ask('DELETE', '/api/session')).status).toBe(204);
    expect((await guard.ask('GET', '/api/session')).status).toBe(401);
    expect((await send({ url: '/api/session' })).status).toBe(401);
    const rows = await readAudit(database, 1, 10);
    expect(rows.map(({ action }) => action)).toEqual(['session.open', 'session.close']);
    expect(verifyChain(rows, primitives.sha256)).toBeUndefined();
  });

  it('keeps only the hash of its token; no script and no other site gets the cookie', async () => {
    const { signIn, send, database, personNamed } = await openApi();
    const { cookie } = await signIn('Li Lei');
    const token = cookie.split('=')[1] ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const stored = await database.query<{ token_sha256: string }>('select * from login_session');
    expect(JSON.stringify(stored)).not.toContain(token);
    expect(stored[0]?.token_sha256).toMatch(/^[0-9a-f]{64}$/);
    const answer = await send({
      method: 'POST',
      url: '/api/session',
      headers: { origin: ownOrigin, host: '127.0.0.1:8090' },
      payload: { person: await personNamed('Li Lei'), role: 'student' },
    });
    expect(answer.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
  });

  it('is over after its time, and when the role is taken away', async () => {
    const { signIn, clock, database } = await openApi();
    const admin = await signIn('Liu Yang');
    const guard = await signIn('Wu Min');
    await database.query(`update person set role = null where name_en = 'Wu Min'`);
    expect((await guard.ask('GET', '/api/session')).status).toBe(401);
    expect((await admin.ask('GET', '/api/session')).status).toBe(200);
    clock.skip(sessionForMs);
    expect((await admin.ask('GET', '/api/session')).status).toBe(401);
  });

  it('replaces the session that the browser had', async () => {
    const { signIn, send, personNamed, database } = await openApi();
    const first = await signIn('Li Lei');
    await send({
      method: 'POST',
      url: '/api/session',
      headers: { origin: ownOrigin, host: '127.0.0.1:8090', cookie: first.cookie },
      payload: { person: await personNamed('Wang Fang'), role: 'guard' },
    });
    expect((await first.ask('GET', '/api/session')).status).toBe(401);
    expect(await database.query('select role from login_session')).toEqual([{ role: 'guard' }]);
  });

  it('lets nobody be more than the chooser offers', async () => {
    const { send, personNamed, database } = await openApi();
    const [plain] = await database.query<{ id: string }>(
      'select id from person where role is null limit 1',
    );
    const tries = [
      { person: await personNamed('Li Lei'), role: 'admin' },
      { person: plain?.id, role: 'student' },
      { person: '01990000-0000-7000-8000-00000000ffff', role: 'student' },
    ];
    for (const payload of tries) {
      const headers = { origin: ownOrigin, host: '127.0.0.1:8090' };
      const answer = await send({ method: 'POST', url: '/api/session', headers, payload });
      expect([answer.status, code(answer.body)]).toEqual([403, 'CL_NOT_ALLOWED']);
    }
  });

  it('offers everybody who has a role', async () => {
    const { send } = await openApi();
    const { body } = await send({ url: '/api/demo/choices' });
    expect((body as { person: { name: { en: string } } }[]).map((c) => c.person.name.en)).toEqual([
      ...['Wang Fang', 'Wu Min', 'Zhao Qiang', 'Liu Yang', 'Chen Jing', 'Zhang Wei'],
      ...['Li Lei', 'Han Meimei', 'Sun Li', 'Zhou Jie', 'Huang Lei', 'Ma Chao'],
      ...['Zhang Min', 'Lin Xiao', 'Li Na', 'He Ping'],
    ]);
  });
});

describe('requests of other sites', () => {
  const own = { host: '127.0.0.1:8090', origin: ownOrigin };
  const rows: readonly (readonly [string, Record<string, string>, number])[] = [
    ['our own page', own, 204],
    ['no origin', { host: '127.0.0.1:8090' }, 403],
    ['another site', { ...own, origin: 'https://evil.example' }, 403],
    ['another port of this machine', { ...own, origin: 'http://127.0.0.1:3000' }, 403],
    ['the same name on another scheme', { ...own, origin: 'https://127.0.0.1:8090' }, 403],
    ['a sandboxed frame', { ...own, origin: 'null' }, 403],
    ['a rebound name', { host: 'evil.example', origin: 'http://evil.example' }, 403],
    ['the browser says cross-site', { ...own, 'sec-fetch-site': 'cross-site' }, 403],
    ['the browser says same-origin', { ...own, 'sec-fetch-site': 'same-origin' }, 204],
  ];

  it('change nothing', async () => {
    const { send } = await openApi();
    for (const [name, headers, status] of rows) {
      const answer = await send({ method: 'DELETE', url: '/api/session', headers });
      expect(answer.status, name).toBe(status);
      if (status === 403) expect(code(answer.body), name).toBe('CL_NOT_ALLOWED');
    }
  });

  it('read nothing under a name that is not ours', async () => {
    const { send } = await openApi();
    expect((await send({ url: '/api/campus', headers: { host: 'evil.example' } })).status).toBe(
      403,
    );
    expect((await send({ url: '/api/campus', headers: { host: 'localhost:8090' } })).status).toBe(
      200,
    );
  });

  it('send no form', async () => {
    const { send } = await openApi();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { ...own, 'content-type': type };
      const answer = await send({ method: 'POST', url: '/api/session', headers, payload: '{}' });
      expect([answer.status, code(answer.body)], type).toEqual([400, 'CL_BAD_REQUEST']);
    }
  });
});

describe('limits', () => {
  it('bounds sign-ins by address, whatever cookie comes', async () => {
    const { send, personNamed } = await openApi();
    const payload = { person: await personNamed('Li Lei'), role: 'student' };
    const statuses: number[] = [];
    for (let i = 0; i < 62; i += 1) {
      const headers = {
        host: '127.0.0.1:8090',
        origin: ownOrigin,
        cookie: `gatehouse_session=${i}`,
      };
      statuses.push((await send({ method: 'POST', url: '/api/session', headers, payload })).status);
    }
    expect(statuses.slice(0, 60).every((status) => status === 200)).toBe(true);
    expect(statuses.slice(60)).toEqual([429, 429]);
  });

  it('bounds unlocks by session and says when to come again', async () => {
    const { signIn, send } = await openApi();
    const guard = await signIn('Wang Fang');
    const other = await signIn('Wu Min');
    const ask = (cookie: string) =>
      send({
        method: 'POST',
        url: '/api/doors/lab-3-201/unlock',
        headers: { host: '127.0.0.1:8090', origin: ownOrigin, cookie },
        payload: { reason: '' },
      });
    for (let i = 0; i < 30; i += 1) await ask(guard.cookie);
    const refused = await ask(guard.cookie);
    expect([refused.status, code(refused.body)]).toEqual([429, 'CL_TOO_MANY']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(other.cookie)).status).toBe(409);
  });

  it('takes no large body', async () => {
    const { signIn } = await openApi();
    const student = await signIn('Li Lei');
    const answer = await student.ask('POST', '/api/me/enrol', { proof: 'x'.repeat(20_000) });
    expect([answer.status, code(answer.body)]).toEqual([400, 'CL_BAD_REQUEST']);
  });
});

describe('listening', () => {
  it('says which port is taken', async () => {
    const { server } = await openApi();
    const { server: second } = await openApi();
    const port = await server.listen('127.0.0.1:0');
    await expect(second.listen(`127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'CL_PORT' });
  });
});

describe('readiness', () => {
  it('names what is away', async () => {
    const { send, broker } = await openApi();
    expect(await send({ url: '/healthz' })).toMatchObject({ status: 200, body: { ok: true } });
    expect(await send({ url: '/readyz' })).toMatchObject({ status: 200 });
    broker.up = false;
    expect(await send({ url: '/readyz' })).toMatchObject({
      status: 503,
      body: { database: 'up', broker: 'down' },
    });
  });
});
