import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultFace, defaultSettings } from '@gatehouse/protocols';
import type { EventPage, NowView, SessionView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { testBatch, testEvent, testIngestPorts } from '../testing/batches.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const people = {
  student: 'Li Lei',
  teacher: 'Chen Jing',
  guard: 'Wang Fang',
  facility: 'Zhao Qiang',
  admin: 'Liu Yang',
} as const;
const roles = ['student', 'teacher', 'guard', 'facility', 'admin'] as const;

type Line = readonly [route: string, url: string, body: unknown, statuses: readonly number[]];

const unknownCommand = '/api/commands/01990000-0000-7000-8000-00000000ffff';
const everybody = [200, 200, 200, 200, 200];
const staff = [403, 200, 200, 200, 200];
const readers = [401, 403, 403, 200, 200, 200];
const keepers = [401, 403, 403, 403, 200, 200];
const writers = (status: number) => [401, 403, 403, 403, 403, status];
const keepersOf = (status: number) => [401, 403, 403, 403, status, status];
const devices = '/api/console/devices';
const someUse = '/api/console/uses/gw-lab.0a1b2c3d.main.1';
const locker = '/api/console/profiles/test-locker';

const cards = '/api/console/cards';
const bulk = '/api/console/bulk';
const noCard = '01990000-0000-7000-8000-00000000ffff';
const nobodyPage = `/api/console/people/${noCard}`;
const finders = (status: number) => [401, 403, 403, status, 403, status];
const deskAlone = (status: number) => [401, 403, 403, 403, 403, status];

