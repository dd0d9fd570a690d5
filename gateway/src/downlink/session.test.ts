import { Beat, Birth, Death, Report, parseTopic } from '@gatehouse/protocols';
import type { CursorNote, Hello } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { createConditions } from '../conditions.ts';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { createMemoryLink } from '../testing/memory-link.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import {
  backOffMaxMs,
  beatsKept,
  createSession,
  helloWaitMs,
  unreachableAfterMs,
} from './session.ts';

const lineage = '00000000000000aa';

const createBench = () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal();
  const link = createMemoryLink();
  const heard: string[] = [];
  const conditions = createConditions(clock.nowMs, () => undefined);
  let random = 0;
  const session = createSession({
    ports: {
      clock,
      journal: journal.port,
      link: link.port,
      log: createSilentLog(),
      // 128 is the middle of a byte: no spread.
      random: (length) => new Uint8Array(length).fill(length === 1 ? 128 : (random += 1)),
    },
    gateway: 'gw-1',
    version: '0.1.0',
    conditions,
    stamp: () => ({ q: 'trusted', boot: clock.boot, mono: clock.monoMs() }),
    held: () => ({
      keysSerial: 1,
      policyEpoch: 2,
      policyVersion: 3,
      revocationEpoch: 4,
      revocation: 5,
    }),
    twin: () => ({ doors: [], devices: [], conditions: [...conditions.active()] }),
    onHello: (_, hello: Hello) => void heard.push(`hello ${hello.session}`),
    onLost: () => void heard.push('lost'),
    onCursor: (note: CursorNote) => void heard.push(`cursor ${note.cursor}`),
    onWatch: ({ device, forMs }) => void heard.push(`watch ${device} ${forMs}`),
    onAsk: (payload) => void heard.push(`ask ${payload.length}`),
    onSigned: {
      keys: async (jws) => void heard.push(`keys ${jws}`),
      manifest: async (jws) => void heard.push(`manifest ${jws}`),
      delta: async (jws) => void heard.push(`delta ${jws}`),
      revocation: async (jws) => void heard.push(`revocation ${jws}`),
      command: async (jws) => void heard.push(`command ${jws}`),
    },
  });
  const last = () => {
    const connection = link.connections.at(-1);
    if (connection === undefined) throw new Error('no connection');
    return connection;
  };
  const sessionOf = () => String(last().bodies('birth')[0]?.['session']);
  const greet = (change: object = {}) => {
    const hello = { session: sessionOf(), lineage, at: clock.nowMs(), cursors: [] };
    last().say('gh/v1/gw-1/down/hello', JSON.stringify({ ...hello, ...change }));
  };
  const start = async () => {
    session.start();
    await clock.settle();
  };
  const active = () => conditions.active().map(({ code }) => code);
  return { clock, journal, link, heard, session, last, sessionOf, greet, start, active };
};

