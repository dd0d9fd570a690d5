import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { NewEvent, Stream } from '@gatehouse/protocols';
import { createZstd } from '../adapters/zstd.ts';
import type { Journal } from '../ports.ts';
import { createDirectJournal } from '../journal/direct-journal.ts';
import { createFakeConnection } from '../testing/fake-cloud.ts';
import {
  doorEvent,
  openMemoryJournal,
  telemetryEvent,
  urgentEvent,
} from '../testing/journal-samples.ts';
import { badWire, createScene, goodWire, randomFrom } from '../testing/uplink-scene.ts';
import type { Scene } from '../testing/uplink-scene.ts';
import { createUplink } from './uplink.ts';

const epoch = '0000aaaa';
const seqsTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1);

const appendMany = async (scene: Scene, count: number, make: (n: number) => NewEvent) => {
  for (let n = 0; n < count; n += 100) {
    const size = Math.min(100, count - n);
    await scene.append(...Array.from({ length: size }, (_, i) => make(n + i + 1)));
  }
};
const expectStored = (scene: Scene, stream: Stream, count: number, of = epoch): void => {
  const { cursor, events, lost } = scene.cloud.stored(of, stream);
  expect(events.map((event) => event.seq)).toEqual(seqsTo(count));
  expect([cursor, lost]).toEqual([count, []]);
};
const waitingIn = async (journal: Journal): Promise<number> =>
  (await journal.positions()).reduce((sum, p) => sum + p.head - p.acknowledged, 0);

