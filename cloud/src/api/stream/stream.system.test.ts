import { setTimeout as pause } from 'node:timers/promises';
import type { ChangeView, MeView, NoticeView, UseView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { appendFeed, feedHead } from '../../feed/feed.ts';
import { tell } from '../../identity/notices.ts';
import { ingestBatch } from '../../ingest/ingest.ts';
import { testBatch, testEvent, testIngestPorts, testNowMs } from '../../testing/batches.ts';
import { readStream } from '../../testing/sse.ts';
import type { ReadStream } from '../../testing/sse.ts';
import { createTestPhone, useTestApi } from '../../testing/test-api.ts';
import type { Browser, TestApi } from '../../testing/test-api.ts';

const openApi = useTestApi();

type Listening = TestApi & {
  readonly open: (
    browser: Browser,
    path: string,
    lastId?: string | undefined,
  ) => Promise<ReadStream>;
};

const listen = async (): Promise<Listening> => {
  // When the batches of tests come.
  const api = await openApi({ startMs: testNowMs });
  const port = await api.server.listen('127.0.0.1:0');
  return {
    ...api,
    open: ({ cookie }, path, lastId) =>
      readStream({ url: `http://127.0.0.1:${port}${path}`, cookie, lastId }),
  };
};

const changesOf = ({ messages }: Pick<ReadStream, 'messages'>): readonly ChangeView[] =>
  messages.filter(({ event }) => event === 'change').map(({ data }) => data as ChangeView);

const eventIds = (stream: Pick<ReadStream, 'messages'>): readonly string[] =>
  changesOf(stream).flatMap(({ events = [] }) => events.map(({ id }) => id));

const isOpen = (stream: ReadStream): Promise<void> =>
  stream.until((all) => all.some(({ event }) => event === 'open' || event === 'reload'));

/** Events `from` to `to` of the lab's gateway, one a batch where `each` says so. */
const ingest = async (
  { database }: TestApi,
  from: number,
  to: number,
  change: Parameters<typeof testEvent>[1] = { door: 'lab-3-201' },
): Promise<void> => {
  const events = Array.from({ length: to - from + 1 }, (_, i) => testEvent(from + i, change));
  const batch = testBatch(events, { gateway: 'gw-lab' });
  const { outcome } = await ingestBatch(testIngestPorts(database), 'gw-lab', batch);
  expect(outcome).toBe('inserted');
};

const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `gw-lab.0a1b2c3d.main.${from + i}`);

const noteTwin = async ({ database, clock }: TestApi, times = 1): Promise<void> => {
  for (let i = 0; i < times; i += 1) {
    await database.transaction((tx) =>
      appendFeed(tx, clock.nowMs(), { kind: 'twin', gateway: 'gw-lab' }),
    );
  }
};

const reportDoor = async (
  { database, clock }: TestApi,
  passage: string,
  conditions: readonly unknown[] = [],
): Promise<void> => {
  const state = { lock: 'locked', contact: 'closed', passage, ready: true, since: 1 };
  const doors = [{ door: 'lab-3-201', ...state }];
  await database.query(
    `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
       clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
     values ('gw-lab', '0011223344556677', true, '0.1.0', 3, $1, 'trusted', '{}', 0, 0, 1, $2,
       '[]', $3)
     on conflict (gateway) do update set doors = excluded.doors, conditions = excluded.conditions`,
    [new Date(clock.nowMs()), JSON.stringify(doors), JSON.stringify(conditions)],
  );
};