describe('a session', () => {
  it('begins with a birth, and its will names it', async () => {
    const { start, last, sessionOf, session } = createBench();
    await start();
    const { clientId, subscribe, will, published } = last();
    expect([clientId, subscribe, will.topic]).toEqual([
      'gw-1',
      'gh/v1/gw-1/down/#',
      'gh/v1/gw-1/up/death',
    ]);
    expect(published.map(([topic]) => topic)).toEqual(['gh/v1/gw-1/up/birth']);
    expect(Value.Check(Birth, last().bodies('birth')[0])).toBe(true);
    expect(JSON.parse(will.payload)).toEqual({ session: sessionOf() });
    expect(Value.Check(Death, JSON.parse(will.payload))).toBe(true);
    expect(session.id()).toBeUndefined();
  });

  it('is told to the world when the cloud has answered: beat, report, then beats', async () => {
    const { start, greet, last, clock, session, sessionOf, heard } = createBench();
    await start();
    greet();
    expect([session.id(), heard]).toEqual([sessionOf(), [`hello ${sessionOf()}`]]);
    await clock.advance(10_000);
    const beats = last().bodies('beat');
    expect(beats.map((beat) => beat['n'])).toEqual([1, 2, 3]);
    expect(beats[0]).toMatchObject({ session: sessionOf(), waiting: 7, journalFill: 0.25 });
    expect(beats.every((beat) => Value.Check(Beat, beat))).toBe(true);
    expect(
      last()
        .bodies('report')
        .every((report) => Value.Check(Report, report)),
    ).toBe(true);
    for (const [topic] of last().published) expect(parseTopic(topic)?.direction).toBe('up');
  });

  it('knows when a beat was sent, for as long as a command may name it', async () => {
    const { start, greet, clock, session } = createBench();
    await start();
    greet();
    await clock.advance(5_000 * beatsKept);
    expect(session.beatAtMs(beatsKept + 1)).toBe(5_000 * beatsKept);
    expect([session.beatAtMs(2), session.beatAtMs(1)]).toEqual([5_000, undefined]);
  });

  it('says soon that it holds something else, at most once a second', async () => {
    const { start, greet, clock, session } = createBench();
    await start();
    session.heldMoved();
    greet();
    const from = clock.monoMs();
    await clock.advance(3_000);
    for (let n = 0; n < 20; n += 1) {
      session.heldMoved();
      await clock.advance(100);
    }
    await clock.advance(10_000);
    const sent = [1, 2, 3, 4, 5, 6].map((n) => (session.beatAtMs(n) ?? 0) - from);
    expect(sent).toEqual([0, 3_000, 4_000, 5_000, 10_000, 15_000]);
  });

  it('bundles what changes: four reports a second at most', async () => {
    const { start, greet, clock, session, last } = createBench();
    await start();
    session.changed();
    greet();
    for (let n = 0; n < 100; n += 1) {
      session.changed();
      await clock.advance(10);
    }
    await clock.advance(1_000);
    const reports = last().bodies('report');
    expect(reports.map((report) => report['n'])).toEqual([1, 2, 3, 4, 5]);
  });

  it('is another one after each connection', async () => {
    const { start, greet, last, clock, link, session, sessionOf } = createBench();
    await start();
    greet();
    const before = sessionOf();
    last().drop('cable');
    expect(session.id()).toBeUndefined();
    await clock.advance(500);
    expect([link.connections.length, sessionOf() === before]).toEqual([2, false]);
    greet({ session: before });
    expect(session.id()).toBeUndefined();
    expect(session.beatAtMs(1)).toBeUndefined();
  });
});

describe('a cloud that is away', () => {
  it('is asked again with back-off up to its bound, and at once after it was there', async () => {
    const { start, greet, last, clock, link } = createBench();
    link.mood = 'refuses';
    await start();
    link.mood = 'well';
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const before = link.connections.length;
      const sinceMs = clock.monoMs();
      while (link.connections.length === before) await clock.advance(250);
      waits.push(clock.monoMs() - sinceMs);
      last().drop('gone');
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    await clock.advance(backOffMaxMs);
    greet();
    last().drop('gone');
    await clock.advance(500);
    expect(last().isOpen()).toBe(true);
  });

  it('is a condition after 15 s, and none when it answers', async () => {
    const { start, greet, clock, link, active } = createBench();
    link.mood = 'refuses';
    await start();
    await clock.advance(unreachableAfterMs - 1);
    expect(active()).toEqual([]);
    await clock.advance(1);
    expect(active()).toEqual(['cloud_unreachable']);
    link.mood = 'well';
    await clock.advance(1_000);
    expect(active()).toEqual(['cloud_unreachable']);
    greet();
    expect(active()).toEqual([]);
  });

  it('is one too where a broker takes us and nobody ever answers', async () => {
    const { start, clock, link, active, heard } = createBench();
    link.mood = 'mute';
    await start();
    await clock.advance(helloWaitMs);
    expect(heard).toEqual(['lost']);
    await clock.advance(unreachableAfterMs - helloWaitMs);
    expect([link.connections.length, active()]).toEqual([2, ['cloud_unreachable']]);
  });

  it('does not become one by a short break', async () => {
    const { start, greet, last, clock, active } = createBench();
    await start();
    greet();
    last().drop('cable');
    await clock.advance(500);
    greet();
    await clock.advance(60_000);
    expect(active()).toEqual([]);
  });

  it('and a journal that is away leave no connection behind', async () => {
    const { start, clock, link, journal, greet, session } = createBench();
    journal.mood = 'fails';
    await start();
    expect(link.connections.map((one) => one.isOpen())).toEqual([false]);
    journal.mood = 'well';
    await clock.advance(500);
    greet();
    expect(session.id()).toBeDefined();
  });

  it('of before says nothing of the connection of now', async () => {
    const { start, greet, last, clock, link, session, heard } = createBench();
    link.mood = 'mute';
    await start();
    const old = last();
    await clock.advance(helloWaitMs + 500);
    link.mood = 'well';
    greet();
    heard.length = 0;
    old.say('gh/v1/gw-1/down/command', 'late');
    old.drop('at last');
    expect([heard, session.id() === undefined]).toEqual([[], false]);
  });
});

