import type {
  ChangeView,
  CommandView,
  DeviceLiveView,
  DevicePageView,
  DeviceView,
  EventPage,
  Live,
  ProfileView,
  TelemetryView,
  WireEvent,
} from '@gatehouse/protocols';
import { recordReport } from '../fleet/status.ts';
import { describe, expect, it, vi } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { appendFeed } from '../feed/feed.ts';
import { pointsMax } from '../fleet/telemetry.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from '../testing/batches.ts';
import { readStream } from '../testing/sse.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
const session = '0011223344556677';
const meter = 'lab-3-201-in';
const base = '/api/console/devices';
const soon = { timeout: 10_000, interval: 20 };

const report = async (
  { database, clock }: TestApi,
  devices: readonly unknown[],
  online = true,
): Promise<void> => {
  await database.query(
    `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
       clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
     values ('gw-lab', $1, $2, '0.1.0', 3, $3, 'trusted', '{}', 0, 0, 1, '[]', $4, '[]')
     on conflict (gateway) do update set devices = excluded.devices, online = excluded.online`,
    [session, online, new Date(clock.nowMs()), JSON.stringify(devices)],
  );
  await database.transaction((tx) =>
    appendFeed(tx, clock.nowMs(), { kind: 'twin', gateway: 'gw-lab' }),
  );
};

const reported = {
  device: meter,
  state: 'online',
  since: testNowMs,
  profile: 'gatehouse-scanner-s1@1.2.3',
  values: { mode: 'day', lit: true },
};

const measured = (seq: number, at: number, values: unknown): WireEvent =>
  testEvent(seq, { kind: 'device.measured', at, door: undefined, device: meter, data: { values } });

const ingest = async ({ database }: TestApi, events: readonly WireEvent[]): Promise<void> => {
  const batch = testBatch(events, { gateway: 'gw-lab', stream: 'telemetry' });
  const { outcome } = await ingestBatch(testIngestPorts(database), 'gw-lab', batch);
  expect(outcome).toBe('inserted');
};

