import type { PushCodec } from '../compile/http-push.ts';
import type { Args } from '../compiled.ts';
import type { Outcome, Vector } from '../language/vectors.ts';
import { failure, hit, outcomeText, success, valueHits } from './report.ts';
import type { Run } from './report.ts';

/**
 * `inText` is the body, or the query of a head that sends none; `txText` is the answer that the
 * command makes: `granted` for one that opens, else `denied`.
 */
export const runPush = (codec: PushCodec, vector: Vector): Run => {
  const { inText, command } = vector;
  if (command !== undefined) return runAnswer(codec, command, vector);
  return inText === undefined ? failure('inText', 'none') : runRequest(codec, vector);
};

const runRequest = (codec: PushCodec, vector: Vector): Run => {
  const { inText = '', error, out } = vector;
  const got = codec.read(codec.requestOf(inText));
  const expected = error === undefined ? outcomeText(out) : `error ${error}`;
  if (!got.ok) {
    const actual = `error ${got.fault}`;
    return actual === expected ? success([hit.error(got.fault)]) : failure(expected, actual);
  }
  const { message, reading } = got;
  const said = outcomeText(outcomeOf(reading));
  if (said !== expected) return failure(expected, said);
  // The head writes what was read, and it is read as the same.
  const [event] = reading.events;
  const told = codec.peer.write(message, reading.values, event?.fields ?? {});
  const again = codec.read(codec.requestOf(told?.text({}) ?? ''));
  const back = again.ok ? outcomeText(outcomeOf(again.reading)) : `error ${again.fault}`;
  if (back !== expected) return failure(`written back: ${expected}`, back);
  const fields: Record<string, Args[string]> = {};
  for (const [name, value] of Object.entries(event?.fields ?? {})) fields[`event.${name}`] = value;
  const owner = `messages.${message}`;
  return success([hit.message(message), ...valueHits(owner, { ...reading.values, ...fields })]);
};

type Reading = Extract<ReturnType<PushCodec['read']>, { ok: true }>['reading'];

const outcomeOf = ({ values, events }: Reading): Outcome => {
  const part = (name: string) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([path]) => path.startsWith(`${name}.`))
        .map(([path, value]) => [path.slice(name.length + 1), value]),
    );
  const event = Object.fromEntries(events.map((one) => [one.event, one.fields]));
  // The schema's lists are mutable and ours are not; nobody writes into either.
  return { state: part('state'), telemetry: part('telemetry'), event } as Outcome;
};

const runAnswer = (codec: PushCodec, command: string, vector: Vector): Run => {
  const { args = {}, error, txText } = vector;
  const told = codec.answerOf(command, args);
  const expected = error === undefined ? [txText ?? ''].flat().join(' | ') : `error ${error}`;
  if (!told.ok) {
    const actual = `error ${told.fault}`;
    return actual === expected ? success([hit.error(told.fault)]) : failure(expected, actual);
  }
  const { answer, outcome, args: shown } = told;
  if (answer.body !== expected) return failure(expected, answer.body);
  const understood = codec.peer.readAnswer(answer);
  if (understood?.outcome !== outcome) {
    return failure(`the head understands ${outcome}`, understood?.outcome ?? 'nothing');
  }
  const carried: Record<string, Args[string]> = {};
  for (const [name, value] of Object.entries(shown)) {
    if (understood.args[name] !== undefined) carried[`args.${name}`] = value;
  }
  return success([hit.command(command), ...valueHits(`commands.${command}`, carried)]);
};
