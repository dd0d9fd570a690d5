import type { Model, Outgoing, Reading, SerialCodec } from '@gatehouse/device-profiles';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock, Log, SerialLine } from '../ports.ts';
import { createCommandRunner } from './command-runner.ts';
import type { CommandRunner, StepResult } from './command-runner.ts';
import { createConversation } from './conversation.ts';
import type { Conversation } from './conversation.ts';
import { changesOnly } from './driver.ts';
import type { DeviceDriver, DriverEvents } from './driver.ts';
import { createFrameTap } from './frame-tap.ts';
import type { FrameTap } from './frame-tap.ts';
import { characterMs } from './line-timing.ts';
import { createLinkHealth } from './link-health.ts';
import type { LinkHealth } from './link-health.ts';
import { createNoise } from './noise.ts';
import type { Noise } from './noise.ts';
import { createPolls } from './polls.ts';
import type { Polls } from './polls.ts';
import type { FrameLine, Peer } from './serial-line.ts';
import { createSlidingCount } from './sliding-count.ts';

/** A person shows one code; a head that sends more than this is broken or attacked. */
export const codesPerSecondMax = 20;
const codeWords: ReadonlySet<string | undefined> = new Set(['access.code', 'access.uid']);
/** A reply of which nothing is known yet: this long, after so much thought. */
const replyGuess = { bytes: 16, afterMs: 10 } as const;

export type SerialDeviceOptions = {
  readonly deviceId: string;
  readonly port: string;
  readonly codec: SerialCodec;
  readonly model: Model;
  readonly line: FrameLine;
  readonly clock: Clock;
  readonly log: Log;
} & DriverEvents;

/** One device on a serial line or behind a converter. What may be a pass is never logged. */
export const createSerialDevice = (given: SerialDeviceOptions): DeviceDriver => {
  const options = { ...given, onCondition: changesOnly(given.onCondition) };
  const { codec, line, clock } = options;
  const leaves: Cancel[] = [];
  const tap = createFrameTap(clock);
  const noise = createNoise(clock, (fault) => options.onCondition('reader_noisy', fault));
  const health = createHealth(options);
  const conversation = createConversation({ ...options, tap });
  const talk: Talk = { health, conversation };
  const polls = createDevicePolls(options, talk);
  const runner = createRunner(options, talk, polls.hurry);
  const peer = createPeer(options, { ...talk, tap, noise, runner });
  const user = {
    onOpen: () => {
      options.onCondition('serial_lost', undefined);
      health.opened(codec.polls.length > 0);
    },
    onLost: (cause: string) => {
      conversation.lose();
      options.onCondition('serial_lost', options.port);
      health.lost(cause);
    },
  };
  return {
    start: () => {
      leaves.push(line.join(peer), line.use(user));
      polls.start();
    },
    stop: () => {
      noise.stop();
      runner.stop();
      polls.stop();
      conversation.lose();
      for (const leave of leaves.splice(0)) leave();
    },
    run: runner.run,
    refresh: polls.hurry,
    health: () => health.report(polls.everyMs()),
    tap: tap.listen,
    hear: (run) => line.hear((bytes, monoMs) => run({ kind: 'bytes', bytes, monoMs })),
  };
};

type Talk = { readonly health: LinkHealth; readonly conversation: Conversation };

const createHealth = (options: SerialDeviceOptions): LinkHealth => {
  const { line, deviceId } = options;
  return createLinkHealth({
    clock: options.clock,
    missesMax: options.codec.missesMax,
    onLink: (state, detail) => {
      // A lost line has a condition of its own.
      const isSilent = state === 'silent' && line.line() !== undefined;
      options.onCondition('device_silent', isSilent ? detail : undefined);
      options.onLink(state, detail);
    },
    setSilent: (isSilent) => line.bus.setSilent(deviceId, isSilent),
  });
};

