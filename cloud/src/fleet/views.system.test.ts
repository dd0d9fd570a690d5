import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { readFeed } from '../feed/feed.ts';
import type { Database } from '../ports.ts';
import {
  greet,
  openFleetWorld,
  soon,
  statusOf,
  testBeat,
  testReport,
} from '../testing/fleet-world.ts';
import type { FleetWorld } from '../testing/fleet-world.ts';
import { useTestTrust } from '../testing/link.ts';
import { useTestDatabases } from '../testing/test-database.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const open = async (): Promise<FleetWorld> => openFleetWorld(await createTestDatabase(), trust());

const twins = async (database: Database): Promise<number> =>
  (await readFeed(database, 0, 10_000)).filter(({ what }) => what.kind === 'twin').length;

describe('what screens see', () => {
  const door = {
    door: 'library-east',
    lock: 'locked',
    contact: 'closed',
    passage: 'secure',
    ready: true,
    since: Date.UTC(2026, 10, 22),
  } as const;

  it('is old from the moment when a gateway dies or falls silent', async () => {
    const { connect, database, views, clock } = await open();
    const doorOf = async () =>
      (await views.doors(database)).find(({ id }) => id === 'library-east');
    expect(await doorOf()).toMatchObject({ lock: 'unknown', fresh: false, since: null });
    expect(await views.gateways(database)).toMatchObject([{ state: 'never', lastBeatAt: null }]);
    expect(await views.conditions(database)).toEqual([]);
    const box = await connect();
    const session = await greet(box);
    const conditions = [
      { code: 'device_silent', subject: 'east-turnstile', since: 1, detail: 'x' },
      { code: 'from_the_future', subject: 'library-east', since: 1, detail: '' },
    ];
    await database.query(`insert into device (id, gateway, door, profile, name_zh, name_en)
      values ('east-turnstile', 'library-gw', 'library-east', 'p', '闸机', 'Turnstile')`);
    await box.say('report', testReport(session, 1, { doors: [door], conditions }));
    await vi.waitFor(async () => {
      expect(await doorOf()).toMatchObject({ lock: 'locked', fresh: true });
    }, soon);
    expect(await views.gateways(database)).toMatchObject([{ state: 'online', doors: 3 }]);
    expect(await views.conditions(database)).toMatchObject([
      {
        code: 'device_silent',
        severity: 'attention',
        subjectName: { en: 'Turnstile' },
        door: 'library-east',
      },
      { code: 'from_the_future', severity: 'attention', subjectName: { en: 'East gate' } },
    ]);
    clock.skip(12_001);
    await vi.waitFor(async () => {
      expect(await doorOf()).toMatchObject({ lock: 'locked', fresh: false });
    }, soon);
    expect(await views.gateways(database)).toMatchObject([{ state: 'silent' }]);
    expect((await views.conditions(database)).map(({ id }) => id)[0]).toBe(
      'library-gw/gateway_silent/library-gw',
    );
    await box.say('beat', testBeat(session, 1));
    await vi.waitFor(async () => {
      expect(await doorOf()).toMatchObject({ fresh: true });
    }, soon);
    // A new session has not reported yet.
    await greet(box);
    expect(await doorOf()).toMatchObject({ lock: 'locked', fresh: false });
  });

  it('is told to the feed on each change, at most four times a second', async () => {
    const { connect, database } = await open();
    const box = await connect();
    const session = await greet(box);
    const before = await twins(database);
    const startedAt = performance.now();
    for (let n = 1; n <= 40; n += 1) await box.say('report', testReport(session, n));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ report_n: 40 });
    }, soon);
    const tookMs = performance.now() - startedAt;
    const last = await twins(database);
    expect(last - before).toBeLessThanOrEqual(Math.ceil(tookMs / 250) + 1);
    // A beat that shows nothing new is told to nobody.
    await pause(600);
    await box.say('beat', testBeat(session, 1));
    const quiet = await twins(database);
    await box.say('beat', testBeat(session, 2));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ beat: 2 });
    }, soon);
    await pause(400);
    expect(await twins(database)).toBe(quiet);
    await box.say('beat', testBeat(session, 3, { waiting: 12 }));
    await vi.waitFor(async () => {
      expect(await twins(database)).toBe(quiet + 1);
    }, soon);
  });

  it('does not call a gateway silent because the database was', async () => {
    const world = await open();
    const { connect, database, clock } = world;
    const box = await connect();
    const session = await greet(box);
    // Time passes, and its beats cannot be written: only heard.
    clock.skip(20_000);
    await box.say('beat', testBeat(session, 0));
    await database.query('update gateway_status set last_beat_at = $1', [new Date(0)]);
    await pause(2_500);
    expect(await statusOf(database)).toMatchObject({ session, online: true });
  });
});
