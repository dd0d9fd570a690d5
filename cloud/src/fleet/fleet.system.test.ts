import { CursorNote, Hello, upTopic } from '@gatehouse/protocols';
import type { Held } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it, vi } from 'vitest';
import { testBatch, testEvents } from '../testing/batches.ts';
import {
  greet,
  newSession,
  openFleetWorld,
  soon,
  statusOf,
  testBeat,
  testGateway,
  testReport,
} from '../testing/fleet-world.ts';
import type { FleetWorld } from '../testing/fleet-world.ts';
import { nothingHeld, payloadOf, testBirth, useTestTrust } from '../testing/link.ts';
import type { Box } from '../testing/link.ts';
import { lileiCard } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { testLineage, useTestDatabases } from '../testing/test-database.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const open = async (): Promise<FleetWorld> => openFleetWorld(await createTestDatabase(), trust());

/** What came down after the hello, by name. */
const namesOf = (box: Box): readonly string[] =>
  box.received.map(({ name }) => name).filter((name) => name !== 'hello');

const revocation = (n: number) =>
  ({
    kind: 'credential.revoked',
    credential: n.toString(16).padStart(16, '0'),
  }) as const;

const revocationsOf = (box: Box): readonly unknown[] =>
  box.texts('revocation').map((jws) => payloadOf(jws)['n']);

describe('a birth', () => {
  it('is answered first by the hello, with the cursors of the journals it names', async () => {
    const { database, connect } = await open();
    const box = await connect();
    await box.send(testBatch(testEvents(1, 3)));
    await vi.waitFor(() => {
      expect(box.bodies('cursor')).toHaveLength(1);
    }, soon);
    const session = newSession();
    const journal = { epoch: '0a1b2c3d', stream: 'main', oldest: 1, head: 9 } as const;
    const other = { ...journal, stream: 'urgent' } as const;
    await box.say('birth', testBirth(session, { journals: [journal, other] }));
    await vi.waitFor(() => {
      expect(box.texts('keys')).toHaveLength(1);
    }, soon);
    expect(box.received[1]?.name).toBe('hello');
    const [hello] = box.bodies('hello');
    expect(Value.Check(Hello, hello)).toBe(true);
    expect(hello).toMatchObject({
      session,
      lineage: testLineage,
      cursors: [{ epoch: '0a1b2c3d', stream: 'main', cursor: 3 }],
    });
    expect(await statusOf(database)).toMatchObject({ session, online: true, beat: 0 });
  });

  it('brings keys, then all revocations in order, then the policy', async () => {
    const world = await open();
    await world.publisher.publish(testGateway);
    for (let n = 1; n <= 250; n += 1) await world.revoke(revocation(n));
    const box = await world.connect();
    await greet(box);
    await vi.waitFor(() => {
      expect(box.texts('manifest')).toHaveLength(1);
    }, soon);
    expect(revocationsOf(box)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
    const names = namesOf(box);
    expect([names[0], names[1], names.at(-1)]).toEqual(['keys', 'revocation', 'manifest']);
    expect(box.texts('keys')).toEqual([trust().signer.keyList().jws]);
  });

  it('brings only what is missing', async () => {
    const world = await open();
    await world.publisher.publish(testGateway);
    await world.revoke(revocation(1));
    await world.revoke(revocation(2));
    const box = await world.connect();
    const held: Held = {
      keysSerial: trust().signer.keyList().serial,
      policyEpoch: 1,
      policyVersion: 1,
      revocationEpoch: 1,
      revocation: 1,
    };
    await greet(box, held);
    await vi.waitFor(() => {
      expect(namesOf(box)).toEqual(['revocation']);
    }, soon);
    expect(revocationsOf(box)).toEqual([2]);
  });

  it('of a box that nobody knows gets no answer', async () => {
    const world = await open();
    await world.database.query('delete from device');
    await world.database.query('delete from rule');
    await world.database.query('delete from door');
    await world.database.query('delete from gateway');
    const box = await world.connect();
    await box.say('birth', testBirth(newSession()));
    await world.fleet.stop();
    expect(box.received).toEqual([]);
  });

  const wrong = ['', '{', '{}', '[]', 'null', JSON.stringify({ ...testBirth('x') }), '\0\xff'];
  it.each(wrong)('that is none (%j) is passed over', async (text) => {
    const { connect, database } = await open();
    const box = await connect();
    await box.client.publishAsync(upTopic(testGateway, 'birth'), text, { qos: 1 });
    await greet(box);
    expect(await statusOf(database)).toMatchObject({ online: true });
  });
});

describe('sessions', () => {
  it('the newest counts: the death of another, and its late beats, change nothing', async () => {
    const { connect, database } = await open();
    const box = await connect();
    const first = await greet(box);
    const second = await greet(box);
    await box.say('death', { session: first });
    await box.say('beat', testBeat(first, 7));
    await box.say('report', testReport(second, 1));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ report_n: 1 });
    }, soon);
    expect(await statusOf(database)).toMatchObject({ session: second, online: true, beat: 0 });
    await box.say('beat', testBeat(second, 1));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ session: second, online: true, beat: 1 });
    }, soon);
    await box.say('death', { session: second });
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ session: second, online: false });
    }, soon);
    // A beat that was on its way does not bring the dead back.
    await box.say('beat', testBeat(second, 2));
    await box.say('report', testReport(second, 2));
    const third = await greet(box);
    expect(await statusOf(database)).toMatchObject({ session: third, beat: 0 });
  });

  it('a beat names the session where the birth was missed', async () => {
    const { connect, database } = await open();
    const box = await connect();
    const session = newSession();
    await box.say('beat', testBeat(session, 4));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ session, online: true, beat: 4 });
    }, soon);
    expect(box.texts('hello')).toEqual([]);
  });

  it('beats and reports never go back', async () => {
    const { connect, database } = await open();
    const box = await connect();
    const session = await greet(box);
    for (const n of [1, 3, 2]) await box.say('beat', testBeat(session, n));
    for (const n of [2, 1, 3]) await box.say('report', testReport(session, n));
    await box.say('report', testReport(newSession(), 9));
    await vi.waitFor(async () => {
      expect(await statusOf(database)).toMatchObject({ beat: 3, report_n: 3 });
    }, soon);
  });
});