/** Nobody signed in, student, teacher of lab-3-201, guard, facility, admin. */
const table: readonly Line[] = [
  ['GET /api/campus', '/api/campus', null, [200, ...everybody]],
  ['GET /api/time', '/api/time', null, [200, ...everybody]],
  ['GET /api/demo/choices', '/api/demo/choices', null, [200, ...everybody]],
  ['GET /api/session', '/api/session', null, [401, ...everybody]],
  ['GET /api/console/now', '/api/console/now', null, [401, ...staff]],
  ['GET /api/console/events', '/api/console/events', null, [401, ...staff]],
  ['GET /api/console/events', '/api/console/events?door=lab-3-201', null, [401, ...staff]],
  [
    'GET /api/console/events',
    '/api/console/events?door=library-archive',
    null,
    [401, 403, 403, 200, 200, 200],
  ],
  ['GET /api/doors/:door', '/api/doors/lab-3-201', null, [401, ...staff]],
  ['GET /api/doors/:door', '/api/doors/library-archive', null, [401, 403, 403, 200, 200, 200]],
  ['GET /api/doors/:door', '/api/doors/no-such-door', null, [401, 403, 403, 404, 404, 404]],
  // No gateway is there in this test: who may is told so.
  [
    'POST /api/doors/:door/unlock',
    '/api/doors/lab-3-201/unlock',
    { reason: 'class' },
    [401, 403, 409, 409, 409, 409],
  ],
  [
    'POST /api/doors/:door/unlock',
    '/api/doors/lab-2-201/unlock',
    { reason: 'class' },
    [401, 403, 403, 409, 409, 409],
  ],
  ['GET /api/console/devices', '/api/console/devices', null, readers],
  ['GET /api/console/devices/:device', `${devices}/lab-3-201-in`, null, readers],
  ['GET /api/console/devices/:device', `${devices}/ghost`, null, [401, 403, 403, 404, 404, 404]],
  [
    'GET /api/console/devices/:device/telemetry',
    `${devices}/lab-3-201-in/telemetry`,
    null,
    readers,
  ],
  // No gateway is there in this test: who may is told so.
  [
    'POST /api/console/devices/:device/commands/:command',
    `${devices}/lab-3-201-in/commands/open`,
    { args: { box: 1 }, reason: 'stuck' },
    [401, 403, 403, 403, 409, 409],
  ],
  [
    'POST /api/console/devices/:device/commands/:command',
    `${devices}/lab-3-201-ctl/commands/openEntry`,
    { args: {}, reason: 'by the back door' },
    [401, 403, 403, 403, 403, 403],
  ],
  [
    'POST /api/console/devices/:device/commands/:command',
    `${devices}/lab-3-201-in/commands/burn`,
    { args: {}, reason: '' },
    [401, 403, 403, 403, 404, 404],
  ],
  ['GET /api/console/profiles', '/api/console/profiles', null, readers],
  ['GET /api/console/profiles/:profile', '/api/console/profiles/test-locker', null, readers],
  [
    'GET /api/console/profiles/:profile',
    '/api/console/profiles/__proto__',
    null,
    [400, 400, 400, 400, 400, 400],
  ],
  ['GET /api/console/profile-list', '/api/console/profile-list', null, keepers],
  ['GET /api/console/profiles/:profile/page', `${locker}/page`, null, keepers],
  ['GET /api/console/profiles/:profile/vectors', `${locker}/vectors`, null, keepers],
  [
    'POST /api/console/profiles/:profile/decode',
    `${locker}/decode`,
    { binding: 'serial', params: {}, text: 'x' },
    keepers,
  ],
  ['GET /api/console/settings', '/api/console/settings', null, writers(200)],
  ['POST /api/console/settings', '/api/console/settings', defaultSettings, writers(200)],
  ['GET /api/console/claim-groups', '/api/console/claim-groups', null, writers(200)],
  [
    'POST /api/console/claim-groups/:group',
    '/api/console/claim-groups/gates',
    { authority: 'a-gw', host: '10.0.0.7', port: 18_830, members: ['a-gw', 'b-gw'] },
    writers(404),
  ],
  [
    'DELETE /api/console/claim-groups/:group',
    '/api/console/claim-groups/gates',
    null,
    writers(404),
  ],
  ['GET /api/console/card-face', '/api/console/card-face', null, writers(200)],
  [
    'POST /api/console/card-face',
    '/api/console/card-face',
    // Version 0 is that of nobody's face; the demo campus begins with one.
    { face: defaultFace(null), version: 0 },
    writers(409),
  ],
  ['GET /api/me/photo', '/api/me/photo', null, [401, ...everybody]],
  // No phone is enrolled in this test: everybody is told so.
  ['POST /api/me/keep/challenge', '/api/me/keep/challenge', {}, [401, 404, 404, 404, 404, 404]],
  ['POST /api/me/keep', '/api/me/keep', { proof: 'x' }, [401, 404, 404, 404, 404, 404]],
  ['POST /api/console/profiles', '/api/console/profiles', { text: '', save: true }, writers(200)],
  [
    'POST /api/console/profiles/:profile/versions/:version/publish',
    `${locker}/versions/9.9.9/publish`,
    { note: 'x', mode: 'live' },
    writers(404),
  ],
  ['POST /api/console/profiles/:profile/back', `${locker}/back`, {}, writers(200)],
  ['DELETE /api/console/profiles/:profile/shadow', `${locker}/shadow`, null, writers(404)],
  ['GET /api/console/uses', '/api/console/uses', null, readers],
  ['POST /api/console/uses/:use/close', `${someUse}/close`, { note: 'x' }, keepersOf(404)],
  ['POST /api/console/uses/:use/freeze', `${someUse}/freeze`, { note: 'x' }, keepersOf(404)],
  ['GET /api/console/uses/:use/evidence', `${someUse}/evidence`, null, writers(404)],
  ['GET /api/console/numbers', '/api/console/numbers', null, keepers],
  ['GET /api/console/numbers/traffic', '/api/console/numbers/traffic', null, keepers],
  ['GET /api/console/numbers/passes', '/api/console/numbers/passes', null, keepers],
  ['GET /api/console/numbers/cards', '/api/console/numbers/cards?list=never', null, keepers],
  [
    'GET /api/console/numbers/cards.csv',
    '/api/console/numbers/cards.csv?list=never',
    null,
    keepers,
  ],
  ['POST /api/console/numbers/recount', '/api/console/numbers/recount', {}, writers(204)],
  ['GET /api/commands/:id', unknownCommand, null, [401, 403, 404, 404, 404, 404]],
  ['GET /api/me', '/api/me', null, [401, ...everybody]],
  ['GET /api/me/history', '/api/me/history', null, [401, ...everybody]],
  ['GET /api/me/history', '/api/me/history?before=nonsense', null, [401, 400, 400, 400, 400, 400]],
  ['GET /api/me/notices', '/api/me/notices', null, [401, ...everybody]],
  ['POST /api/me/notices/read', '/api/me/notices/read', { ids: [] }, [401, ...everybody]],
  ['POST /api/me/enrol/challenge', '/api/me/enrol/challenge', {}, [401, ...everybody]],
  ['POST /api/me/enrol', '/api/me/enrol', { proof: 'x' }, [401, 400, 400, 400, 400, 400]],
  ['POST /api/me/freeze', '/api/me/freeze', {}, [401, ...everybody]],
  ['POST /api/me/unfreeze', '/api/me/unfreeze', {}, [401, ...everybody]],
  ['GET /api/console/cards', cards, null, finders(200)],
  ['GET /api/console/cards/:card', `${cards}/${noCard}`, null, finders(404)],
  ['GET /api/console/cards/:card/photo', `${cards}/${noCard}/photo`, null, finders(404)],
  ['POST /api/console/cards/:card/photo', `${cards}/${noCard}/photo`, {}, deskAlone(400)],
  [
    'POST /api/console/cards/:card/freeze',
    `${cards}/${noCard}/freeze`,
    { reason: 'lost' },
    finders(404),
  ],
  ['POST /api/console/cards/:card/unfreeze', `${cards}/${noCard}/unfreeze`, {}, deskAlone(404)],
  [
    'POST /api/console/cards/:card/freeze-code',
    `${cards}/${noCard}/freeze-code`,
    {},
    deskAlone(404),
  ],
  ['GET /api/console/found', '/api/console/found', null, finders(200)],
  ['POST /api/console/found', '/api/console/found', { card: 'x', place: 'y' }, finders(404)],
  ['POST /api/console/found/:id/collect', `/api/console/found/${noCard}/collect`, {}, finders(404)],
  ['GET /api/console/card-list', '/api/console/card-list', null, deskAlone(200)],
  ['GET /api/console/people', '/api/console/people?q=li', null, deskAlone(200)],
  ['GET /api/console/groups', '/api/console/groups', null, deskAlone(200)],
  [
    'POST /api/console/people',
    '/api/console/people',
    { name: { zh: '新人', en: 'New Comer' }, affiliation: null },
    deskAlone(200),
  ],
  ['GET /api/console/people/:person', `${nobodyPage}`, null, deskAlone(404)],
  ['GET /api/console/people/:person/photo', `${nobodyPage}/photo`, null, deskAlone(200)],
  ['POST /api/console/people/:person/photo', `${nobodyPage}/photo`, {}, deskAlone(400)],
  ['DELETE /api/console/people/:person/photo', `${nobodyPage}/photo`, null, deskAlone(404)],
  [
    'POST /api/console/people/:person/affiliations',
    `${nobodyPage}/affiliations`,
    {
      ...{ kind: 'staff', unit: { zh: '后勤', en: 'Works' }, from: '2026-01-01', to: null },
      ...{ sponsor: null, card: null },
    },
    deskAlone(404),
  ],
  [
    'POST /api/console/affiliations/:affiliation/card',
    `/api/console/affiliations/${noCard}/card`,
    { number: 'X1', groups: [] },
    deskAlone(404),
  ],
  [
    'POST /api/console/affiliations/:affiliation/end',
    `/api/console/affiliations/${noCard}/end`,
    { reason: 'left' },
    deskAlone(404),
  ],
  [
    'POST /api/console/cards/:card/groups',
    `${cards}/${noCard}/groups`,
    { groups: [] },
    deskAlone(404),
  ],
  ['POST /api/console/cards/:card/end', `${cards}/${noCard}/end`, { reason: 'x' }, deskAlone(404)],
  [
    'POST /api/console/cards/:card/uids',
    `${cards}/${noCard}/uids`,
    { uid: '04AABBCCDDEE02', kind: 'tag' },
    deskAlone(404),
  ],
  [
    'POST /api/console/cards/:card/uids/:id/end',
    `${cards}/${noCard}/uids/${noCard}/end`,
    {},
    deskAlone(404),
  ],
  ['POST /api/console/cards/:card/pin', `${cards}/${noCard}/pin`, { pin: null }, deskAlone(404)],
  ['POST /api/console/cards/:card/pin/end', `${cards}/${noCard}/pin/end`, {}, deskAlone(404)],
  ['GET /api/console/bulk', bulk, null, writers(200)],
  // A JSON body is no file: who may is told so.
  ['POST /api/console/bulk', bulk, {}, writers(400)],
  ['GET /api/console/bulk/template.csv', `${bulk}/template.csv?language=zh`, null, writers(200)],
  ['GET /api/console/bulk/:job', `${bulk}/${noCard}`, null, writers(404)],
  ['GET /api/console/bulk/:job/rows', `${bulk}/${noCard}/rows`, null, writers(200)],
  ['GET /api/console/bulk/:job/stream', `${bulk}/${noCard}/stream`, null, writers(404)],
  ['GET /api/console/bulk/:job/result.csv', `${bulk}/${noCard}/result.csv`, null, writers(404)],
  ['POST /api/console/bulk/:job/apply', `${bulk}/${noCard}/apply`, {}, writers(404)],
  ['POST /api/console/bulk/:job/stop', `${bulk}/${noCard}/stop`, {}, writers(404)],
  ['POST /api/console/bulk/:job/undo', `${bulk}/${noCard}/undo`, {}, writers(404)],
  ['POST /api/console/bulk/:job/drop', `${bulk}/${noCard}/drop`, {}, writers(404)],
  ['GET /api/console/desk', '/api/console/desk', null, deskAlone(200)],
  ['GET /api/console/desk/uid/:uid', '/api/console/desk/uid/04AABBCCDDEE01', null, deskAlone(200)],
  [
    'POST /api/console/desk/replace',
    '/api/console/desk/replace',
    { card: noCard, uid: '04AABBCCDDEE01', tookMs: 1 },
    deskAlone(404),
  ],
  [
    'GET /api/console/desk/replacements/:id',
    `/api/console/desk/replacements/${noCard}`,
    null,
    deskAlone(404),
  ],
  [
    'POST /api/console/desk/replacements/:id/undo',
    `/api/console/desk/replacements/${noCard}/undo`,
    {},
    deskAlone(404),
  ],
  ['GET /api/me/desk', '/api/me/desk', null, [401, ...everybody]],
  [
    'POST /api/me/desk/booking',
    '/api/me/desk/booking',
    { at: '2020-01-01T00:00:00Z', why: 'lost' },
    [401, 409, 409, 409, 409, 409],
  ],
  ['DELETE /api/me/desk/booking', '/api/me/desk/booking', null, [401, ...everybody]],
  ['GET /api/me/freeze-code', '/api/me/freeze-code', null, [401, ...everybody]],
  ['POST /api/me/freeze-code', '/api/me/freeze-code', {}, [401, ...everybody]],
  ['GET /api/demo/scanners', '/api/demo/scanners', null, [401, 404, 404, 404, 404, 404]],
  ['GET /api/demo/things', '/api/demo/things', null, [401, 404, 404, 404, 404, 404]],
  [
    'POST /api/demo/hold',
    '/api/demo/hold',
    { device: 'east-gate-1-pad', what: { keys: '240007246813#' } },
    [401, 404, 404, 404, 404, 404],
  ],
  [
    'POST /api/demo/scan',
    '/api/demo/scan',
    { device: 'lab-3-201-in', text: 'x' },
    [401, 404, 404, 404, 404, 404],
  ],
  [
    'POST /api/demo/walk',
    '/api/demo/walk',
    { device: 'lab-3-201-in' },
    [401, 404, 404, 404, 404, 404],
  ],
  ['DELETE /api/session', '/api/session', null, [204, 204, 204, 204, 204, 204]],
];

