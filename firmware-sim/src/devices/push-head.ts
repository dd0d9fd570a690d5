import { own } from '@gatehouse/device-profiles';
import type {
  Args,
  HttpPushBinding,
  PushCodec,
  PushOutcome,
  ToldRequest,
} from '@gatehouse/device-profiles';
import type { Scalar } from '@gatehouse/protocols';
import type { Cancel, HeadAnswer, HeadRequest, SimClock, SimPorts } from '../ports.ts';
import { faultRates } from './faults.ts';
import type { LiveDevice } from './live-device.ts';
import type { DeviceEvent } from './machine.ts';
import type { Random } from './random.ts';
import { createTurns } from './turns.ts';

/** Once more with the same id, where no answer came: the gateway must take it for one scan. */
const attemptsMax = 2;
const againAfterMs = 200;
/** Over the time in which the gateway promises to answer. */
const waitBeyondMs = 1_000;
/** While nobody listens it tells its state this often, so that a new gateway knows it soon. */
const unheardEveryMs = 1_000;
/** What waits for its turn; more is lost, as in its small memory. */
const waitingMax = 16;
const slowMs = { least: 50, most: 450 } as const;
/** Of answers, that they are lost. */
const lossyAnswer = 0.1;

export type HeadTold =
  | { readonly ok: true; readonly outcome: PushOutcome; readonly args: Args }
  | {
      readonly ok: false;
      readonly why: 'not_connected' | 'cannot_tell' | 'gateway_refuses' | 'busy';
    };

/** A head on the network: it asks by HTTP and does what the answer says. */
export type PushHead = {
  /** The gateway has answered the last time. */
  readonly isConnected: () => boolean;
  /** Asks about an event, and acts on the answer. @param onSend runs as the request leaves */
  readonly tell: (event: DeviceEvent, onSend?: () => void) => Promise<HeadTold>;
  readonly stop: () => void;
};

export type PushHeadOptions = {
  readonly device: LiveDevice;
  readonly codec: PushCodec;
  readonly binding: HttpPushBinding;
  readonly asks: { readonly url: string; readonly secret: string };
  readonly clock: SimClock;
  readonly random: Random;
  readonly askHttp: SimPorts['askHttp'];
};

type Say = (
  message: string,
  event: DeviceEvent | undefined,
  onSend?: () => void,
) => Promise<HeadTold>;

const busy: HeadTold = { ok: false, why: 'busy' };

export const createPushHead = (options: PushHeadOptions): PushHead => {
  const { device, codec, clock } = options;
  const turns = createTurns(waitingMax);
  let id = clock.nowMs();
  let isConnected = false;
  let isStopped = false;
  const say: Say = async (message, event, onSend) => {
    const told = codec.peer.write(message, device.values(), event?.fields ?? {});
    if (told === undefined) return { ok: false, why: 'cannot_tell' };
    id += 1;
    const request = requestOf(options, told, id);
    onSend?.();
    const answer = await asked(options, request, () => isStopped);
    const wasConnected = isConnected;
    isConnected = answer !== undefined;
    if (wasConnected && !isConnected) state.lost();
    if (answer === undefined) return { ok: false, why: 'not_connected' };
    const read = codec.peer.readAnswer(answer);
    if (read === undefined) return { ok: false, why: 'gateway_refuses' };
    if (event !== undefined && read.outcome === 'granted') release(device, read.args);
    return { ok: true, ...read };
  };
  const tell: PushHead['tell'] = (event, onSend) => {
    const message = codec.peer.messageOf(event.event);
    if (message === undefined) return Promise.resolve({ ok: false, why: 'cannot_tell' });
    return turns(() => say(message, event, onSend), busy);
  };
  const state = createStateTeller(options, {
    isConnected: () => isConnected,
    say: (message) =>
      turns(() => (device.answers() ? say(message, undefined) : Promise.resolve(busy)), busy),
  });
  device.onEvent((event) => void tell(event));
  device.onChange(state.tell);
  state.tell();
  return {
    isConnected: () => isConnected,
    tell,
    stop: () => {
      isStopped = true;
      state.stop();
    },
  };
};