describe('what a gateway holds', () => {
  it('follows each change by a delta, and each revocation, at once', async () => {
    const world = await open();
    await world.publisher.publish(testGateway);
    const box = await world.connect();
    const session = await greet(box);
    await vi.waitFor(() => {
      expect(box.texts('manifest')).toHaveLength(1);
    }, soon);
    const held = { ...nothingHeld, policyEpoch: 1, policyVersion: 1 };
    await box.say('beat', testBeat(session, 1, { held }));
    for (const ms of [600, 700]) {
      await world.database.query('update door set unlock_ms = $1', [ms]);
      await world.publisher.publish(testGateway);
    }
    await world.revoke(revocation(1));
    await vi.waitFor(() => {
      expect(box.texts('delta').map((jws) => payloadOf(jws)['to'])).toEqual([2, 3]);
      expect(revocationsOf(box)).toEqual([1]);
    }, soon);
    expect(box.texts('manifest')).toHaveLength(1);
  });

  it('is sent again where a beat lags longer than 3 s behind it, and not before', async () => {
    const world = await open();
    await world.publisher.publish(testGateway);
    const held = { ...nothingHeld, policyEpoch: 1, policyVersion: 1 };
    const box = await world.connect();
    const session = await greet(box, held);
    await world.database.query('update door set unlock_ms = 800');
    await world.publisher.publish(testGateway);
    await vi.waitFor(() => {
      expect(box.texts('delta')).toHaveLength(1);
    }, soon);
    await box.say('beat', testBeat(session, 1, { held }));
    await vi.waitFor(async () => {
      expect(await statusOf(world.database)).toMatchObject({ beat: 1 });
    }, soon);
    expect(box.texts('delta')).toHaveLength(1);
    world.clock.skip(3_001);
    await box.say('beat', testBeat(session, 2, { held }));
    await vi.waitFor(() => {
      expect(box.texts('delta')).toHaveLength(2);
    }, soon);
    // It has it now.
    world.clock.skip(3_001);
    await box.say('beat', testBeat(session, 3, { held: { ...held, policyVersion: 2 } }));
    await vi.waitFor(async () => {
      expect(await statusOf(world.database)).toMatchObject({ beat: 3 });
    }, soon);
    expect(box.texts('delta')).toHaveLength(2);
  });

  it('goes by a snapshot where the box says that it went astray', async () => {
    const world = await open();
    await world.publisher.publish(testGateway);
    const box = await world.connect();
    const session = await greet(box, { ...nothingHeld, policyEpoch: 1, policyVersion: 1 });
    await world.database.query('update door set unlock_ms = 800');
    await world.publisher.publish(testGateway);
    await vi.waitFor(() => {
      expect(box.texts('delta')).toHaveLength(1);
    }, soon);
    world.clock.skip(3_001);
    await box.say('beat', testBeat(session, 1, { held: { ...nothingHeld, policyEpoch: 1 } }));
    await vi.waitFor(() => {
      expect(box.texts('manifest')).toHaveLength(1);
    }, soon);
    const [manifest = ''] = box.texts('manifest');
    const file = await world.snapshots.open({ gateway: testGateway, policyEpoch: 1, version: 2 });
    const policy = createPolicyBox();
    if (file !== undefined) await policy.takeSnapshot(manifest, file);
    expect(policy.place()).toEqual({ policyEpoch: 1, policyVersion: 2 });
    expect(policy.rows().get(`card/${lileiCard}`)).toMatchObject({ groups: ['students'] });
  });
});