describe('devices', () => {
  it('have a name, a place, and what they reported last', async () => {
    const api = await openApi();
    const { ask } = await api.signIn('Wang Fang');
    const list = async () => (await ask('GET', base)).body as DeviceView[];
    const before = await list();
    expect(before.length).toBeGreaterThan(80);
    expect(
      before.every(({ state, fresh, values }) => state === 'unknown' && !fresh && values),
    ).toBe(true);
    await report(api, [reported, { ...reported, device: 'ghost' }]);
    expect((await list()).find(({ id }) => id === meter)).toEqual({
      id: meter,
      name: { zh: '实验楼 3-201 进门扫码头', en: 'Lab 3-201, entry scanner' },
      profile: 'gatehouse-scanner-s1',
      profileVersion: '1.2.3',
      profileTitle: { zh: '储物柜', en: 'Lockers' },
      family: 'scanner',
      gateway: 'gw-lab',
      gatewayName: { zh: '实验楼网关', en: 'Lab building gateway' },
      buildingName: { zh: '实验楼', en: 'Lab building' },
      door: { id: 'lab-3-201', name: { zh: '实验楼 3-201', en: 'Lab 3-201' } },
      side: 'entry',
      state: 'online',
      fresh: true,
      since: new Date(testNowMs).toISOString(),
      values: { mode: 'day', lit: true },
    });
    await report(api, [reported], false);
    expect((await list()).find(({ id }) => id === meter)).toMatchObject({ fresh: false });
  });

  it('without a door stand in their building, an unknown profile under its id', async () => {
    const api = await openApi();
    await api.database.query(`insert into device (id, gateway, building, profile, name_zh, name_en)
      values ('lab-scale', 'gw-lab', 'lab', 'from-elsewhere', '电表', 'Meter')`);
    const { ask } = await api.signIn('Wang Fang');
    const all = (await ask('GET', base)).body as DeviceView[];
    expect(all.find(({ id }) => id === 'lab-scale')).toMatchObject({
      door: null,
      buildingName: { en: 'Lab building' },
      profileTitle: { en: 'from-elsewhere' },
      family: '',
    });
    expect((await ask('GET', `${base}/lab-scale`)).status).toBe(404);
  });

  it('appear by themselves once their gateway drives them', async () => {
    const api = await openApi();
    const at = { state: 'online', since: testNowMs } as const;
    const profile = 'xy-md02@1.0.0';
    await report(api, []);
    const [status] = await api.database.query<{ session: string }>(
      `select session from gateway_status where gateway = 'gw-lab'`,
    );
    const devices = [
      { device: 'new-climate', ...at, profile },
      { device: 'not-driven', ...at },
      // Of another gateway: it stays there.
      { device: 'library-lockers', ...at, profile },
    ];
    const said = { session: status?.session ?? '', n: 2, doors: [], devices, conditions: [] };
    await api.database.transaction((tx) => recordReport(tx, 'gw-lab', said));
    const { ask } = await api.signIn('Wang Fang');
    const all = (await ask('GET', base)).body as DeviceView[];
    expect(all.find(({ id }) => id === 'new-climate')).toMatchObject({
      name: { zh: 'new-climate', en: 'new-climate' },
      profile: 'xy-md02',
      gateway: 'gw-lab',
      buildingName: { en: 'Lab building' },
      door: null,
      state: 'online',
    });
    expect(all.filter(({ id }) => id === 'not-driven')).toEqual([]);
    expect(all.find(({ id }) => id === 'library-lockers')).toMatchObject({ gateway: 'gw-library' });
  });

  it('have a page that says who may do what', async () => {
    const api = await openApi();
    const page = async (name: string, device: string) => {
      const { body } = await (await api.signIn(name)).ask('GET', `${base}/${device}`);
      const { mayWatch, profile } = body as DevicePageView;
      return [mayWatch, profile.commands.flatMap((one) => (one.mayRun ? [one.name] : []))];
    };
    expect(await page('Wang Fang', meter)).toEqual([false, []]);
    expect(await page('Zhao Qiang', meter)).toEqual([true, ['open', 'say']]);
    expect(await page('Zhao Qiang', 'lab-3-201-ctl')).toEqual([true, ['restart']]);
  });

  it('are told of where they changed, to those who may see them', async () => {
    const api = await openApi();
    const port = await api.server.listen('127.0.0.1:0');
    const url = `http://127.0.0.1:${port}/api/console/stream`;
    const guard = await readStream({ url, cookie: (await api.signIn('Wang Fang')).cookie });
    const teacher = await readStream({ url, cookie: (await api.signIn('Chen Jing')).cookie });
    await Promise.all([guard, teacher].map((one) => one.until((all) => all.length > 0)));
    const devicesOf = ({ messages }: typeof guard, from = 0) =>
      messages
        .slice(from)
        .flatMap(({ event, data }) =>
          event === 'change' ? ((data as ChangeView).devices ?? []) : [],
        );
    // The first report of a gateway tells of all of its devices; from then on of changes.
    await report(api, [reported]);
    await guard.until(() => devicesOf(guard).some(({ id }) => id === meter));
    const from = guard.messages.length;
    const other = { ...reported, device: 'lab-3-202-in' };
    await report(api, [reported, other]);
    await report(api, [{ ...reported, values: { mode: 'night' } }, other]);
    await guard.until(() => devicesOf(guard).some(({ values }) => values['mode'] === 'night'));
    const told = devicesOf(guard, from).map(({ id }) => id);
    expect(new Set(told)).toEqual(new Set([meter, other.device]));
    expect(told.filter((id) => id === other.device)).toHaveLength(1);
    expect(devicesOf(teacher)).toEqual([]);
  });
});

