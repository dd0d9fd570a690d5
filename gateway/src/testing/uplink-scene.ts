import type { CursorNote, NewEvent } from '@gatehouse/protocols';
import { createZstd } from '../adapters/zstd.ts';
import { createUplink } from '../uplink/uplink.ts';
import { createDirectJournal } from '../journal/direct-journal.ts';
import { createFakeCloud, createFakeConnection } from './fake-cloud.ts';
import { openMemoryJournal } from './journal-samples.ts';
import { createSilentLog } from './silent-log.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** Small, fast and good enough to shuffle messages: mulberry32. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

export type Wire = {
  /** How often each message arrives: 0 = lost, 2 = doubled. */
  readonly copies: () => number;
  readonly delayMs: () => number;
};
export const goodWire: Wire = { copies: () => 1, delayMs: () => 5 };
export const badWire = (seed: number): Wire => {
  const random = randomFrom(seed);
  return {
    copies: () => (random() < 0.15 ? 0 : random() < 0.15 ? 2 : 1),
    delayMs: () => (random() < 0.1 ? 900 : 1 + Math.floor(random() * 60)),
  };
};

export const createScene = async (wire: Wire = goodWire, opened = openMemoryJournal()) => {
  const clock = createVirtualClock();
  const zstd = createZstd();
  const log = createSilentLog();
  const cloud = createFakeCloud(zstd);
  const random = (length: number) => new Uint8Array(length).fill(128);
  const journal = createDirectJournal({ open: () => opened, random, nowMs: clock.nowMs });
  await journal.open();
  const uplink = createUplink({ journal, clock, zstd, random, log, gateway: 'gw-1' });
  let answers: (note: CursorNote) => boolean = () => true;
  let inFlight = 0;
  const deliver = (run: () => void): void => {
    for (let n = wire.copies(); n > 0; n -= 1) clock.after(wire.delayMs(), run);
  };
  const connect = () => {
    const connection = createFakeConnection(async (payload) => {
      inFlight += 1;
      deliver(() => {
        if (connection.closed()) return;
        const note = cloud.ingest(payload);
        if (!answers(note)) return;
        deliver(() => {
          if (!connection.closed()) uplink.cursor(note);
        });
      });
      await Promise.resolve();
    });
    connection.onClose(uplink.disconnected);
    uplink.connected(connection, cloud.hello());
    return connection;
  };
  return {
    clock,
    cloud,
    journal,
    opened,
    uplink,
    log,
    connect,
    published: () => inFlight,
    answerWhen: (rule: (note: CursorNote) => boolean) => {
      answers = rule;
    },
    append: async (...events: readonly NewEvent[]) => {
      await journal.append({ events });
    },
  };
};
export type Scene = Awaited<ReturnType<typeof createScene>>;