/** What it says of itself: when that changes, as its heartbeat, and while nobody hears it. */
const createStateTeller = (
  { codec, binding, clock }: PushHeadOptions,
  head: {
    readonly isConnected: () => boolean;
    readonly say: (message: string) => Promise<unknown>;
  },
) => {
  const messages = Object.keys(binding.messages).filter(
    (name) => binding.messages[name]?.emit === undefined,
  );
  let cancel: Cancel = () => undefined;
  let isTelling = false;
  let isAgain = false;
  let isStopped = false;
  const rest = (): void => {
    cancel();
    const unheardMs = head.isConnected() ? Infinity : unheardEveryMs;
    const everyMs = Math.min(codec.heartbeatMs ?? Infinity, unheardMs);
    if (!isStopped && everyMs < Infinity) cancel = clock.after(everyMs, tell);
  };
  const tell = (): void => {
    // What changes meanwhile is told afterwards, at once.
    isAgain = isTelling;
    if (isTelling || isStopped || messages.length === 0) return;
    isTelling = true;
    cancel();
    void Promise.all(messages.map(head.say)).then(() => {
      isTelling = false;
      if (isAgain) tell();
      else rest();
    });
  };
  return {
    tell,
    /** Nobody answered, to whatever it asked: its next heartbeat would come late. */
    lost: () => {
      if (!isTelling) rest();
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
};

/** The relay is its own: it ends the pulse by itself. */
const release = (device: LiveDevice, texts: Args): void => {
  const { commands = {} } = device.profile.model;
  const found = Object.entries(commands).find(([, { norm }]) => norm?.startsWith('door.open_'));
  if (found === undefined) return;
  const [command, { args: known = {} }] = found;
  const args = Object.fromEntries(
    Object.entries(texts).flatMap(([name, text]) => {
      const entry = own(known, name);
      if (entry === undefined || text === '') return [];
      const isNumber = entry.type === 'integer' || entry.type === 'number';
      return [[name, isNumber ? Number(text) : text] as const];
    }),
  );
  device.apply({ kind: 'command', command, args, isLast: true });
};

const requestOf = (
  { codec, binding, asks }: PushHeadOptions,
  told: ToldRequest,
  id: number,
): HeadRequest => {
  const { secret } = binding;
  const isQuery = binding.body === 'query';
  const isInText = secret.in === 'body' || (secret.in === 'query' && isQuery);
  const more: Record<string, Scalar> = binding.id === undefined ? {} : { [binding.id]: id };
  const text = told.text(isInText ? { ...more, [secret.name]: asks.secret } : more);
  const inQuery =
    secret.in === 'query' && !isQuery
      ? new URLSearchParams([[secret.name, asks.secret]]).toString()
      : '';
  const query = isQuery ? text : inQuery;
  return {
    method: told.method,
    url: query === '' ? asks.url : `${asks.url}?${query}`,
    headers: {
      ...(told.contentType === undefined ? {} : { 'content-type': told.contentType }),
      ...(secret.in === 'header' ? { [secret.name]: asks.secret } : {}),
    },
    body: isQuery ? undefined : text,
    withinMs: codec.answerWithinMs + waitBeyondMs,
  };
};

/** @returns undefined where no answer came */
const asked = async (
  options: PushHeadOptions,
  request: HeadRequest,
  isStopped: () => boolean,
): Promise<HeadAnswer | undefined> => {
  const { device, clock } = options;
  for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
    if (isStopped() || !device.answers()) return undefined;
    const answer = await askedOnce(options, request);
    if (answer !== undefined) return answer;
    if (attempt < attemptsMax) await waited(clock, againAfterMs);
  }
  return undefined;
};

const waited = (clock: SimClock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));

/** What a wire's faults are for a head that speaks TCP: late, broken off, or without an answer. */
const askedOnce = async (
  { device, clock, random, askHttp }: PushHeadOptions,
  request: HeadRequest,
): Promise<HeadAnswer | undefined> => {
  const faults = device.faults();
  if (faults.slow) await waited(clock, slowMs.least + random.below(slowMs.most - slowMs.least));
  const isCut = faults.truncated && random.next() < faultRates.truncated;
  const { body } = request;
  const cut = body?.slice(0, random.below(body.length));
  const answer = await askHttp(isCut ? { ...request, body: cut } : request).catch(() => undefined);
  return isCut || (faults.lossy && random.next() < lossyAnswer) ? undefined : answer;
};