describe('what comes down', () => {
  it.each(['keys', 'manifest', 'delta', 'revocation', 'command'])(
    '%s goes on as it is',
    async (name) => {
      const { start, last, heard } = createBench();
      await start();
      last().say(`gh/v1/gw-1/down/${name}`, 'a.b.c');
      expect(heard).toEqual([`${name} a.b.c`]);
    },
  );

  it('a cursor is checked first', async () => {
    const { start, last, heard } = createBench();
    await start();
    const note = { lineage, epoch: '0000cafe', stream: 'main', cursor: 7 };
    last().say('gh/v1/gw-1/down/cursor', JSON.stringify({ ...note, cursor: -1 }));
    last().say('gh/v1/gw-1/down/cursor', JSON.stringify(note));
    expect(heard).toEqual(['cursor 7']);
  });

  it('a watch is checked first', async () => {
    const { start, last, heard, sessionOf } = createBench();
    await start();
    const watch = { session: sessionOf(), device: 'meter-1', forMs: 45_000 };
    last().say('gh/v1/gw-1/down/watch', JSON.stringify({ ...watch, forMs: 60_001 }));
    last().say('gh/v1/gw-1/down/watch', JSON.stringify(watch));
    expect(heard).toEqual(['watch meter-1 45000']);
  });

  it.each([
    ['gh/v1/gw-2/down/command', 'a.b.c'],
    ['gh/v1/gw-1/up/birth', '{}'],
    ['gh/v1/gw-1/down/toString', 'x'],
    ['gh/v1/gw-1/down/constructor', 'x'],
    ['gh/v1/gw-1/down/', 'x'],
    ['', 'x'],
    ['gh/v1/gw-1/down/hello', ''],
    ['gh/v1/gw-1/down/hello', '{'],
    ['gh/v1/gw-1/down/hello', '[]'],
    [
      'gh/v1/gw-1/down/hello',
      JSON.stringify({ session: 'f'.repeat(16), lineage, at: 1, cursors: [] }),
    ],
    ['gh/v1/gw-1/down/hello', new Uint8Array([0xff, 0xfe, 0x00])],
    ['gh/v1/gw-1/down/cursor', JSON.stringify({ cursor: 1 })],
  ])('%s with %j is nothing', async (topic, payload) => {
    const { start, last, heard, session } = createBench();
    await start();
    last().say(topic, payload);
    expect([heard, session.id()]).toEqual([[], undefined]);
  });
});

describe('a stop', () => {
  it('says so, and leaves neither connection nor timer', async () => {
    const { start, greet, last, session, sessionOf, clock, link } = createBench();
    await start();
    greet();
    session.changed();
    const id = sessionOf();
    await session.stop();
    expect(last().bodies('death')).toEqual([{ session: id }]);
    expect(last().isOpen()).toBe(false);
    await clock.advance(60_000);
    expect([link.connections.length, clock.timersWaiting()]).toEqual([1, 0]);
  });

  it('ends also where the broker does not answer', async () => {
    const { start, session, link, clock } = createBench();
    await start();
    link.mood = 'mute';
    let ended = false;
    void session.stop().then(() => (ended = true));
    await clock.advance(2_000);
    expect(ended).toBe(true);
  });

  it('while it connects closes what opens', async () => {
    const { session, clock, last, link } = createBench();
    session.start();
    await session.stop();
    await clock.settle();
    expect([link.connections.length, last().isOpen()]).toEqual([1, false]);
  });
});
