import {
  Beat,
  Birth,
  claimBytesMax,
  Death,
  downTopic,
  Live,
  parseJson,
  Report,
  uuidv7,
} from '@gatehouse/protocols';
import type { Hello, UpTopic } from '@gatehouse/protocols';
import { Compile } from 'typebox/compile';
import { ingestBatch } from '../ingest/ingest.ts';
import { messageBytesMax } from '../ports.ts';
import type { Ports, Queryable } from '../ports.ts';
import type { Downlink } from './downlink.ts';
import { readHello } from './hello.ts';
import type { Looks } from './looks.ts';
import { createEndedSessions } from './sessions.ts';
import type { EndedSessions } from './sessions.ts';
import { recordBeat, recordBirth, recordDeath, recordReport } from './status.ts';
import type { StatusChange } from './status.ts';
import type { TwinFeed } from './twin-feed.ts';

/** What a kind of message does; a rejection means that nothing of it was stored. */
export type Handler = {
  readonly bytesMax: number;
  readonly handle: (gateway: string, payload: Uint8Array) => Promise<void>;
  /** Nothing of it is stored: it waits for no other message, and must not push one out. */
  readonly isPassing?: boolean;
};

export type HandlerParts = {
  readonly ports: Pick<Ports, 'broker' | 'clock' | 'database' | 'log' | 'random' | 'zstd'>;
  readonly twin: TwinFeed;
  readonly downlink: Downlink;
  readonly looks: Pick<Looks, 'isLooking' | 'hear' | 'begin'>;
  /** A birth or beat arrived, whether or not it could be written. */
  readonly heard: (gateway: string) => void;
};

const controlBytesMax = 1024 * 1024;
const liveBytesMax = 256 * 1024;

/** One row for each topic that a gateway writes. */
export const createHandlers = (parts: HandlerParts): Readonly<Record<UpTopic, Handler>> => {
  const all = { ...parts, ended: createEndedSessions() };
  return {
    birth: control(parts, Compile(Birth), (gateway, body) => onBirth(all, gateway, body)),
    beat: control(parts, Compile(Beat), (gateway, body) => onBeat(all, gateway, body)),
    report: control(parts, Compile(Report), async (gateway, body) => {
      await record(parts, gateway, (tx) => recordReport(tx, gateway, body));
    }),
    death: control(parts, Compile(Death), (gateway, body) => onDeath(all, gateway, body)),
    batch: {
      bytesMax: messageBytesMax,
      handle: (gateway, payload) => onBatch(parts, gateway, payload),
    },
    live: liveHandler(parts),
    // Of an ask that was given up: nobody waits for it any more.
    answer: { bytesMax: claimBytesMax, isPassing: true, handle: () => Promise.resolve() },
  };
};

type Parts = HandlerParts & { readonly ended: EndedSessions };

type Form<T> = { readonly Check: (value: unknown) => value is T };

const control = <T>(
  { ports }: HandlerParts,
  form: Form<T>,
  run: (gateway: string, body: T) => Promise<void>,
): Handler => ({
  bytesMax: controlBytesMax,
  handle: async (gateway, payload) => {
    const body = parseJson(new TextDecoder().decode(payload));
    if (form.Check(body)) await run(gateway, body);
    else ports.log.warn('fleet.bad_message', { gateway });
  },
});

/** What nobody looks at is not even read. */
const liveHandler = (parts: HandlerParts): Handler => {
  const { looks } = parts;
  const read = control(parts, Compile(Live), (gateway, live) => {
    looks.hear(gateway, live);
    return Promise.resolve();
  });
  return {
    bytesMax: liveBytesMax,
    isPassing: true,
    handle: async (gateway, payload) => {
      if (looks.isLooking(gateway)) await read.handle(gateway, payload);
    },
  };
};

/** Writes a change and tells the feed of it, in one transaction. */
const record = (
  { ports: { database, log }, twin }: HandlerParts,
  gateway: string,
  run: (tx: Queryable) => Promise<StatusChange>,
): Promise<StatusChange> =>
  database.transaction(async (tx) => {
    const change = await run(tx);
    if (change === 'changed') await twin.note(tx, gateway);
    if (change === 'unknown') log.warn('fleet.unknown_gateway', { gateway });
    return change;
  });

const onBirth = async (parts: Parts, gateway: string, birth: Birth): Promise<void> => {
  const { broker, clock, database, log } = parts.ports;
  const { session, held, version } = birth;
  if (parts.ended.has(gateway, session)) return;
  parts.heard(gateway);
  const change = await record(parts, gateway, (tx) =>
    recordBirth(tx, gateway, birth, clock.nowMs()),
  );
  if (change === 'unknown') return;
  parts.ended.begin(gateway, session);
  const hello: Hello = await readHello(database, gateway, birth, clock.nowMs());
  await broker.publish(downTopic(gateway, 'hello'), JSON.stringify(hello));
  log.info('fleet.birth', { gateway, session, version });
  parts.downlink.begin(gateway, session, held);
  parts.looks.begin(gateway, session);
};

const onBeat = async (parts: Parts, gateway: string, beat: Beat): Promise<void> => {
  const { session, held } = beat;
  if (parts.ended.has(gateway, session)) return;
  parts.heard(gateway);
  const change = await record(parts, gateway, (tx) =>
    recordBeat(tx, gateway, beat, parts.ports.clock.nowMs()),
  );
  if (change === 'unknown' || change === 'stale') return;
  parts.ended.begin(gateway, session);
  parts.downlink.hold(gateway, session, held);
};

const onDeath = async (parts: Parts, gateway: string, { session }: Death): Promise<void> => {
  parts.ended.end(gateway, session);
  const change = await record(parts, gateway, (tx) => recordDeath(tx, gateway, session));
  if (change !== 'changed') return;
  parts.downlink.end(gateway);
  parts.ports.log.info('fleet.death', { gateway, session });
};

const onBatch = async (
  { ports, twin }: HandlerParts,
  gateway: string,
  payload: Uint8Array,
): Promise<void> => {
  const { broker, clock, random } = ports;
  const newId = (): string => uuidv7(clock.nowMs(), random(10));
  const ingest = { ...ports, nowMs: clock.nowMs, newId };
  const { note, fault, gaps } = await ingestBatch(ingest, gateway, payload);
  // What a screen lists as a condition of this gateway has changed.
  if (fault !== undefined || gaps.length > 0) twin.noteLater(gateway);
  // Committed: the one proof that the gateway waits for. Lost on its way, it comes again.
  if (note !== undefined) {
    await broker.publish(downTopic(gateway, 'cursor'), JSON.stringify(note));
  }
};