describe('telemetry', () => {
  const from = testNowMs - 3_600_000;
  const range = `from=${new Date(from).toISOString()}&to=${new Date(testNowMs).toISOString()}`;

  it('comes in stretches with mean and extremes, its newest reading on the page', async () => {
    const api = await openApi();
    // Ten a stretch of 12 s; each hostile value in a row of its own.
    const many = Array.from({ length: 400 }, (_, i) =>
      measured(i + 1, from + i * 1_200, { voltage: i, ghost: i }),
    );
    const last = { at: testNowMs - 1_000, voltage: 1_000, temperature: null };
    const odd = [
      measured(401, testNowMs - 3_000, []),
      measured(402, testNowMs - 2_900, { voltage: 'high' }),
      measured(403, testNowMs - 2_800, { voltage: [1] }),
      measured(404, last.at, { voltage: last.voltage, temperature: last.temperature }),
      measured(405, testNowMs, { voltage: 5_000 }),
    ];
    await ingest(api, [...many, ...odd]);
    const { ask } = await api.signIn('Wang Fang');
    const view = (await ask('GET', `${base}/${meter}/telemetry?${range}`)).body as TelemetryView;
    expect(view.series.map(({ name }) => name)).toEqual(['voltage']);
    const points = view.series[0]?.points ?? [];
    expect(points).toHaveLength(41);
    expect(points[0]).toEqual({ at: from + 6_000, mean: 4.5, low: 0, high: 9 });
    expect(points.at(-1)).toEqual({ at: testNowMs - 6_000, mean: 1_000, low: 1_000, high: 1_000 });
    const page = (await ask('GET', `${base}/${meter}`)).body as DevicePageView;
    expect(page.latest).toEqual([
      { name: 'temperature', value: null, at: new Date(last.at).toISOString() },
      { name: 'voltage', value: 5_000, at: new Date(testNowMs).toISOString() },
    ]);
  });

  it('never has more points than a chart can show, however long the time', async () => {
    const api = await openApi();
    const dayMs = 86_400_000;
    const start = testNowMs - 31 * dayMs;
    const rows = Array.from({ length: 500 }, (_, i) =>
      measured(i + 1, start + i * ((31 * dayMs) / 500), { voltage: i }),
    );
    await ingest(api, rows);
    const { ask } = await api.signIn('Wang Fang');
    const wide = `from=${new Date(start).toISOString()}&to=${new Date(testNowMs).toISOString()}`;
    const view = (await ask('GET', `${base}/${meter}/telemetry?${wide}`)).body as TelemetryView;
    expect(view.series[0]?.points.length).toBe(pointsMax);
  });

  it('does not push out what happened: lists leave it out, unless asked for', async () => {
    const api = await openApi();
    const changed = testEvent(3, {
      ...{ kind: 'device.changed', door: undefined, device: meter },
      data: { values: { mode: 'day' } },
    });
    await ingest(api, [
      measured(1, testNowMs, { voltage: 1 }),
      measured(2, testNowMs, {}),
      changed,
    ]);
    const { ask } = await api.signIn('Wang Fang');
    const events = async (query: string) =>
      ((await ask('GET', `/api/console/events?${query}`)).body as EventPage).events;
    expect((await events('')).map(({ kind }) => kind)).toEqual(['device.changed']);
    expect(await events(`device=${meter}`)).toMatchObject([
      { device: meter, deviceName: { en: 'Lab 3-201, entry scanner' }, door: null },
    ]);
    expect(await events('device=lab-3-202-in')).toEqual([]);
    expect(await events('kind=device.measured')).toHaveLength(2);
  });
});

