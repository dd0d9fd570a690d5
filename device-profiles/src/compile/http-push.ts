import type { CodecFault, Scalar, Value } from '@gatehouse/protocols';
import type { Args, Encoded, ReadFault, Reading, Values } from '../compiled.ts';
import type { HttpPushBinding, PushedMessage } from '../language/http-push.ts';
import type { Model } from '../language/model.ts';
import { entryAt, own, scalarType, splitPath, valueFault } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { filledArgs } from './arguments.ts';
import { compileAnswer } from './push-answer.ts';
import type { AnswerCodec, PushedAnswer, PushOutcome } from './push-answer.ts';
import { pushedFields } from './pushed-fields.ts';
import type { PushedFields } from './pushed-fields.ts';

export type PushedRequest = {
  /** Without the question mark. */
  readonly query: string;
  /** Empty where the query is all. */
  readonly body: string;
  readonly header: (name: string) => string | undefined;
};

export type PushRead =
  | {
      readonly ok: true;
      readonly message: string;
      readonly reading: Reading;
      /** What the device calls this request; undefined where it has no such field. */
      readonly id: string | undefined;
      /** It waits for granted or denied. */
      readonly isScan: boolean;
      /** False where a pass, a card or the secret of the device stands in it. */
      readonly isShown: boolean;
    }
  | { readonly ok: false; readonly fault: ReadFault };

/** An argument of a command that the answer carries. */
export type PushStep = { readonly kind: 'show' | 'open'; readonly args: Args };

export type CommandAnswer =
  | {
      readonly ok: true;
      readonly outcome: PushOutcome;
      readonly answer: PushedAnswer;
      readonly args: Args;
    }
  | Extract<Encoded<PushStep>, { readonly ok: false }>;

export type PushCodec = {
  readonly transport: 'http-push';
  readonly methods: readonly string[];
  /** What a body must be declared as, where it is declared at all. */
  readonly contentType: string | undefined;
  readonly answerWithinMs: number;
  readonly heartbeatMs: number | undefined;
  /** The model releases a door: only a command that does so makes an answer `granted`. */
  readonly opensDoor: boolean;
  /** Undefined where it carries none. */
  readonly secretIn: (request: PushedRequest) => string | undefined;
  readonly read: (request: PushedRequest) => PushRead;
  readonly encode: (command: string, args: Args) => Encoded<PushStep>;
  /** @param args of all commands that it carries */
  readonly answer: (outcome: PushOutcome, args: Args) => PushedAnswer;
  /** What it makes of a command alone: `granted` of one that opens, else `denied`. */
  readonly answerOf: (command: string, args: Args) => CommandAnswer;
  /** @param text of the body, or of the query where the head sends no body; without a secret */
  readonly requestOf: (text: string) => PushedRequest;
  /** The head, for simulators. */
  readonly peer: {
    /** @returns undefined where a value is missing */
    readonly write: (message: string, values: Values, event: Args) => ToldRequest | undefined;
    readonly messageOf: (event: string) => string | undefined;
    /** Undefined where the head does not understand the answer. */
    readonly readAnswer: (
      answer: Pick<PushedAnswer, 'status' | 'body'>,
    ) => { readonly outcome: PushOutcome; readonly args: Args } | undefined;
  };
};

/** One request as a head makes it; the secret and the id are added by `withFields`. */
export type ToldRequest = {
  readonly method: 'GET' | 'POST';
  readonly contentType: string | undefined;
  /** The body, or the query. @param more such as the id or the secret, by the device's names */
  readonly text: (more: Readonly<Record<string, Scalar>>) => string;
};

const kinds = {
  json: { methods: ['POST'], contentType: 'application/json' },
  form: { methods: ['POST'], contentType: 'application/x-www-form-urlencoded' },
  query: { methods: ['GET', 'POST'], contentType: undefined },
} as const;

export const compileHttpPush = (model: Model, binding: HttpPushBinding): PushCodec => {
  const { body, answerWithinMs, heartbeatMs } = binding;
  const answers = answersOf(binding);
  const commands = Object.values(model.commands ?? {});
  return {
    transport: 'http-push',
    ...kinds[body],
    answerWithinMs,
    heartbeatMs,
    opensDoor: commands.some(({ norm }) => kindOf(norm) === 'open'),
    secretIn: (request) => secretIn(binding, request),
    read: (request) => readRequest(model, binding, request),
    encode: (command, args) => encode(model, command, args),
    answer: (outcome, args) => answers[outcome].write(args),
    answerOf: (command, args) => {
      const encoded = encode(model, command, args);
      if (!encoded.ok) return encoded;
      const [step] = encoded.sends;
      const outcome = step?.kind === 'open' ? 'granted' : 'denied';
      const shown = step?.args ?? {};
      return { ok: true, outcome, answer: answers[outcome].write(shown), args: shown };
    },
    requestOf: (text) => ({
      query: body === 'query' ? text : '',
      body: body === 'query' ? '' : text,
      header: () => undefined,
    }),
    peer: {
      write: (message, values, event) => told(binding, message, values, event),
      messageOf: (event) =>
        Object.entries(binding.messages).find(([, { emit }]) => emit === event)?.[0],
      readAnswer: (answer) => {
        for (const outcome of ['granted', 'denied', 'accepted'] as const) {
          const args = answers[outcome].read(answer);
          if (args !== undefined) return { outcome, args };
        }
        return undefined;
      },
    },
  };
};

const nothing = { body: '' } as const;

const answersOf = ({ answers }: HttpPushBinding): Readonly<Record<PushOutcome, AnswerCodec>> => {
  const { contentType, granted, denied, accepted = nothing } = answers;
  return {
    granted: compileAnswer(contentType, granted),
    denied: compileAnswer(contentType, denied),
    accepted: compileAnswer(contentType, accepted),
  };
};

