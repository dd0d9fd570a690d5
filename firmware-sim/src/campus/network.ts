import type { Broker } from '@gatehouse/cloud';
import type { CloudLink, LinkConnection } from '@gatehouse/gateway';
import { parseTopic } from '@gatehouse/protocols';
import type { Random } from '../devices/random.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** How bad the network is between gateway, broker and cloud; shares of all messages. */
export type Weather = {
  readonly lost: number;
  readonly doubled: number;
  /** Of batches and cursor notes alone: they may overtake each other by this much. */
  readonly overtakeMsMax: number;
  readonly delayMsMax: number;
};

export type Network = {
  readonly link: (life: Life) => CloudLink;
  /** Takes the place of the one before. */
  readonly broker: (life: Life) => Broker;
  /** Neither side hears of it at once. */
  readonly cut: (forMs: number) => void;
  /** The broker itself dies: every connection ends, no last will is said. */
  readonly killBroker: () => void;
  readonly isThere: () => boolean;
  /** From now on everything arrives once and in order. */
  readonly calm: () => void;
};

export type NetworkOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly weather: Weather;
  /** Asked at each connect and publish: an embedded broker is there as long as its cloud. */
  readonly isBrokerUp: () => boolean;
};

/** Broker to client: a keepalive notices a cut within this time. */
const noticeMsMax = 6_000;
/** One and a half keepalives. */
const willMsMax = 18_000;
const refusedAfterMs = 400;
const calmWeather: Weather = { lost: 0, doubled: 0, overtakeMsMax: 0, delayMsMax: 20 };
const mayOvertake: ReadonlySet<string> = new Set(['batch', 'cursor']);

type Connection = {
  readonly life: Life;
  readonly will: { readonly topic: string; readonly payload: string };
  readonly onMessage: ((topic: string, payload: Uint8Array) => void)[];
  readonly onClose: ((cause: string) => void)[];
  readonly unanswered: Set<(error: Error) => void>;
  state: 'open' | 'cut' | 'closed';
};

type Parts = {
  readonly options: NetworkOptions;
  weather: Weather;
  connection: Connection | undefined;
  cutUntilMs: number;
  /** When the last message of each direction arrives: the rest must not overtake it. */
  readonly lastMs: Record<'up' | 'down', number>;
  hear: (topic: string, payload: Uint8Array) => void;
};

export const createNetwork = (options: NetworkOptions): Network => {
  const { timeline, trace } = options;
  const parts: Parts = {
    options,
    weather: options.weather,
    connection: undefined,
    cutUntilMs: 0,
    lastMs: { up: 0, down: 0 },
    hear: () => undefined,
  };
  return {
    link: (life) => {
      life.onEnd(() => breakOff(parts, parts.connection));
      return { connect: (asked) => life.mine(connect(parts, life, asked.will)) };
    },
    broker: (life) => createBroker(parts, life),
    cut: (forMs) => {
      parts.cutUntilMs = timeline.nowMs() + forMs;
      breakOff(parts, parts.connection);
    },
    killBroker: () => {
      const { connection } = parts;
      parts.connection = undefined;
      if (connection === undefined) return;
      // A reset comes at once, where the way is open.
      timeline.after(20, () => close(parts, connection, 'reset'));
    },
    isThere: () => options.isBrokerUp() && timeline.nowMs() >= parts.cutUntilMs,
    calm: () => {
      trace.add('network calm');
      parts.weather = calmWeather;
    },
  };
};

const delayMs = ({ options, weather }: Parts): number =>
  1 + options.random.below(Math.max(1, weather.delayMsMax));

/** Half open: both sides think that the other is still there. */
const breakOff = (parts: Parts, connection: Connection | undefined): void => {
  if (connection?.state !== 'open') return;
  const { timeline, random, trace } = parts.options;
  trace.add('network cut');
  connection.state = 'cut';
  timeline.after(random.below(noticeMsMax), () => close(parts, connection, 'keepalive'));
  timeline.after(random.below(willMsMax), () => sayWill(parts, connection));
};

const sayWill = (parts: Parts, { will }: Connection): void => {
  if (!parts.options.isBrokerUp()) return;
  const { topic, payload } = will;
  parts.options.trace.add('network will', { topic });
  parts.hear(topic, new TextEncoder().encode(payload));
};