const createDevicePolls = (options: SerialDeviceOptions, talk: Talk): Polls => {
  const { deviceId, codec, line, log } = options;
  const poll = async (out: Outgoing, on: SerialLine): Promise<boolean> => {
    const { kind } = await talk.conversation.ask(out, 'poll', on);
    if (kind !== 'unanswered') return true;
    // What a lost line leaves unanswered says nothing about the device.
    if (line.line() !== on) return false;
    talk.health.missed('no answer');
    log.debug('device.missed', { device: deviceId });
    return false;
  };
  const wishes = codec.polls.map((out) => ({
    unit: deviceId,
    everyMs: out.everyMs,
    costMs: replyGuess.afterMs + (out.bytes.length + replyGuess.bytes) * characterMs(codec.line),
    run: (on: SerialLine) => poll(out, on),
  }));
  return createPolls(line.bus, wishes);
};

const createRunner = (
  options: SerialDeviceOptions,
  { conversation, health }: Talk,
  hurry: () => void,
): CommandRunner => {
  const { deviceId, line, codec } = options;
  const send = (step: Outgoing, command: string, mayStart: () => boolean): Promise<StepResult> =>
    line.bus.command({
      unit: deviceId,
      run: async (on) => {
        if (!mayStart()) throw new GatewayError('GW_NOT_SENT', 'too late');
        const result = await conversation.ask(step, command, on);
        if (result.kind === 'unanswered') health.unanswered();
        return result;
      },
    });
  return createCommandRunner({ ...options, encode: codec.encode, send, hurry });
};

type PeerParts = Talk & {
  readonly tap: FrameTap;
  readonly noise: Noise;
  readonly runner: CommandRunner;
};

/** What comes on the line, as far as it is this device's. */
const createPeer = (options: SerialDeviceOptions, parts: PeerParts): Peer => {
  const { codec, model } = options;
  const { health, conversation, tap, noise, runner } = parts;
  const mayTell = createCodeLimit(options, noise.count);
  const isSecret = Object.values(model.events ?? {}).some(({ secret }) => secret === true);
  const hear = (reading: Reading, times: { monoMs: number; askedAtMs: number }): void => {
    const events = reading.events.filter(({ event }) => mayTell(event));
    const limited: Reading = { values: reading.values, events };
    options.onReading(limited, times);
    runner.hear(limited, times.askedAtMs);
  };
  return {
    take: (frame, times) => {
      const got = codec.read(frame);
      if (!got.ok) return got.fault;
      if (tap.isOpen()) tap.show('in', frame, { meaning: got.message, isShown: got.isShown });
      if (got.answer !== undefined) sendAnswer(options, tap, got.answer);
      const sentMs = conversation.hear(got.replyAs, got.refuses);
      health.heard(sentMs);
      hear(got.reading, { ...times, askedAtMs: sentMs ?? times.askedAtMs });
      return undefined;
    },
    onFault: (fault, bytes, length) => {
      health.badFrame();
      noise.count(fault);
      // Whatever cannot be read may be a pass.
      if (bytes === undefined || isSecret) tap.fault(fault, length);
      else tap.show('in', bytes, { meaning: fault, isShown: true, isFault: true });
    },
  };
};

/** Such as an ACK: at once, out of turn, because the device waits for it. */
const sendAnswer = (
  { line, log, deviceId }: SerialDeviceOptions,
  tap: FrameTap,
  bytes: Uint8Array,
): void => {
  const on = line.line();
  if (on === undefined) return;
  if (tap.isOpen()) tap.show('out', bytes, { meaning: 'answer', isShown: true });
  line.send(on, bytes).catch((error: unknown) => {
    log.debug('device.not_answered', { device: deviceId, why: String(error) });
  });
};

/** @returns whether an event may be told: of codes only so many in any second */
const createCodeLimit = (
  { model, clock }: SerialDeviceOptions,
  onTooMany: (fault: string) => void,
): ((event: string) => boolean) => {
  const count = createSlidingCount({ countMax: codesPerSecondMax, windowMs: 1000 });
  return (event) => {
    if (!codeWords.has(model.events?.[event]?.norm) || count.add(clock.monoMs())) return true;
    onTooMany('too_many');
    return false;
  };
};
