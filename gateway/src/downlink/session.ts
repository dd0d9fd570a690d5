import {
  beatEveryMs,
  CursorNote,
  downFilter,
  Hello,
  parseJson,
  parseTopic,
  toHex,
  upTopic,
  utf8,
  Watch,
} from '@gatehouse/protocols';
import type {
  Beat,
  Birth,
  ClaimAnswer,
  ClockStamp,
  Death,
  DownTopic,
  Held,
  Live as DeviceLive,
  Report,
} from '@gatehouse/protocols';
import type Type from 'typebox';
import Value from 'typebox/value';
import type { Conditions } from '../conditions.ts';
import type { LinkConnection, Ports } from '../ports.ts';
import { createNamedTimers } from './named-timers.ts';
import type { NamedTimers } from './named-timers.ts';

export const backOffMinMs = 500;
export const backOffMaxMs = 15_000;
/** A broker that took us but a cloud that never answers: try another connection after this. */
export const helloWaitMs = 10_000;
/** Beats that a command may still name: the oldest is far beyond the life of a command. */
export const beatsKept = 16;
/** Reports are bundled: at most four a second. */
export const reportEveryMs = 250;
/** How long the cloud may be away before it is a condition. */
export const unreachableAfterMs = 15_000;
/** For the last word to a broker. */
export const stopWaitMs = 2_000;
/** Between two beats, whatever moves: those that are kept must outlast a command. */
export const beatPauseMs = 1_000;
/** What a birth may list; the newest epochs stand last. */
const journalsMax = 100;

export type SessionOptions = {
  readonly ports: Pick<Ports, 'clock' | 'random' | 'link' | 'journal' | 'log'>;
  readonly gateway: string;
  readonly version: string;
  readonly conditions: Conditions;
  readonly stamp: () => ClockStamp;
  readonly held: () => Held;
  readonly twin: () => Pick<Report, 'doors' | 'devices' | 'conditions' | 'claim'>;
  readonly onHello: (connection: LinkConnection, hello: Hello) => void;
  readonly onLost: () => void;
  readonly onCursor: (note: CursorNote) => void;
  readonly onWatch: (watch: Watch) => void;
  /** A pass that is used in the cloud: not read yet. */
  readonly onAsk: (payload: Uint8Array) => void;
  /** keys, manifest, delta, revocation, command: compact JWS, not verified yet. */
  readonly onSigned: Readonly<
    Record<'keys' | 'manifest' | 'delta' | 'revocation' | 'command', (jws: string) => Promise<void>>
  >;
};

export type Session = {
  readonly start: () => void;
  /** The session of the open connection; undefined while the cloud has not answered. */
  readonly id: () => string | undefined;
  readonly beatAtMs: (n: number) => number | undefined;
  /** Something that a report shows has changed. */
  readonly changed: () => void;
  /** What is held has changed: the next beat says so, soon. */
  readonly heldMoved: () => void;
  /** What somebody looks at or asked. Resolves when the broker has it, or without a connection. */
  readonly tell: Tell;
  readonly stop: () => Promise<void>;
};

type Tell = <T extends 'live' | 'answer'>(
  topic: T,
  body: { readonly live: DeviceLive; readonly answer: ClaimAnswer }[T],
) => Promise<void>;

type Live = {
  readonly session: string;
  readonly connection: LinkConnection;
  readonly beats: Map<number, number>;
  n: number;
  reports: number;
  greeted: boolean;
};

type Parts = {
  readonly options: SessionOptions;
  readonly timers: NamedTimers;
  live: Live | undefined;
  stopped: boolean;
  backOffMs: number;
};