/** Which command an answer can carry. */
export const kindOf = (norm: string | undefined): PushStep['kind'] | undefined => {
  if (norm === 'reader.show') return 'show';
  return norm === 'door.open_entry' || norm === 'door.open_exit' ? 'open' : undefined;
};

const encode = (model: Model, command: string, args: Args): Encoded<PushStep> => {
  const entry = own(model.commands, command);
  const kind = kindOf(entry?.norm);
  if (entry === undefined || kind === undefined) {
    return { ok: false, fault: 'unknown_command', at: command };
  }
  const filled = filledArgs(entry.args, args);
  return filled.ok ? { ok: true, sends: [{ kind, args: filled.args }] } : filled;
};

const secretIn = (
  { secret, body }: HttpPushBinding,
  request: PushedRequest,
): string | undefined => {
  if (secret.in === 'header') return request.header(secret.name.toLowerCase());
  const kind = secret.in === 'query' ? 'query' : body;
  const value = fieldsOf(kind, request)?.get(secret.name);
  return typeof value === 'string' ? value : undefined;
};

const fieldsOf = (kind: HttpPushBinding['body'], request: PushedRequest) =>
  pushedFields[kind](kind === 'query' ? request.query : request.body);

const readRequest = (model: Model, binding: HttpPushBinding, request: PushedRequest): PushRead => {
  const fields = fieldsOf(binding.body, request);
  if (fields === undefined) return { ok: false, fault: 'bad_text' };
  let fault: ReadFault = 'unknown_message';
  for (const [name, message] of Object.entries(binding.messages)) {
    if (!isMeant(message, fields)) continue;
    const got = readFields(model, message, fields);
    if (!got.ok) {
      if (fault === 'unknown_message') fault = got.fault;
      continue;
    }
    const event = own(model.events, message.emit);
    const id = binding.id === undefined ? undefined : fields.get(binding.id);
    return {
      ok: true,
      message: name,
      reading: got.reading,
      id: id === undefined ? undefined : String(id),
      isScan: event?.norm?.startsWith('access.') === true,
      isShown: event?.secret !== true && binding.secret.in === 'header',
    };
  }
  return { ok: false, fault };
};

const isMeant = ({ when }: PushedMessage, fields: PushedFields): boolean =>
  Object.entries(when ?? {}).every(([name, value]) => String(fields.get(name)) === String(value));

type ReadFields =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly fault: CodecFault };

const readFields = (model: Model, message: PushedMessage, fields: PushedFields): ReadFields => {
  const values: Record<string, Value> = {};
  const event: Record<string, Value> = {};
  for (const [name, path] of Object.entries(message.fields ?? {})) {
    const raw = fields.get(name);
    if (raw === undefined) return { ok: false, fault: 'too_short' };
    const entry = entryAt(model, path, { event: message.emit });
    if (entry === undefined) return { ok: false, fault: 'unknown_value' };
    const value = valueOf(entry, raw);
    if (value === undefined) return { ok: false, fault: 'bad_text' };
    if (valueFault(entry, value) !== undefined) {
      const isEnum = scalarType(entry) === 'enum';
      return { ok: false, fault: isEnum ? 'unknown_value' : 'out_of_range' };
    }
    const { part, name: last } = splitPath(path);
    if (part === 'event') event[last] = value;
    else values[path] = value;
  }
  const { emit } = message;
  const events = emit === undefined ? [] : [{ event: emit, fields: event }];
  return { ok: true, reading: { values, events } };
};

const decimal = /^[+-]?[0-9]{1,15}(\.[0-9]{1,9})?$/;
const control = /[\u0000-\u001f\u007f-\u009f]/;
const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** Undefined where it can be no value of this type. */
const valueOf = (entry: ValueEntry, raw: Scalar): Value | undefined => {
  if (raw === null || entry.type === 'list') return undefined;
  // Of a text only the end of its line goes: a pass may begin or end with a space.
  const text = String(raw).replace(/\r?\n$|\r$/, '');
  const type = scalarType(entry);
  if (type === 'boolean') return Object.hasOwn(booleans, text) ? booleans[text] : undefined;
  if (type === 'number' || type === 'integer') return decimal.test(text) ? Number(text) : undefined;
  return control.test(text) || !text.isWellFormed() ? undefined : text;
};

const told = (
  { body, messages }: HttpPushBinding,
  name: string,
  values: Values,
  event: Args,
): ToldRequest | undefined => {
  const message = own(messages, name);
  if (message === undefined) return undefined;
  const fields: Record<string, Scalar> = { ...message.when };
  for (const [field, path] of Object.entries(message.fields ?? {})) {
    const { part, name: last } = splitPath(path);
    const value = part === 'event' ? own(event, last) : own(values, path);
    if (value === undefined || typeof value === 'object') return undefined;
    fields[field] = value;
  }
  return {
    method: body === 'query' ? 'GET' : 'POST',
    contentType: kinds[body].contentType,
    text: (more) => {
      const all = { ...fields, ...more };
      return body === 'json' ? JSON.stringify(nested(all)) : formText(all);
    },
  };
};

const formText = (fields: Readonly<Record<string, Scalar>>): string =>
  new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();

/** `data.code` leads into an object. */
const nested = (fields: Readonly<Record<string, Scalar>>): object => {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const keys = path.split('.');
    const last = keys.pop() ?? path;
    let at = root;
    for (const key of keys) {
      // Two fields may lead into one object; nothing but objects was put there.
      const next: Record<string, unknown> = { ...(at[key] as object | undefined) };
      at[key] = next;
      at = next;
    }
    at[last] = value;
  }
  return root;
};