describe('the console stream', () => {
  it('tells of events as they are stored, with the position as id', async () => {
    const api = await listen();
    const stream = await api.open(await api.signIn('Wang Fang'), '/api/console/stream');
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    await isOpen(stream);
    await ingest(api, 1, 2);
    await stream.until((all) => eventIds({ messages: [...all] }).length === 2);
    expect(eventIds(stream)).toEqual(ids(1, 2));
    expect(stream.lastId()).toBe(String(await feedHead(api.database)));
  });

  it('brings what came while the line was cut, each event once', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    const first = await api.open(guard, '/api/console/stream');
    await isOpen(first);
    await ingest(api, 1, 3);
    await first.until((all) => eventIds({ messages: [...all] }).length === 3);
    first.close();
    await first.ended;
    await ingest(api, 4, 5);
    await ingest(api, 6, 9);
    const second = await api.open(guard, '/api/console/stream', first.lastId());
    await ingest(api, 10, 10);
    await second.until((all) => eventIds({ messages: [...all] }).length >= 7);
    expect([...eventIds(first), ...eventIds(second)]).toEqual(ids(1, 10));
  });

  it('loses and doubles nothing while it is cut again and again', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    const last = 60;
    const writing = (async () => {
      for (let n = 1; n <= last; n += 1) await ingest(api, n, n);
    })();
    const seen: string[] = [];
    let lastId: string | undefined = '1';
    for (let cut = 0; seen.length < last; cut += 1) {
      const stream = await api.open(guard, '/api/console/stream', lastId);
      const wanted = Math.min(1 + (cut % 7), last - seen.length);
      await stream.until((all) => eventIds({ messages: [...all] }).length >= wanted);
      stream.close();
      await stream.ended;
      seen.push(...eventIds(stream));
      lastId = stream.lastId();
    }
    await writing;
    expect(seen).toEqual(ids(1, last));
  });

  it('goes on from the picture that was drawn', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    const { pos } = (await guard.ask('GET', '/api/console/now')).body as { pos: number };
    await ingest(api, 1, 4);
    const stream = await api.open(guard, `/api/console/stream?after=${pos}`);
    await isOpen(stream);
    expect(eventIds(stream)).toEqual(ids(1, 4));
  });

  it('says reload where too much was missed, and goes on', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    await noteTwin(api, 501);
    const head = await feedHead(api.database);
    while (api.hub.pos() < head) await pause(20);
    const stream = await api.open(guard, '/api/console/stream', '1');
    await isOpen(stream);
    expect(stream.messages.map(({ event }) => event)).toEqual(['reload']);
    await ingest(api, 1, 1);
    await stream.until((all) => eventIds({ messages: [...all] }).length === 1);
  });

  it('says reload to whoever knows a place that is not there', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    for (const lastId of ['999999', 'none', '-1', '1e3']) {
      const stream = await api.open(guard, '/api/console/stream', lastId);
      await isOpen(stream);
      expect(stream.messages[0]?.event, lastId).toBe('reload');
      stream.close();
    }
  });

  it('tells once of what changed at doors and conditions, and what is over', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    await reportDoor(api, 'secure');
    await noteTwin(api);
    const stream = await api.open(guard, '/api/console/stream');
    await isOpen(stream);
    const since = 1_790_000_000_000;
    const condition = { code: 'reader_noisy', subject: 'lab-3-201-in', since, detail: '' };
    await reportDoor(api, 'forced', [condition]);
    await noteTwin(api, 3);
    await stream.until((all) =>
      changesOf({ messages: [...all] }).some(({ doors = [] }) => doors[0]?.passage === 'forced'),
    );
    await reportDoor(api, 'forced');
    await noteTwin(api);
    const id = 'gw-lab/reader_noisy/lab-3-201-in';
    await stream.until((all) =>
      changesOf({ messages: [...all] }).some(({ cleared = [] }) => cleared.includes(id)),
    );
    const forced = changesOf(stream).flatMap(({ doors = [] }) =>
      doors.filter(({ passage }) => passage === 'forced'),
    );
    expect(forced.map(({ id: door, mayUnlock }) => [door, mayUnlock])).toEqual([
      ['lab-3-201', true],
    ]);
    const raised = changesOf(stream).flatMap(({ conditions = [] }) => conditions.map((c) => c.id));
    expect(raised).toEqual([id]);
  });

  it('draws at most four pictures of gateways a second', async () => {
    const reports = 60;
    const api = await listen();
    const stream = await api.open(await api.signIn('Wang Fang'), '/api/console/stream');
    await isOpen(stream);
    const startMs = performance.now();
    for (let n = 0; n < reports; n += 1) {
      await reportDoor(api, n % 2 === 0 ? 'secure' : 'held');
      await noteTwin(api);
    }
    const pictures = changesOf(stream).length;
    // The first at once, and one each quarter of a second after it, however slow the machine is.
    expect(pictures).toBeLessThanOrEqual(2 + (performance.now() - startMs) / 250);
    expect(pictures).toBeGreaterThan(0);
  });

  it('tells a teacher of their own rooms alone', async () => {
    const api = await listen();
    const stream = await api.open(await api.signIn('Chen Jing'), '/api/console/stream');
    await isOpen(stream);
    await ingest(api, 1, 2, { door: 'lab-2-201' });
    await ingest(api, 3, 3, { door: 'lab-3-202' });
    await stream.until((all) => changesOf({ messages: [...all] }).length > 0);
    expect(eventIds(stream)).toEqual(ids(3, 3));
  });

  it('counts people inside when the passages were counted', async () => {
    const api = await listen();
    const stream = await api.open(await api.signIn('Wang Fang'), '/api/console/stream');
    await isOpen(stream);
    const taken = { kind: 'access.taken', door: 'lab-hall-1', data: { side: 'entry' } } as const;
    await ingest(api, 1, 1, taken);
    // What the consumer of passages writes, a moment later.
    await api.database.query(
      `insert into passage_count
       values ('lab', date_bin('15 minutes', $1, timestamptz 'epoch'), 1, 0)`,
      [new Date(api.clock.nowMs())],
    );
    await stream.until((all) =>
      changesOf({ messages: [...all] }).some(({ inside = [] }) => inside[0]?.count === 1),
    );
  });

  it('beats every five seconds, and carries the position', async () => {
    const api = await listen();
    const stream = await api.open(await api.signIn('Wang Fang'), '/api/console/stream');
    await pause(5_500);
    expect(stream.comments).toEqual(['beat']);
    expect(stream.lastId()).toBe(String(await feedHead(api.database)));
  });

  it('ends with the session, and with the server', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    const stream = await api.open(guard, '/api/console/stream');
    await isOpen(stream);
    await guard.ask('DELETE', '/api/session');
    await stream.ended;
    expect(stream.messages.at(-1)).toMatchObject({ event: 'end', data: { why: 'signed_out' } });
    const other = await api.open(await api.signIn('Wu Min'), '/api/console/stream');
    await isOpen(other);
    await api.server.close();
    await other.ended;
    expect(other.messages.at(-1)).toMatchObject({ event: 'end', data: { why: 'stopping' } });
  });

  it('gives one browser eight, and gives each back when it is closed', async () => {
    const api = await listen();
    const guard = await api.signIn('Wang Fang');
    for (let round = 0; round < 3; round += 1) {
      const open = [];
      for (let n = 0; n < 8; n += 1) open.push(await api.open(guard, '/api/console/stream'));
      expect(open.map(({ status }) => status)).toEqual(new Array(8).fill(200));
      expect((await api.open(guard, '/api/console/stream')).status).toBe(429);
      for (const stream of open) stream.close();
      // Until the server has heard of it.
      let status = 429;
      for (let tries = 0; status === 429 && tries < 100; tries += 1) {
        await pause(20);
        const again = await api.open(guard, '/api/console/stream');
        ({ status } = again);
        again.close();
      }
      expect(status).toBe(200);
      await pause(100);
    }
  });
});