/** The connection to the cloud: birth, beats, reports, and what comes down. Tries for ever. */
export const createSession = (options: SessionOptions): Session => {
  const parts: Parts = {
    options,
    timers: createNamedTimers(options.ports.clock),
    live: undefined,
    stopped: false,
    backOffMs: backOffMinMs,
  };
  const { timers } = parts;
  return {
    start: () => {
      watchCloud(parts);
      void connect(parts);
    },
    id: () => (parts.live?.greeted === true ? parts.live.session : undefined),
    beatAtMs: (n) => parts.live?.beats.get(n),
    changed: () => {
      if (parts.live?.greeted !== true || timers.waits('report')) return;
      timers.set('report', reportEveryMs, () => report(parts));
    },
    heldMoved: () => {
      const { live } = parts;
      if (live?.greeted !== true) return;
      const sinceMs = options.ports.clock.monoMs() - (live.beats.get(live.n) ?? 0);
      timers.set('beat', Math.max(0, beatPauseMs - sinceMs), () => beat(parts));
    },
    tell: async (topic, body) => {
      const to = upTopic(options.gateway, topic);
      await parts.live?.connection.publish(to, JSON.stringify(body));
    },
    stop: async () => {
      parts.stopped = true;
      timers.cancelAll();
      const { live } = parts;
      if (live === undefined) return;
      // A broker that does not answer must not keep the program from ending.
      await Promise.race([sayDeath(parts, live), waitIn(timers)]);
      timers.cancelAll();
    },
  };
};

const waitIn = (timers: NamedTimers): Promise<void> =>
  new Promise((resolve) => {
    timers.set('stop', stopWaitMs, resolve);
  });

/** The broker says it for us where the connection ends otherwise. */
const deathOf = (session: string): string => JSON.stringify({ session } satisfies Death);

const sayDeath = async ({ options }: Parts, { connection, session }: Live): Promise<void> => {
  const topic = upTopic(options.gateway, 'death');
  await connection.publish(topic, deathOf(session)).catch(() => undefined);
  await connection.close().catch(() => undefined);
};

const publish = (parts: Parts, topic: 'birth' | 'beat' | 'report', body: unknown): void => {
  const { gateway } = parts.options;
  // A publish that fails ends the connection, which is heard of by itself.
  parts.live?.connection
    .publish(upTopic(gateway, topic), JSON.stringify(body))
    .catch(() => undefined);
};

const beat = (parts: Parts): void => {
  const { live, options, timers } = parts;
  if (live === undefined) return;
  const { clock, journal } = options.ports;
  live.n += 1;
  live.beats.set(live.n, clock.monoMs());
  live.beats.delete(live.n - beatsKept);
  const { waiting, fill } = journal.status();
  const body: Beat = {
    session: live.session,
    n: live.n,
    clock: options.stamp(),
    held: options.held(),
    waiting,
    journalFill: Math.min(1, Math.max(0, fill)),
  };
  publish(parts, 'beat', body);
  timers.set('beat', beatEveryMs, () => beat(parts));
};

const report = (parts: Parts): void => {
  const { live, options } = parts;
  if (live === undefined) return;
  live.reports += 1;
  const body: Report = { session: live.session, n: live.reports, ...options.twin() };
  publish(parts, 'report', body);
};

/** From now on the cloud has its time to answer, if it had none running. */
const watchCloud = ({ options, timers }: Parts): void => {
  const { conditions, gateway } = options;
  if (timers.waits('unreachable')) return;
  timers.set('unreachable', unreachableAfterMs, () => {
    conditions.raise('cloud_unreachable', gateway, '');
  });
};

const lost = (parts: Parts, cause: string): void => {
  const { options, timers } = parts;
  options.ports.log.info('link.lost', { cause });
  parts.live = undefined;
  timers.cancel('beat', 'report', 'hello');
  options.onLost();
  if (parts.stopped) return;
  watchCloud(parts);
  // Spread, so that a hundred gateways do not come back in one moment.
  const spread = 0.75 + (options.ports.random(1)[0] ?? 0) / 512;
  timers.set('retry', Math.round(parts.backOffMs * spread), () => void connect(parts));
  parts.backOffMs = Math.min(parts.backOffMs * 2, backOffMaxMs);
};