describe('batches', () => {
  it('are acknowledged in order, once each, by the cursor of the database', async () => {
    const { connect } = await open();
    const box = await connect();
    const batches = Array.from({ length: 8 }, (_, i) =>
      testBatch(testEvents(i * 10 + 1, i * 10 + 10)),
    );
    await Promise.all(batches.map((batch) => box.send(batch)));
    await vi.waitFor(() => {
      expect(box.bodies('cursor')).toHaveLength(8);
    }, soon);
    const notes = box.bodies('cursor');
    expect(notes.every((note) => Value.Check(CursorNote, note))).toBe(true);
    expect(notes.map((note) => (note as CursorNote).cursor)).toEqual([
      10, 20, 30, 40, 50, 60, 70, 80,
    ]);
  });

  it('are not acknowledged while the database is away, and not lost', async () => {
    const world = await open();
    const { test, connect, database } = world;
    const box = await connect();
    const blocker = test.openAnother();
    const batch = testBatch(testEvents(1, 5));
    await blocker.transaction(async (tx) => {
      await tx.query('lock table event in access exclusive mode');
      await box.send(batch);
      await vi.waitFor(async () => {
        const waiting = await tx.query(
          `select 1 from pg_stat_activity
           where wait_event_type = 'Lock' and datname = current_database()`,
        );
        expect(waiting.length).toBeGreaterThan(0);
      }, soon);
      await tx.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database()`,
      );
    });
    await greet(box);
    expect(box.bodies('cursor')).toEqual([]);
    expect(await database.query('select 1 from event')).toEqual([]);
    await box.send(batch);
    await vi.waitFor(() => {
      expect(box.bodies('cursor')).toMatchObject([{ cursor: 5 }]);
    }, soon);
    expect(await database.query('select 1 from event')).toHaveLength(5);
  });

  it('that cannot be read become a condition that screens show', async () => {
    const { connect, database, views, clock } = await open();
    const box = await connect();
    await greet(box);
    clock.skip(1_000);
    const header = JSON.stringify({
      ...{ v: 1, gateway: testGateway, epoch: '0a1b2c3d', stream: 'main', from: 1, to: 2 },
      lost: [],
    });
    await box.send(Buffer.from(`${header}\nnot zstd`));
    await vi.waitFor(async () => {
      const list = await views.conditions(database);
      expect(list.map(({ id }) => id)).toEqual([
        'library-gw/batch_quarantined/library-gw',
        'library-gw/events_lost/library-gw',
      ]);
    }, soon);
    expect(box.bodies('cursor')).toMatchObject([{ cursor: 2 }]);
    clock.skip(25 * 60 * 60 * 1000);
    await box.say('beat', testBeat(await greet(box), 1));
    expect(await views.conditions(database)).toEqual([]);
  });
});