describe('a command to a device', () => {
  const run = `${base}/${meter}/commands`;

  it('goes to its gateway as it was asked for, is followed, and stands on the page', async () => {
    const api = await openApi();
    await report(api, [reported]);
    const { ask, session: own } = await api.signIn('Zhao Qiang');
    const answer = await ask('POST', `${run}/open`, { args: { box: 3 }, reason: '卡住\0' });
    expect(answer).toMatchObject({
      status: 202,
      body: { door: null, device: meter, run: 'open', action: 'run', state: 'accepted' },
    });
    const [sent] = api.published;
    expect(sent?.topic).toBe('gh/v1/gw-lab/down/command');
    expect(JSON.parse(sent?.payload.replace(/^[^.]*\.|\.signature$/g, '') ?? '')).toMatchObject({
      ...{ session, action: 'run', device: meter, run: { command: 'open', args: { box: 3 } } },
      actor: own.person.id,
    });
    const { id } = answer.body as CommandView;
    expect((await ask('GET', `/api/commands/${id}`)).body).toEqual(answer.body);
    const page = (await ask('GET', `${base}/${meter}`)).body as DevicePageView;
    expect(page.commands).toEqual([answer.body]);
    const teacher = await api.signIn('Chen Jing');
    expect((await teacher.ask('GET', `/api/commands/${id}`)).status).toBe(404);
  });

  it('stands in the audit, carried out or refused', async () => {
    const api = await openApi();
    const facility = await api.signIn('Zhao Qiang');
    const guard = await api.signIn('Wang Fang');
    await facility.ask('POST', `${run}/say`, { args: { text: 'hi' }, reason: 'test' });
    await guard.ask('POST', `${run}/say`, { args: { text: 'hi' }, reason: 'bored' });
    await facility.ask('POST', `${run}/hold`, { args: {}, reason: 'party' });
    const rows = (await readAudit(api.database, 1, 50)).filter(
      ({ action }) => action === 'device.run',
    );
    expect(rows.map(({ subject, detail }) => [subject, detail['run'], detail['refused']])).toEqual([
      [meter, 'say', undefined],
      [meter, 'say', 'not_allowed'],
      [meter, 'hold', 'not_allowed'],
    ]);
    expect(rows[0]?.detail).toMatchObject({ args: { text: 'hi' }, state: 'failed' });
    expect(api.published).toEqual([]);
  });
});

describe('a profile', () => {
  it('is described with words for every name', async () => {
    const api = await openApi();
    const { ask } = await api.signIn('Wang Fang');
    const all = (await ask('GET', '/api/console/profiles')).body as ProfileView[];
    expect(all).toHaveLength(4);
    const { body } = await ask('GET', '/api/console/profiles/test-locker');
    const profile = body as ProfileView;
    expect(profile).toMatchObject({
      ...{ version: '1.2.3', family: 'locker', source: 'Lockers V2, 2.1, p. 7' },
      ...{ transports: ['serial'], vectors: 3, vectorsFromManual: 1 },
    });
    const [contact, mode, lit] = profile.state;
    expect(contact?.title.en).toBe('Door contact');
    expect(contact?.values.map(({ title }) => title.zh)).toEqual(['已关', '开着']);
    expect(mode?.values).toEqual([
      { value: 'day', title: { zh: '白天', en: 'Day' } },
      { value: 'night', title: { zh: 'night', en: 'night' } },
    ]);
    expect(lit).toMatchObject({ title: { zh: 'lit', en: 'lit' }, values: [] });
    expect(profile.telemetry.map(({ name, unit }) => [name, unit])).toEqual([
      ['voltage', 'V'],
      ['temperature', 'Cel'],
    ]);
    expect(
      profile.commands.map(({ name, opens, confirms, mayRun }) => [name, opens, confirms, mayRun]),
    ).toEqual([
      ['open', true, true, false],
      ['say', false, false, false],
      ['hold', true, false, false],
    ]);
    expect(profile.commands[0]?.args).toMatchObject([{ name: 'box', min: 1, max: 8, default: 1 }]);
  });
});

const live = (change: Partial<Live> = {}): Live => ({
  ...{ session, device: meter, at: testNowMs, values: { 'state.mode': 'day' }, dropped: 0 },
  health: {
    ...{ answered: 1, missed: 0, badFrames: 0 },
    ...{ roundTripMs: 4, lastHeardAt: testNowMs, everyMs: null },
  },
  frames: [
    { at: testNowMs, direction: 'in', bytes: 122, meaning: 'scan', isFault: false },
    { at: testNowMs, direction: 'out', hex: '4c', bytes: 1, meaning: 'show', isFault: false },
  ],
  ...change,
});