/** Their streams never end: stream.system.test.ts reads them. */
const streamed = [
  'GET /api/console/stream',
  'GET /api/me/stream',
  'GET /api/console/devices/:device/live',
  'GET /api/console/cards/:card/stream',
  'GET /api/console/desk/stream',
];
/** Without a session, and limited: cards.system.test.ts. */
const open = ['POST /api/freeze', 'POST /api/found'];
const forOperators = ['GET /healthz', 'GET /readyz'];

const own = { host: '127.0.0.1:8090', origin: 'http://127.0.0.1:8090' };

describe('who may do what', () => {
  it('is this table', async () => {
    const api = await openApi();
    const browsers = await Promise.all(roles.map((role) => api.signIn(people[role])));
    for (const [route, url, body, statuses] of table) {
      const [method = 'GET'] = route.split(' ') as ('GET' | 'POST' | 'DELETE')[];
      const payload = body === null ? {} : { payload: body as object };
      const nobody = await api.send({ method, url, headers: own, ...payload });
      const answers = [nobody.status];
      for (const { ask } of browsers) {
        answers.push((await ask(method, url, body ?? undefined)).status);
      }
      expect(answers, `${method} ${url}`).toEqual(statuses);
    }
  });

  it('has a line for every route', async () => {
    const { routes } = await openApi();
    const listed = new Set([
      ...table.map(([route]) => route),
      ...[...streamed, ...forOperators, ...open],
    ]);
    const added = ['POST /api/session'];
    expect(routes.filter((route) => !listed.has(route) && !added.includes(route))).toEqual([]);
    expect([...listed].filter((route) => !routes.includes(route))).toEqual([]);
    const page = await readFile(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');
    expect(routes.filter((route) => !page.includes(`| \`${route}\``))).toEqual([]);
  });

  it('refuses streams before they open', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    expect((await student.ask('GET', '/api/console/stream')).status).toBe(403);
    const live = '/api/console/devices/lab-3-201-in/live';
    for (const name of ['Li Lei', 'Chen Jing', 'Wang Fang']) {
      expect((await (await api.signIn(name)).ask('GET', live)).status, name).toBe(403);
    }
    const facility = await api.signIn('Zhao Qiang');
    expect((await facility.ask('GET', live.replace('lab-3', 'ghost'))).status).toBe(404);
    for (const url of ['/api/console/stream', '/api/me/stream', live]) {
      expect((await api.send({ url, headers: own })).status).toBe(401);
    }
  });

  it('is what the screen is told', async () => {
    const { signIn } = await openApi();
    const told: Record<string, readonly string[]> = {};
    for (const role of roles) {
      const { ask } = await signIn(people[role]);
      told[role] = ((await ask('GET', '/api/session')).body as SessionView).may;
    }
    const ofGuards = ['card.find', 'card.freeze', 'card.found'];
    const ofDesk = ['card.find', 'card.freeze', 'card.unfreeze', 'card.found', 'desk'];
    const ofDevices = ['device.read', 'device.run', 'device.watch'];
    const all = ['console', 'unlock', ...ofDevices, 'card', 'demo'];
    expect(told).toEqual({
      student: ['card', 'demo'],
      teacher: ['console', 'unlock', 'card', 'demo'],
      guard: ['console', 'unlock', 'device.read', 'use.read', ...ofGuards, 'card', 'demo'],
      facility: [
        ...[...all.slice(0, 5), 'profile.read', 'use.read', 'use.act', ...all.slice(5)],
        'numbers.read',
      ],
      admin: [
        ...all.slice(0, 5),
        ...['profile.read', 'profile.write', 'settings'],
        ...['use.read', 'use.act', 'evidence.read'],
        ...ofDesk,
        ...all.slice(5),
        ...['numbers.read', 'numbers.names', 'numbers.recount', 'card.issue', 'card.bulk'],
      ],
    });
  });
});