describe('uplink', () => {
  it('sends a fresh event at once and rests when the cloud has it', async () => {
    const scene = await createScene();
    scene.connect();
    await scene.clock.settle();
    await scene.append(doorEvent(1));
    await scene.clock.settle();
    expect(scene.published()).toBe(1);
    await scene.clock.advance(10);
    expectStored(scene, 'main', 1);
    expect(scene.cloud.stored(epoch, 'main').events).toEqual([{ seq: 1, ...doorEvent(1) }]);
    expect(await waitingIn(scene.journal)).toBe(0);
    expect(scene.clock.timersWaiting()).toBe(0);
  });

  it('sends what waited in few batches, never more than the window ahead', async () => {
    const scene = await createScene();
    scene.answerWhen(() => false);
    await appendMany(scene, 5_000, doorEvent);
    scene.connect();
    await scene.clock.advance(1_000);
    expect(scene.cloud.batches).toHaveLength(8);
    scene.answerWhen(() => true);
    await scene.clock.advance(60_000);
    expectStored(scene, 'main', 5_000);
    expect(scene.cloud.batches.length).toBeLessThan(8 + 8 + 5_000 / 200 + 4);
    expect(Math.max(...scene.cloud.batches.map(({ from, to }) => to - from + 1))).toBe(200);
  });

  it('lets alarms pass a long drain, and main pass telemetry', async () => {
    const scene = await createScene();
    await appendMany(scene, 4_000, telemetryEvent);
    await appendMany(scene, 4_000, doorEvent);
    scene.connect();
    await scene.clock.advance(12);
    await scene.append(urgentEvent(1));
    await scene.clock.advance(20);
    expectStored(scene, 'urgent', 1);
    const streams = scene.cloud.batches.map((batch) => batch.stream);
    expect(streams.filter((stream) => stream === 'main').length).toBeLessThan(30);
    expect(streams.slice(0, 8)).toEqual(Array(8).fill('main'));
    await scene.clock.advance(5_000);
    expectStored(scene, 'main', 4_000);
    expectStored(scene, 'telemetry', 4_000);
  });

  it('drains ended epochs while new events keep coming through', async () => {
    const db = new DatabaseSync(':memory:');
    const before = openMemoryJournal({ db, freshEpoch: '0000bbbb' });
    const first = createDirectJournal({
      open: () => before,
      random: (length) => new Uint8Array(length),
      nowMs: () => 0,
    });
    await first.open();
    for (let n = 0; n < 30; n += 1) {
      await first.append({ events: Array.from({ length: 200 }, (_, i) => doorEvent(i)) });
    }
    const scene = await createScene(goodWire, openMemoryJournal({ db }));
    scene.connect();
    const latencies: number[] = [];
    for (let n = 1; n <= 10; n += 1) {
      await scene.append(doorEvent(n));
      const sinceMs = scene.clock.monoMs();
      while (scene.cloud.stored(epoch, 'main').cursor < n) await scene.clock.advance(1);
      latencies.push(scene.clock.monoMs() - sinceMs);
    }
    expect(Math.max(...latencies)).toBeLessThanOrEqual(15);
    await scene.clock.advance(5_000);
    expectStored(scene, 'main', 6_000, '0000bbbb');
    expectStored(scene, 'main', 10);
  });

  it('sends again after silence, later and later, one batch first', async () => {
    const scene = await createScene();
    scene.answerWhen(() => false);
    await appendMany(scene, 3_000, doorEvent);
    scene.connect();
    const counts: number[] = [];
    for (const ms of [4_900, 200, 9_000, 25_000, 40_000, 40_000]) {
      await scene.clock.advance(ms);
      counts.push(scene.cloud.batches.length);
    }
    expect(counts[0]).toBe(8);
    expect(counts[1]).toBe(9);
    expect(counts[5]).toBeLessThan(9 + 10);
    scene.answerWhen(() => true);
    await scene.clock.advance(60_000);
    expectStored(scene, 'main', 3_000);
  });

  it('mends a lost batch by the next answer, without waiting for the deadline', async () => {
    let sent = 0;
    const scene = await createScene({
      copies: () => ((sent += 1) === 2 ? 0 : 1),
      delayMs: () => 5,
    });
    await appendMany(scene, 3_000, doorEvent);
    scene.connect();
    await scene.clock.advance(1_000);
    expectStored(scene, 'main', 3_000);
    expect(scene.cloud.batches.length).toBeLessThan(15 + 9);
  });

  it('goes quiet when publishing fails, and on with the next connection', async () => {
    const scene = await createScene();
    const broken = createFakeConnection(() => Promise.reject(new Error('broken pipe')));
    await scene.append(doorEvent(1));
    scene.uplink.connected(broken, scene.cloud.hello());
    await scene.clock.settle();
    expect(broken.closed()).toBe(true);
    await scene.append(doorEvent(2));
    await scene.clock.advance(60_000);
    expect([scene.published(), scene.clock.timersWaiting()]).toEqual([0, 0]);
    scene.connect();
    await scene.clock.advance(100);
    expectStored(scene, 'main', 2);
  });

  it('bounds what a broker that takes nothing can hold', async () => {
    const scene = await createScene();
    let published = 0;
    const stuck = createFakeConnection(() => {
      published += 1;
      return new Promise<void>(() => {});
    });
    await appendMany(scene, 6_000, doorEvent);
    await appendMany(scene, 6_000, telemetryEvent);
    scene.uplink.connected(stuck, scene.cloud.hello());
    await scene.clock.advance(600_000);
    expect(published).toBe(16);
  });

  it('waits for a journal that fails, and goes on', async () => {
    const scene = await createScene();
    await scene.append(doorEvent(1));
    let failures = 3;
    const flaky: Journal = {
      ...scene.journal,
      positions: () =>
        (failures -= 1) >= 0 ? Promise.reject(new Error('disk')) : scene.journal.positions(),
    };
    const random = () => new Uint8Array(1);
    const { clock, log, cloud } = scene;
    const uplink = createUplink({
      journal: flaky,
      clock,
      zstd: createZstd(),
      random,
      log,
      gateway: 'gw-1',
    });
    const connection = createFakeConnection(async (payload) => {
      await Promise.resolve();
      uplink.cursor(cloud.ingest(payload));
    });
    uplink.connected(connection, cloud.hello());
    await clock.advance(500);
    expect(cloud.batches).toHaveLength(0);
    await clock.advance(4_000);
    expectStored(scene, 'main', 1);
  });

  it('stops without a timer left', async () => {
    const scene = await createScene();
    scene.answerWhen(() => false);
    scene.connect();
    await scene.append(doorEvent(1));
    await scene.clock.advance(100);
    expect(scene.clock.timersWaiting()).toBe(1);
    scene.uplink.stop();
    expect(scene.clock.timersWaiting()).toBe(0);
    scene.connect();
    await scene.clock.advance(60_000);
    expect(scene.published()).toBe(1);
  });
});

