import type {
  Model,
  PushCodec,
  PushedRequest,
  PushRead,
  PushStep,
} from '@gatehouse/device-profiles';
import { decodeUtf8, utf8 } from '@gatehouse/protocols';
import type { DeviceHealth, Primitives } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Cancel, Clock, Log, PushRequest } from '../ports.ts';
import { createCommandRunner } from './command-runner.ts';
import type { CommandRunner } from './command-runner.ts';
import { changesOnly } from './driver.ts';
import type { DeviceDriver, DriverEvents, HeardRaw } from './driver.ts';
import { createFrameTap } from './frame-tap.ts';
import type { FrameTap } from './frame-tap.ts';
import { createExchanges } from './http-push-exchanges.ts';
import type { Exchange, Exchanges } from './http-push-exchanges.ts';
import { pushRefusal } from './http-push-line.ts';
import type { PushErrorCode, PushLine, PushReply } from './http-push-line.ts';
import { createLinkHealth } from './link-health.ts';
import type { LinkHealth } from './link-health.ts';
import { createNoise } from './noise.ts';
import type { Noise } from './noise.ts';
import { codesPerSecondMax } from './serial-device.ts';
import { createSlidingCount } from './sliding-count.ts';

/** So many heartbeats in a row that did not come, and the head is silent. */
const heartbeatsMissedMax = 3;

export type HttpPushOptions = {
  readonly deviceId: string;
  readonly codec: PushCodec;
  readonly model: Model;
  readonly line: PushLine;
  /** What the head must know. */
  readonly secret: string;
  readonly primitives: Pick<Primitives, 'sha256'>;
  readonly clock: Clock;
  readonly log: Log;
} & DriverEvents;

type Parts = {
  readonly options: HttpPushOptions;
  readonly tap: FrameTap;
  readonly noise: Noise;
  readonly health: LinkHealth;
  readonly exchanges: Exchanges;
  readonly runner: CommandRunner;
  readonly heartbeat: { readonly beat: () => void; readonly stop: () => void };
  readonly maySend: { readonly add: (nowMs: number) => boolean };
  readonly listeners: Set<(heard: HeardRaw) => void>;
};

/**
 * A head that asks by HTTP and acts on the answer. Nothing can be sent to it at another time: a
 * command outside a scan is not sent.
 */
export const createHttpPush = (given: HttpPushOptions): DeviceDriver => {
  const options = { ...given, onCondition: changesOnly(given.onCondition) };
  const { clock, codec, line, deviceId } = options;
  const health = createHealth(options);
  const exchanges = createExchanges({ clock, codec });
  const parts: Parts = {
    ...{ options, health, exchanges },
    tap: createFrameTap(clock),
    noise: createNoise(clock, (fault) => options.onCondition('reader_noisy', fault)),
    runner: createRunner(options, exchanges),
    heartbeat: createHeartbeat(options, health),
    maySend: createSlidingCount({ countMax: codesPerSecondMax, windowMs: 1000 }),
    listeners: new Set(),
  };
  const isRight = createSecretCheck(options);
  let leave: Cancel = () => undefined;
  return {
    start: () => {
      leave = line.join(deviceId, {
        handle: (request) => handle(parts, isRight, request),
        onOpen: () => {
          options.onCondition('serial_lost', undefined);
          health.opened(codec.heartbeatMs !== undefined);
          parts.heartbeat.beat();
        },
        onLost: (cause) => {
          options.onCondition('serial_lost', line.address);
          parts.heartbeat.stop();
          health.lost(cause);
        },
      });
    },
    stop: () => {
      parts.noise.stop();
      parts.heartbeat.stop();
      parts.runner.stop();
      exchanges.stop();
      leave();
    },
    run: parts.runner.run,
    // It cannot be asked.
    refresh: () => undefined,
    health: () => health.report(everyMsOf(codec)),
    tap: parts.tap.listen,
    hear: (run) => {
      parts.listeners.add(run);
      return () => void parts.listeners.delete(run);
    },
  };
};

/** It comes by itself, so it comes as it wishes. */
const everyMsOf = ({ heartbeatMs: ms }: PushCodec): DeviceHealth['everyMs'] =>
  ms === undefined ? null : { wish: ms, actual: ms };

const createHealth = ({ clock, onCondition, onLink }: HttpPushOptions): LinkHealth => {
  let isListening = false;
  const health = createLinkHealth({
    clock,
    missesMax: 1,
    onLink: (state, detail) => {
      const isSilent = state === 'silent' && isListening;
      onCondition('device_silent', isSilent ? detail : undefined);
      onLink(state, detail);
    },
    setSilent: () => undefined,
  });
  return {
    ...health,
    opened: (isAsked) => {
      isListening = true;
      health.opened(isAsked);
    },
    lost: (cause) => {
      isListening = false;
      health.lost(cause);
    },
  };
};

