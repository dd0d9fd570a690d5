import { plainWires } from '../check/plain-wires.ts';
import { usesOf } from '../check/field-uses.ts';
import { readRequest, rtuFrame, writeRequest } from '@gatehouse/protocols';
import { mbapFrame } from '../capture/modbus-frames.ts';
import type { ModbusMode } from '../capture/listener.ts';
import { statementsOf } from '../capture/meaning.ts';
import type { Args, ModbusCodec, PlainCodec } from '../compiled.ts';
import { sampleArgs } from '../diff/sample-frames.ts';
import type { CommandEntry } from '../language/model.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { own, splitPath } from '../language/values.ts';
import type { Conversation, Said } from './conversation.ts';
import { fail, judged, notTested, pass } from './certificate.ts';
import type { Check } from './certificate.ts';

export type Unit = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly codec: PlainCodec;
  readonly mode: ModbusMode;
  /** Of Modbus; that of the profile where left out. */
  readonly unit?: number | undefined;
  readonly talk: Conversation;
  readonly nowMs: () => number;
};

/** A question that changes nothing, and what answers it. */
type Question = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly isAnswer: (said: Said) => boolean;
};

const triesMax = 3;
/** A payment may take two minutes: so long nobody waits here. */
const confirmWaitMsMax = 10_000;
/** On top of the device's own time: a busy machine, a network. */
const lagMs = 100;

const framed = (unit: Unit, codec: ModbusCodec, pdu: Uint8Array): Uint8Array => {
  const at = unit.unit ?? codec.unit;
  return unit.mode === 'tcp' ? mbapFrame(1, at, pdu) : rtuFrame(at, pdu);
};

const questionsOf = (unit: Unit): readonly Question[] => {
  const { codec } = unit;
  if (codec.transport === 'serial') {
    return codec.polls.map(({ bytes, reply }, index) => ({
      name: `poll ${index} (${reply ?? 'no reply'})`,
      bytes,
      isAnswer: ({ meaning }) => meaning.replyAs === reply,
    }));
  }
  return codec.reads.flatMap(({ table, address, count }) => {
    const pdu = readRequest(table, address, count);
    if (pdu === undefined) return [];
    return [
      {
        name: `read ${table} ${address} +${count}`,
        bytes: framed(unit, codec, pdu),
        isAnswer: ({ meaning }: Said) => meaning.message === `${table} ${address} +${count}`,
      },
    ];
  });
};

const asked = async (
  { talk, codec }: Unit,
  { bytes, isAnswer }: Question,
): Promise<{ readonly said: Said | undefined; readonly tries: number }> => {
  const isAny = (said: Said): boolean => isAnswer(said) || said.meaning.refused !== undefined;
  for (let tries = 1; tries <= triesMax; tries += 1) {
    const said = await talk.ask(bytes, isAny, codec.replyTimeoutMs + lagMs);
    if (said !== undefined || talk.isGone()) return { said, tries };
  }
  return { said: undefined, tries: triesMax };
};

/** Everything that the gateway asks again and again. */
export const pollChecks = async (unit: Unit): Promise<readonly Check[]> => {
  const questions = questionsOf(unit);
  if (questions.length === 0) {
    return [notTested('polls', 'the profile has none: the device only speaks by itself')];
  }
  const checks: Check[] = [];
  for (const question of questions) {
    const { said, tries } = await asked(unit, question);
    checks.push(pollCheck(question.name, said, tries));
  }
  return checks;
};

const pollCheck = (name: string, said: Said | undefined, tries: number): Check => {
  if (said === undefined) return fail(name, `no answer in ${tries} tries`);
  const { meaning } = said;
  const problem = meaning.refused ?? meaning.faults[0];
  if (problem !== undefined) return fail(name, problem);
  const values = [...statementsOf(meaning)]
    .filter(([path]) => meaning.isShown || !path.startsWith('event.'))
    .map(([path, text]) => `${path} = ${text}`);
  const again = tries === 1 ? '' : ` at try ${tries}`;
  return pass(name, `${values.length === 0 ? 'answered' : values.join(', ')}${again}`);
};

/** The fingerprint by which the unit would be recognised. */
export const identifyCheck = ({ profile, binding, talk }: Unit): Check => {
  const prints = (profile.identify ?? []).filter((one) => one.binding === binding);
  const [print] = prints.filter(({ answersVector }) => answersVector !== undefined);
  const vector =
    print?.answersVector === undefined ? undefined : profile.vectors[print.answersVector];
  if (vector === undefined || !('out' in vector) || vector.out === undefined) {
    return notTested('identity', 'no answer of the device is named as its fingerprint');
  }
  const paths = [
    ...Object.keys(vector.out.state ?? {}).map((name) => `state.${name}`),
    ...Object.keys(vector.out.telemetry ?? {}).map((name) => `telemetry.${name}`),
  ];
  const said = talk.heard.some(({ meaning }) =>
    paths.every((path) => Object.hasOwn(meaning.values, path)),
  );
  if (!said) return fail('identity', `nothing like vector ${print?.answersVector ?? ''} came`);
  return pass('identity', `answers as in vector ${print?.answersVector ?? ''}`);
};

/** What came and could not be read. */
export const faultCheck = ({ talk }: Unit): Check => {
  const faults = [...talk.faults].map(([fault, count]) => `${fault} ${count}`);
  const wrong = faults.length === 0 ? 'none wrong' : faults.join(', ');
  const detail = `${talk.heard.length} frames heard, ${wrong}`;
  if (talk.isGone()) return fail('line', `it went away; ${detail}`);
  if (talk.heard.length === 0 && faults.length === 0) return notTested('line', 'nothing was heard');
  return judged('line', faults.length === 0, detail);
};