describe('the stream of a phone', () => {
  const use = (card: string, person: string, counter: number) => ({
    kind: 'access.granted',
    door: 'lab-3-201',
    data: { reason: 'granted', card, person, counter },
  });

  it('tells of the uses of its own card, and of no other', async () => {
    const api = await listen();
    const student = await api.signIn('Li Lei');
    const other = await api.signIn('Sun Li');
    const cardOf = async (browser: Browser): Promise<string> =>
      ((await browser.ask('GET', '/api/me')).body as MeView).card.id;
    const stream = await api.open(student, '/api/me/stream');
    await isOpen(stream);
    await ingest(api, 1, 1, use(await cardOf(other), other.session.person.id, 7));
    await ingest(api, 2, 2, use(await cardOf(student), student.session.person.id, 9));
    await stream.until((all) => all.some(({ event }) => event === 'use'));
    const uses = stream.messages.filter(({ event }) => event === 'use');
    expect(uses.map(({ data }) => (data as UseView).counter)).toEqual([9]);
  });

  it('tells of what was used while it was away', async () => {
    const api = await listen();
    const student = await api.signIn('Li Lei');
    const { card } = (await student.ask('GET', '/api/me')).body as MeView;
    const lastId = String(await feedHead(api.database));
    await ingest(api, 1, 1, use(card.id, student.session.person.id, 3));
    const stream = await api.open(student, '/api/me/stream', lastId);
    await isOpen(stream);
    await stream.until((all) => all.some(({ event }) => event === 'use'));
    // Before `open` or just behind it: the process may not have followed the feed that far yet.
    expect(stream.messages.map(({ event }) => event).sort()).toEqual(['open', 'use']);
  });

  it('brings what its owner is told, again once it was read elsewhere, and no others', async () => {
    const api = await listen();
    const student = await api.signIn('Li Lei');
    const other = await api.signIn('Sun Li');
    const stream = await api.open(student, '/api/me/stream');
    await isOpen(stream);
    const tellOf = ({ session }: Browser, at: number): Promise<void> =>
      api.database.transaction((tx) =>
        tell(tx, { person: session.person.id, at, kind: 'phone.replaced', data: {} }),
      );
    await tellOf(other, 1000);
    await tellOf(student, 2000);
    const notices = () =>
      stream.messages
        .filter(({ event }) => event === 'notice')
        .map(({ data }) => data as NoticeView);
    await stream.until(() => notices().length === 1);
    const [made] = notices();
    expect(made).toMatchObject({ kind: 'phone.replaced', at: '1970-01-01T00:00:02.000Z' });
    await student.ask('POST', '/api/me/notices/read', { ids: [made?.id] });
    await stream.until(() => notices().length === 2);
    expect(notices()[1]).toEqual({ ...made, read: true });
  });

  it('tells of a change of its own card', async () => {
    const api = await listen();
    const student = await api.signIn('Li Lei');
    const other = await api.signIn('Sun Li');
    const stream = await api.open(student, '/api/me/stream');
    await isOpen(stream);
    await other.ask('POST', '/api/me/freeze', {});
    await student.ask('POST', '/api/me/freeze', {});
    await stream.until((all) => all.some(({ event }) => event === 'me'));
    const told = stream.messages.filter(({ event }) => event === 'me');
    expect(told.map(({ data }) => (data as MeView).card.state)).toEqual(['frozen']);
    expect((told[0]?.data as MeView).person.id).toBe(student.session.person.id);
  });

  it('follows the spread of its change until every gateway has it', async () => {
    const api = await listen();
    const student = await api.signIn('Li Lei');
    const stream = await api.open(student, '/api/me/stream');
    await isOpen(stream);
    const { nonce } = (await student.ask('POST', '/api/me/enrol/challenge', {})).body as {
      nonce: string;
    };
    const proof = createTestPhone().proof({ nonce });
    const enrolled = await student.ask('POST', '/api/me/enrol', { proof });
    const { credential } = enrolled.body as { credential: string };
    await stream.until((all) => all.some(({ event }) => event === 'me'));
    for (const gateway of ['gw-library', 'gw-lab', 'gw-north']) {
      await api.database.query(`insert into policy_head values ($1, 1, 2, 'state')`, [gateway]);
      await api.database.query(
        `insert into policy_row select $1, 'credential', id, jsonb_build_object('card', card)
         from credential where id = $2`,
        [gateway, credential],
      );
    }
    await api.database.query(
      `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
         clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
       values ('gw-lab', '0011223344556677', true, '0.1.0', 3, $1, 'trusted', $2, 0, 0, 1,
         '[]', '[]', '[]')`,
      [
        new Date(api.clock.nowMs()),
        JSON.stringify({ policyEpoch: 1, policyVersion: 2, revocationEpoch: 0, revocation: 0 }),
      ],
    );
    await noteTwin(api);
    await stream.until((all) =>
      all.some(({ event, data }) => event === 'me' && (data as MeView).spread.have === 1),
    );
  });
});