const ingest = async ({ database }: TestApi): Promise<void> => {
  const events = ['lab-3-201', 'lab-2-201', 'lab-3-202', undefined].map((door, i) => {
    const { door: _, ...event } = testEvent(i + 1);
    return door === undefined ? { ...event, kind: 'gateway.started' } : { ...event, door };
  });
  const batch = testBatch(events, { gateway: 'gw-lab' });
  const taken = await ingestBatch(testIngestPorts(database), 'gw-lab', batch);
  expect(taken.outcome).toBe('inserted');
};

describe('a teacher', () => {
  it('sees the rooms of their groups, their gateway and building, and nothing else', async () => {
    const api = await openApi();
    const teacher = await api.signIn('Chen Jing');
    const guard = await api.signIn('Wang Fang');
    const now = (await teacher.ask('GET', '/api/console/now')).body as NowView;
    const all = (await guard.ask('GET', '/api/console/now')).body as NowView;
    expect(now.doors.map(({ id, mayUnlock }) => [id, mayUnlock])).toEqual([
      ['lab-3-201', true],
      ['lab-3-202', true],
    ]);
    expect(now.gateways.map(({ id }) => id)).toEqual(['gw-lab']);
    expect(now.inside.map(({ building }) => building)).toEqual(['lab']);
    expect([all.doors.length, all.gateways.length, all.inside.length]).toEqual([40, 3, 3]);
    expect(all.doors.every(({ mayUnlock }) => mayUnlock)).toBe(true);
  });

  it('reads the events of those rooms alone, over pages too', async () => {
    const api = await openApi();
    await ingest(api);
    const teacher = await api.signIn('Chen Jing');
    const guard = await api.signIn('Wang Fang');
    const doorsOf = ({ events }: EventPage) => events.map(({ door }) => door?.id);
    const first = (await teacher.ask('GET', '/api/console/events?limit=1')).body as EventPage;
    const rest = (await teacher.ask('GET', `/api/console/events?before=${first.before ?? ''}`))
      .body as EventPage;
    expect([...doorsOf(first), ...doorsOf(rest)]).toEqual(['lab-3-202', 'lab-3-201']);
    expect(rest.before).toBeNull();
    const all = (await guard.ask('GET', '/api/console/events')).body as EventPage;
    expect(doorsOf(all)).toEqual([undefined, 'lab-3-202', 'lab-2-201', 'lab-3-201']);
  });
});