describe('another database answers', () => {
  const drained = async (): Promise<Scene> => {
    const scene = await createScene();
    await appendMany(scene, 1_000, doorEvent);
    scene.connect();
    await scene.clock.advance(1_000);
    expectStored(scene, 'main', 1_000);
    return scene;
  };

  it('with a hello: sends again from its cursor', async () => {
    const scene = await drained();
    scene.cloud.lineage = '00000000000000b2';
    scene.cloud.restore(epoch, 'main', 300);
    scene.connect();
    await scene.clock.advance(1_000);
    expectStored(scene, 'main', 1_000);
  });

  it('without one: its first cursor is enough', async () => {
    const scene = await drained();
    scene.cloud.lineage = '00000000000000b2';
    scene.cloud.restore(epoch, 'main', 300);
    await scene.append(doorEvent(1_001));
    await scene.clock.advance(2_000);
    expectStored(scene, 'main', 1_001);
  });

  it('holds back from pruning what the new one lacks', async () => {
    const scene = await drained();
    scene.cloud.lineage = '00000000000000b2';
    scene.cloud.restore(epoch, 'main', 300);
    await scene.append(doorEvent(1_001));
    await scene.clock.advance(11);
    expect(scene.cloud.stored(epoch, 'main').cursor).toBe(300);
    while (scene.opened.tend(scene.clock.nowMs() + 400 * 24 * 3600 * 1000)) continue;
    await scene.clock.advance(2_000);
    expectStored(scene, 'main', 1_001);
  });

  it('an idle stream is asked for too', async () => {
    const scene = await drained();
    scene.cloud.lineage = '00000000000000b2';
    scene.cloud.restore(epoch, 'main', 300);
    await scene.append(urgentEvent(1));
    await scene.clock.advance(20_000);
    expectStored(scene, 'main', 1_000);
    expectStored(scene, 'urgent', 1);
  });

  it('with the old lineage: a lower cursor is believed when nothing better comes', async () => {
    const scene = await drained();
    scene.cloud.restore(epoch, 'main', 300);
    await scene.append(doorEvent(1_001));
    await scene.clock.advance(30_000);
    expectStored(scene, 'main', 1_001);
  });

  it('what is no longer held is declared as pruned', async () => {
    const scene = await drained();
    while (scene.opened.tend(scene.clock.nowMs() + 400 * 24 * 3600 * 1000)) continue;
    await scene.append(doorEvent(1_001));
    await scene.clock.advance(100);
    scene.cloud.lineage = '00000000000000b2';
    scene.cloud.restore(epoch, 'main', 300);
    scene.connect();
    await scene.clock.advance(1_000);
    const { cursor, events, lost } = scene.cloud.stored(epoch, 'main');
    expect(cursor).toBe(1_001);
    expect(events.map((event) => event.seq)).toEqual([...seqsTo(300), 1_001]);
    expect(lost).toEqual([{ from: 301, to: 1_000, journalClass: 'door', why: 'pruned' }]);
  });

  it('a cursor above the head is proof of a restored journal: nothing new is lost', async () => {
    const scene = await createScene();
    await scene.append(doorEvent(1), doorEvent(2));
    scene.cloud.stored(epoch, 'main').cursor = 150;
    scene.connect();
    await scene.clock.advance(1_000);
    const fresh = (await scene.journal.positions()).at(-1)?.epoch ?? '';
    expect(fresh).not.toBe(epoch);
    expectStored(scene, 'main', 2, fresh);
  });
});

describe('a link that loses, doubles and reorders', () => {
  const seeds = Array.from({ length: 25 }, (_, i) => i + 1);

  it.each(seeds)('seed %i: every event arrives once and in order', async (seed) => {
    const random = randomFrom(seed * 7_919);
    const scene = await createScene(badWire(seed));
    let connection = scene.connect();
    const counts = { main: 0, urgent: 0, telemetry: 0 };
    for (let round = 0; round < 30; round += 1) {
      const size = Math.floor(random() * 120);
      counts.main += size;
      await scene.append(...Array.from({ length: size }, (_, i) => doorEvent(i)));
      if (random() < 0.3) await scene.append(urgentEvent((counts.urgent += 1)));
      if (random() < 0.5) await scene.append(telemetryEvent((counts.telemetry += 1)));
      await scene.clock.advance(Math.floor(random() * 400));
      if (random() < 0.15) {
        await connection.close();
        await scene.clock.advance(Math.floor(random() * 300));
        connection = scene.connect();
      }
    }
    await scene.clock.advance(600_000);
    for (const stream of ['main', 'urgent', 'telemetry'] as const) {
      expectStored(scene, stream, counts[stream]);
    }
    expect(await waitingIn(scene.journal)).toBe(0);
    scene.uplink.stop();
    expect(scene.log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });
});