describe('a look at a device', () => {
  const watches = ({ published }: TestApi) =>
    published
      .filter(({ topic }) => topic === 'gh/v1/gw-lab/down/watch')
      .map(({ payload }) => JSON.parse(payload) as { forMs: number; device: string });

  it('begins with the first browser, shows what comes, and ends with the last', async () => {
    const api = await openApi();
    await report(api, [reported]);
    const port = await api.server.listen('127.0.0.1:0');
    const url = `http://127.0.0.1:${port}${base}/${meter}/live`;
    const { cookie, session: own } = await api.signIn('Zhao Qiang');
    expect(api.looks.isLooking('gw-lab')).toBe(false);
    const first = await readStream({ url, cookie });
    const second = await readStream({ url, cookie });
    await vi.waitFor(() => {
      expect(watches(api)).toEqual([{ session, device: meter, forMs: 45_000 }]);
    }, soon);
    api.looks.hear('gw-lab', live({ device: 'lab-3-202-in' }));
    api.looks.hear('gw-library', live());
    api.looks.hear('gw-lab', live());
    await Promise.all([first, second].map((one) => one.until((all) => all.length > 0)));
    const { session: _, device, ...shown } = live();
    expect(first.messages).toMatchObject([
      { event: 'live', data: { ...shown, at: new Date(testNowMs).toISOString() } },
    ]);
    expect((first.messages[0]?.data as DeviceLiveView).frames[0]).not.toHaveProperty('hex');
    first.close();
    await first.ended;
    api.looks.hear('gw-lab', live());
    await second.until((all) => all.length > 1);
    expect(watches(api)).toHaveLength(1);
    second.close();
    await vi.waitFor(() => {
      expect(watches(api).at(-1)).toEqual({ session, device, forMs: 0 });
    }, soon);
    expect(api.looks.isLooking('gw-lab')).toBe(false);
    const looked = (await readAudit(api.database, 1, 50)).filter(
      ({ action }) => action === 'device.watch',
    );
    expect(looked.map(({ actor, subject }) => [actor, subject])).toEqual([
      [own.person.id, meter],
      [own.person.id, meter],
    ]);
  });

  it('goes on where the gateway comes back, and is said to nobody before', async () => {
    const api = await openApi();
    const cancel = api.looks.look({ gateway: 'gw-lab', device: meter }, () => undefined);
    await api.database.query('select 1');
    expect(watches(api)).toEqual([]);
    api.looks.begin('gw-lab', 'aaaaaaaaaaaaaaaa');
    api.looks.begin('gw-library', 'bbbbbbbbbbbbbbbb');
    await vi.waitFor(() => {
      expect(watches(api)).toEqual([{ session: 'aaaaaaaaaaaaaaaa', device: meter, forMs: 45_000 }]);
    }, soon);
    cancel();
    cancel();
  });

  it('is one of a few: of one gateway, and of all browsers', async () => {
    const api = await openApi();
    const look = (gateway: string, device: string) =>
      api.looks.look({ gateway, device }, () => undefined);
    for (let n = 0; n < 20; n += 1) look('gw-lab', `meter-${n}`);
    expect(() => look('gw-lab', 'meter-20')).toThrow('Too many');
    for (let n = 0; n < 180; n += 1) look('gw-lab', 'meter-1');
    expect(() => look('gw-lab', 'meter-1')).toThrow('Too many');
    const { ask } = await api.signIn('Zhao Qiang');
    expect((await ask('GET', `${base}/${meter}/live`)).status).toBe(429);
    const rows = await readAudit(api.database, 1, 50);
    expect(rows.filter(({ action }) => action === 'device.watch')).toEqual([]);
  });
});