const greeted = (parts: Parts, hello: Hello): void => {
  const { live, options, timers } = parts;
  if (live === undefined || live.greeted || hello.session !== live.session) return;
  live.greeted = true;
  parts.backOffMs = backOffMinMs;
  timers.cancel('hello', 'unreachable');
  options.conditions.clear('cloud_unreachable', options.gateway);
  options.onHello(live.connection, hello);
  beat(parts);
  report(parts);
};

const receive: Readonly<Record<DownTopic, (parts: Parts, text: string) => void>> = {
  hello: (parts, text) => {
    const hello = checked(Hello, text);
    if (hello !== undefined) greeted(parts, hello);
  },
  cursor: (parts, text) => {
    const note = checked(CursorNote, text);
    if (note !== undefined) parts.options.onCursor(note);
  },
  keys: ({ options }, text) => void options.onSigned.keys(text),
  manifest: ({ options }, text) => void options.onSigned.manifest(text),
  delta: ({ options }, text) => void options.onSigned.delta(text),
  revocation: ({ options }, text) => void options.onSigned.revocation(text),
  command: ({ options }, text) => void options.onSigned.command(text),
  watch: ({ options }, text) => {
    const watch = checked(Watch, text);
    if (watch !== undefined) options.onWatch(watch);
  },
  ask: ({ options }, text) => options.onAsk(utf8(text)),
};

const isDownTopic = (name: string): name is DownTopic => Object.hasOwn(receive, name);

const onMessage = (parts: Parts, topic: string, payload: Uint8Array): void => {
  const to = parseTopic(topic);
  if (to?.gateway !== parts.options.gateway || to.direction !== 'down') return;
  if (isDownTopic(to.name)) receive[to.name](parts, new TextDecoder().decode(payload));
};

const birthOf = async ({ options }: Parts, session: string): Promise<Birth> => {
  const positions = await options.ports.journal.positions();
  const journals = positions.map(({ epoch, stream, oldest, head }) => ({
    epoch,
    stream,
    oldest,
    head,
  }));
  return {
    v: 1,
    session,
    version: options.version,
    sections: ['profile', 'waits', 'claim', 'uid', 'pin'],
    clock: options.stamp(),
    held: options.held(),
    journals: journals.slice(-journalsMax),
  };
};

const connect = async (parts: Parts): Promise<void> => {
  const { ports, gateway } = parts.options;
  const session = toHex(ports.random(8));
  let opened: LinkConnection | undefined;
  try {
    const connection = await ports.link.connect({
      clientId: gateway,
      subscribe: downFilter(gateway),
      will: { topic: upTopic(gateway, 'death'), payload: deathOf(session) },
    });
    opened = connection;
    const birth = await birthOf(parts, session);
    if (parts.stopped) return await connection.close();
    adopt(parts, connection, session);
    publish(parts, 'birth', birth);
  } catch (error) {
    await opened?.close().catch(() => undefined);
    lost(parts, error instanceof Error ? error.message : 'connect failed');
  }
};

/** What an earlier connection still says is not said of this one. */
const adopt = (parts: Parts, connection: LinkConnection, session: string): void => {
  const isThis = (): boolean => parts.live?.connection === connection;
  parts.live = { session, connection, beats: new Map(), n: 0, reports: 0, greeted: false };
  connection.onClose((cause) => {
    if (isThis()) lost(parts, cause);
  });
  connection.onMessage((topic, payload) => {
    if (isThis()) onMessage(parts, topic, payload);
  });
  parts.timers.set('hello', helloWaitMs, () => {
    if (isThis()) lost(parts, 'no answer from the cloud');
    // Not waited for: closing may itself wait for a broker that does not answer.
    connection.close().catch(() => undefined);
  });
};

const checked = <T extends Type.TSchema>(schema: T, text: string): Type.Static<T> | undefined => {
  const body = parseJson(text);
  return Value.Check(schema, body) ? body : undefined;
};