/** Only a head that promises to be heard from can be missed. */
const createHeartbeat = (
  { clock, codec: { heartbeatMs } }: HttpPushOptions,
  health: LinkHealth,
): Parts['heartbeat'] => {
  let cancel: Cancel = () => undefined;
  const beat = (): void => {
    cancel();
    if (heartbeatMs === undefined) return;
    cancel = clock.after(heartbeatsMissedMax * heartbeatMs, () => {
      health.missed('no heartbeat');
      beat();
    });
  };
  return { beat, stop: () => cancel() };
};

/** Commands become part of the answer that is waited for. */
const createRunner = (options: HttpPushOptions, exchanges: Exchanges): CommandRunner =>
  createCommandRunner<PushStep>({
    ...options,
    encode: options.codec.encode,
    hurry: () => undefined,
    send: async ({ kind, args }, _command, mayStart) => {
      const isFree = exchanges.isWaiting() && mayStart();
      const exchange = isFree ? exchanges[kind](args) : undefined;
      if (exchange === undefined) {
        throw new GatewayError('GW_NOT_SENT', 'no request waits for an answer');
      }
      // What left this side may not have arrived: only the device's own word confirms.
      return { kind: (await exchange.left) ? 'answered' : 'unanswered' };
    },
  });

type IsRight = (given: string | undefined) => boolean;

/** In time that tells nothing of the secret: digests are compared, to their end. */
const createSecretCheck = ({ secret, primitives }: HttpPushOptions): IsRight => {
  const expected = primitives.sha256(utf8(secret));
  return (given) => {
    const digest = primitives.sha256(utf8(given ?? ''));
    let difference = given === undefined ? 1 : 0;
    for (const [i, byte] of expected.entries()) difference |= byte ^ (digest[i] ?? 0);
    return difference === 0;
  };
};

const handle = async (parts: Parts, isRight: IsRight, request: PushRequest): Promise<PushReply> => {
  const { codec } = parts.options;
  if (!codec.methods.includes(request.method)) {
    return refused(parts, 'wrong_method', request, codec.methods);
  }
  const type = request.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (codec.contentType !== undefined && type !== undefined && type !== codec.contentType) {
    return refused(parts, 'wrong_content_type', request);
  }
  const body = decodeUtf8(request.body);
  if (body === undefined) return refused(parts, 'bad_body', request);
  const pushed: PushedRequest = { query: request.query, body, header: request.header };
  if (!isRight(codec.secretIn(pushed))) return refused(parts, 'wrong_secret', request);
  return take(parts, request, pushed);
};

const sizeOf = ({ body, query }: PushRequest): number => body.length + query.length;

const refused = (
  { noise, health, tap }: Parts,
  code: PushErrorCode,
  request: PushRequest,
  allow?: readonly string[],
): PushReply => {
  health.badFrame();
  noise.count(code);
  tap.fault(code, sizeOf(request));
  return pushRefusal(code, allow === undefined ? {} : { allow });
};

/** A request of the device itself. */
const take = async (
  parts: Parts,
  request: PushRequest,
  pushed: PushedRequest,
): Promise<PushReply> => {
  const { options, health, heartbeat, exchanges, tap, noise } = parts;
  const { codec } = options;
  health.heard();
  heartbeat.beat();
  for (const listener of parts.listeners) listener({ kind: 'request', request: pushed });
  const got = codec.read(pushed);
  if (!got.ok) {
    health.badFrame();
    noise.count(got.fault);
    tap.fault(got.fault, sizeOf(request));
    return pushRefusal('bad_body', { detail: got.fault });
  }
  if (tap.isOpen()) {
    const bytes = pushed.body === '' ? utf8(pushed.query) : request.body;
    tap.show('in', bytes, { meaning: got.message, isShown: got.isShown });
  }
  const key = `${got.message} ${got.id ?? `${pushed.query}\n${pushed.body}`}`;
  const again = exchanges.again(key);
  if (again !== undefined) return replyOf(parts, again);
  if (!got.isScan) {
    const answer = codec.answer('accepted', {});
    exchanges.addAnswered(key, answer);
    hear(parts, got);
    return { answer };
  }
  if (!parts.maySend.add(options.clock.monoMs())) return busy(parts, request);
  const exchange = exchanges.add(key, () => hear(parts, got));
  return exchange === undefined ? busy(parts, request) : replyOf(parts, exchange);
};

const busy = (parts: Parts, request: PushRequest): PushReply => {
  parts.noise.count('too_many');
  parts.tap.fault('too_many', sizeOf(request));
  return pushRefusal('busy');
};

const hear = ({ options, runner }: Parts, { reading }: Extract<PushRead, { ok: true }>): void => {
  const monoMs = options.clock.monoMs();
  options.onReading(reading, { monoMs, askedAtMs: monoMs });
  runner.hear(reading, monoMs);
};

const replyOf = async ({ tap }: Parts, exchange: Exchange): Promise<PushReply> => {
  const answer = await exchange.answer;
  if (tap.isOpen()) tap.show('out', utf8(answer.body), { meaning: 'answer', isShown: true });
  return { answer, onSent: exchange.sent };
};