/** All that this wire can tell: `state.lock`, `event.card.uid`. */
const reachableOf = ({ profile, binding }: Unit): readonly string[] => [
  ...new Set(
    usesOf(plainWires(profile))
      .filter(({ at, from }) => at[1] === binding && from === 'device')
      .flatMap(({ path, scope }) => {
        if (path === undefined || path.startsWith('params.')) return [];
        const { part, name } = splitPath(path);
        return [part === 'event' ? `event.${scope.event ?? ''}.${name}` : path];
      }),
  ),
];

/** Every value and event that this wire can tell, and those that came. */
export const valueCheck = (unit: Unit): Check => {
  const reachable = reachableOf(unit);
  const seen = new Set(unit.talk.heard.flatMap(({ meaning }) => [...statementsOf(meaning).keys()]));
  const missing = reachable.filter((path) => !seen.has(path));
  const detail = `${reachable.length - missing.length} of ${reachable.length} values came`;
  if (missing.length === 0) return pass('values', detail);
  return notTested('values', `${detail}; not seen: ${missing.join(', ')}`);
};

/** Sends one command and waits for the device's own word that it worked. */
export const commandCheck = async (unit: Unit, command: string): Promise<Check> => {
  const name = `command ${command}`;
  const { profile, codec, talk } = unit;
  const entry = own(profile.model.commands, command);
  const args = sampleArgs(profile, command).find((given) => codec.encode(command, given).ok);
  if (entry === undefined || args === undefined) return fail(name, 'cannot be sent');
  const from = talk.heard.length;
  const refused = await sendAll(unit, command, args);
  if (refused !== undefined) return fail(name, refused);
  const { confirmBy } = entry;
  if (confirmBy === undefined) return pass(name, 'sent; the device has no word for "done"');
  return confirmBy.reply === true ? pass(name, 'answered') : confirmed(unit, name, confirmBy, from);
};

/** @returns why it stopped; undefined: all is sent, and answered where an answer was due */
const sendAll = async (unit: Unit, command: string, args: Args): Promise<string | undefined> => {
  const { codec, talk } = unit;
  const confirm = own(unit.profile.model.commands, command)?.confirmBy;
  // What answers a payment comes when it is paid.
  const patienceMs = confirm?.state === undefined ? (confirm?.withinMs ?? 0) : 0;
  const waitMs = Math.max(codec.replyTimeoutMs, Math.min(patienceMs, confirmWaitMsMax)) + lagMs;
  if (codec.transport === 'serial') {
    const encoded = codec.encode(command, args);
    for (const { bytes, reply } of encoded.ok ? encoded.sends : []) {
      const isAnswer = ({ meaning }: Said): boolean =>
        meaning.replyAs === reply || meaning.refused !== undefined;
      const said = await talk.ask(bytes, isAnswer, reply === undefined ? lagMs : waitMs);
      if (reply !== undefined && said === undefined) return `no ${reply} came`;
      if (reply !== undefined && said?.meaning.refused !== undefined) return said.meaning.refused;
    }
    return undefined;
  }
  const encoded = codec.encode(command, args);
  for (const { table, address, values, multiple, rawCoil, unanswered } of encoded.ok
    ? encoded.sends
    : []) {
    const raw = rawCoil === undefined ? {} : { rawCoil };
    const pdu = writeRequest({ area: table, address, values, multiple, ...raw });
    if (pdu === undefined) return 'is no request of Modbus';
    const said = await talk.ask(framed(unit, codec, pdu), () => true, unanswered ? lagMs : waitMs);
    if (unanswered) continue;
    const problem =
      said === undefined ? 'no answer' : (said.meaning.refused ?? said.meaning.faults[0]);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

type ConfirmBy = NonNullable<CommandEntry['confirmBy']>;

const betweenMs = 50;
const never = (): boolean => false;

const confirmed = async (
  unit: Unit,
  name: string,
  { state, equals, event, withinMs }: ConfirmBy,
  from: number,
): Promise<Check> => {
  const { talk, nowMs, codec } = unit;
  const path = state === undefined ? `event.${event ?? ''}` : `state.${state}`;
  const says = ({ meaning }: Said): boolean =>
    state === undefined
      ? meaning.events.some((one) => one.event === event)
      : own(meaning.values, path) === equals;
  const isDone = (): boolean => talk.heard.slice(from).some(says);
  const questions = state === undefined ? [] : questionsOf(unit);
  const untilMs = nowMs() + Math.min(withinMs, confirmWaitMsMax) + lagMs;
  while (!isDone() && nowMs() < untilMs && !talk.isGone()) {
    for (const { bytes, isAnswer } of questions) {
      if (isDone()) break;
      await talk.ask(bytes, (said) => says(said) || isAnswer(said), codec.replyTimeoutMs + lagMs);
    }
    if (!isDone()) await talk.ask(undefined, says, questions.length === 0 ? lagMs : betweenMs);
  }
  if (isDone()) return pass(name, `${path} says so`);
  const missing = `${path} does not say ${String(equals ?? 'it')}`;
  return withinMs > confirmWaitMsMax
    ? notTested(name, `${missing} in ${confirmWaitMsMax} ms; the device has ${withinMs} ms`)
    : fail(name, `${missing} in ${withinMs} ms`);
};

/** Listens to what the device says by itself. */
export const listen = async ({ talk }: Unit, forMs: number): Promise<void> => {
  await talk.ask(undefined, never, forMs);
};