const goOnline = async ({ database, clock }: TestApi, gateway: string): Promise<void> => {
  await database.query(
    `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
       clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
     values ($1, '0011223344556677', true, '0.1.0', 3, $2, 'trusted', '{}', 0, 0, 1, '[]',
       '[]', '[]')`,
    [gateway, new Date(clock.nowMs())],
  );
};

describe('an unlock', () => {
  it('is accepted, sent to the gateway, followed by its id, and audited', async () => {
    const api = await openApi();
    await goOnline(api, 'gw-lab');
    const teacher = await api.signIn('Chen Jing');
    const answer = await teacher.ask('POST', '/api/doors/lab-3-201/unlock', { reason: '上课\0' });
    expect(answer).toMatchObject({ status: 202, body: { door: 'lab-3-201', state: 'accepted' } });
    const { id } = answer.body as { id: string };
    expect(api.published.map(({ topic }) => topic)).toEqual(['gh/v1/gw-lab/down/command']);
    expect((await teacher.ask('GET', `/api/commands/${id}`)).body).toMatchObject({ id });
    const other = await api.signIn('Zhang Wei');
    expect((await other.ask('GET', `/api/commands/${id}`)).status).toBe(404);
    const audited = (await readAudit(api.database, 1, 50)).filter(
      ({ action }) => action === 'door.unlock',
    );
    expect(audited).toMatchObject([{ actor: teacher.session.person.id, subject: 'lab-3-201' }]);
  });

  it('that is refused stands in the audit chain, with who wanted it and why not', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const teacher = await api.signIn('Chen Jing');
    await student.ask('POST', '/api/doors/lab-3-201/unlock', { reason: 'forgot my bag' });
    await teacher.ask('POST', '/api/doors/lab-2-201/unlock', { reason: 'lent to me' });
    await teacher.ask('POST', '/api/doors/lab-3-201/unlock', { reason: 'class' });
    const rows = (await readAudit(api.database, 1, 50)).filter(
      ({ action }) => action === 'door.unlock',
    );
    expect(
      rows.map(({ subject, detail }) => [subject, detail['reason'], detail['refused']]),
    ).toEqual([
      ['lab-3-201', 'forgot my bag', 'not_allowed'],
      ['lab-2-201', 'lent to me', 'not_allowed'],
      ['lab-3-201', 'class', undefined],
    ]);
    expect(rows.at(-1)?.detail['state']).toBe('failed');
    expect(api.published).toEqual([]);
  });
});