const close = (parts: Parts, connection: Connection, cause: string): void => {
  if (connection.state === 'closed') return;
  connection.state = 'closed';
  if (parts.connection === connection) parts.connection = undefined;
  if (connection.life.isOver()) return;
  for (const reject of connection.unanswered) reject(new Error(cause));
  for (const run of connection.onClose) run(cause);
};

const connect = async (
  parts: Parts,
  life: Life,
  will: Connection['will'],
): Promise<LinkConnection> => {
  const { timeline, isBrokerUp, trace } = parts.options;
  await timeline.wait(delayMs(parts));
  if (!isBrokerUp() || timeline.nowMs() < parts.cutUntilMs) {
    await timeline.wait(refusedAfterMs);
    throw new Error('no way to the broker');
  }
  const connection: Connection = {
    ...{ life, will, onMessage: [], onClose: [], unanswered: new Set(), state: 'open' },
  };
  // One connection for each client: the newest wins.
  breakOff(parts, parts.connection);
  parts.connection = connection;
  trace.add('network connected');
  return {
    publish: (topic, payload) => life.mine(publishUp(parts, connection, topic, bytesOf(payload))),
    onMessage: (run) => void connection.onMessage.push(run),
    onClose: (run) => void connection.onClose.push(run),
    close: () => {
      if (connection.state !== 'cut') close(parts, connection, 'closed');
      return Promise.resolve();
    },
  };
};

const bytesOf = (payload: Uint8Array | string): Uint8Array =>
  typeof payload === 'string' ? new TextEncoder().encode(payload) : payload.slice();

/** The broker says that it has it, which proves nothing. */
const publishUp = (
  parts: Parts,
  connection: Connection,
  topic: string,
  payload: Uint8Array,
): Promise<void> =>
  new Promise((resolve, reject) => {
    if (connection.state === 'closed') {
      reject(new Error('closed'));
      return;
    }
    connection.unanswered.add(reject);
    if (connection.state === 'cut') return;
    carry(parts, 'up', topic, () => parts.hear(topic, payload));
    parts.options.timeline.after(delayMs(parts), () => {
      if (connection.state === 'cut' || !connection.unanswered.delete(reject)) return;
      resolve();
    });
  });

const createBroker = (parts: Parts, life: Life): Broker => {
  const { timeline, isBrokerUp, trace } = parts.options;
  parts.hear = () => undefined;
  life.onEnd(() => {
    parts.hear = () => undefined;
  });
  const publish = async (topic: string, payload: Uint8Array): Promise<void> => {
    if (!isBrokerUp()) throw new Error('no broker');
    carry(parts, 'down', topic, () => {
      const { connection } = parts;
      if (connection?.state !== 'open' || connection.life.isOver()) return;
      for (const run of connection.onMessage) run(topic, payload);
    });
    await timeline.wait(1);
  };
  return {
    onMessage: (run) => {
      parts.hear = (topic, payload) => {
        trace.fine(`heard ${topic} ${payload.length}`);
        run(topic, payload);
      };
    },
    publish: (topic, payload) => life.mine(publish(topic, bytesOf(payload))),
    onState: (run) => {
      run('up');
    },
    disconnect: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
};

/** Not at all, once or twice, now or later: as the weather is. */
const carry = (parts: Parts, way: 'up' | 'down', topic: string, deliver: () => void): void => {
  const { timeline, random, trace } = parts.options;
  const { lost, doubled, overtakeMsMax } = parts.weather;
  const name = parseTopic(topic)?.name ?? '';
  const chance = random.next();
  const copies = chance < lost ? 0 : chance < lost + doubled ? 2 : 1;
  trace.fine(`${way} ${name} ${copies}`);
  if (copies !== 1) trace.add(copies === 0 ? 'network lost' : 'network doubled', { way, name });
  for (let copy = 0; copy < copies; copy += 1) {
    const free = mayOvertake.has(name) ? random.below(overtakeMsMax + 1) : 0;
    const usualMs = timeline.nowMs() + delayMs(parts);
    const dueMs = free > 0 ? usualMs + free : Math.max(usualMs, parts.lastMs[way]);
    if (free === 0) parts.lastMs[way] = dueMs;
    timeline.after(dueMs - timeline.nowMs(), () => {
      if (timeline.nowMs() >= parts.cutUntilMs) deliver();
    });
  }
};
