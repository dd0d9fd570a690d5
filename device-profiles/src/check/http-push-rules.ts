import { textFault } from '@gatehouse/protocols';
import { kindOf } from '../compile/http-push.ts';
import { compileAnswer, shownBy } from '../compile/push-answer.ts';
import type { HttpPushBinding, PushedMessage } from '../language/http-push.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { listed, unknownName } from './complaint.ts';
import type { Complaint } from './complaint.ts';

type At = readonly (string | number)[];

/** What holds of requests and answers beyond what holds of every wire. */
export const httpPushRule = (profile: DeviceProfile): readonly Complaint[] =>
  Object.entries(profile.bindings).flatMap(([name, binding]) =>
    binding.transport === 'http-push'
      ? [
          ...answerFaults(['bindings', name, 'answers'], profile, binding),
          ...commandFaults(profile),
          ...shadowFaults(['bindings', name, 'messages'], binding),
          ...secretFaults(['bindings', name, 'secret'], binding),
        ]
      : [],
  );

const answerFaults = (
  at: At,
  { model }: DeviceProfile,
  { answers }: HttpPushBinding,
): readonly Complaint[] => {
  const { contentType, ...templates } = answers;
  const broken = Object.entries(templates).flatMap(([outcome, { body }]) => {
    const fault = body === '' ? undefined : textFault(body);
    return fault === undefined ? [] : [{ at: [...at, outcome, 'body'], message: fault }];
  });
  if (broken.length > 0) return broken;
  const known = Object.values(model.commands ?? {})
    .filter(({ norm }) => kindOf(norm) !== undefined)
    .flatMap(({ args }) => Object.keys(args ?? {}));
  const strange = shownBy(answers).filter((name) => !known.includes(name));
  const granted = compileAnswer(contentType, answers.granted);
  const denied = compileAnswer(contentType, answers.denied);
  return [
    ...strange.map((name) => ({ at, message: `{args.${name}} ${unknownName(name, known)}` })),
    ...(granted.read(denied.write({})) === undefined && denied.read(granted.write({})) === undefined
      ? []
      : [{ at, message: 'granted and denied look alike: give them another status or text' }]),
  ];
};

const commandFaults = ({ model }: DeviceProfile): readonly Complaint[] => {
  const norms = Object.values(model.commands ?? {}).map(({ norm }) => norm);
  const at = ['model', 'commands'];
  if (!norms.includes('reader.show')) {
    const message = 'needs one with norm reader.show: without it a denial waits answerWithinMs';
    return [{ at, message }];
  }
  const twice = Object.entries(model.commands ?? {})
    .filter(([, { norm }]) => kindOf(norm) === 'open')
    .flatMap(([, { args }]) => Object.keys(args ?? {}))
    .filter((arg) => showArgs(model).includes(arg));
  return twice.length === 0
    ? []
    : [{ at, message: `one answer carries both, and both have ${listed(twice)}: rename one` }];
};

const showArgs = (model: DeviceProfile['model']): readonly string[] =>
  Object.values(model.commands ?? {})
    .filter(({ norm }) => norm === 'reader.show')
    .flatMap(({ args }) => Object.keys(args ?? {}));

/** A message that an earlier one always takes away. */
const shadowFaults = (at: At, { messages }: HttpPushBinding): readonly Complaint[] => {
  const all = Object.entries(messages);
  return all.flatMap(([name, message], index) => {
    const taker = all.slice(0, index).find(([, earlier]) => takes(earlier, message));
    if (taker === undefined) return [];
    return [{ at: [...at, name], message: `never comes: ${taker[0]} takes it first; move it up` }];
  });
};

const takes = (earlier: PushedMessage, later: PushedMessage): boolean => {
  const names = Object.keys(later.fields ?? {});
  return (
    Object.keys(earlier.fields ?? {}).every((name) => names.includes(name)) &&
    Object.entries(earlier.when ?? {}).every(
      ([name, value]) => String(later.when?.[name]) === String(value),
    )
  );
};

const secretFaults = (at: At, { secret, body }: HttpPushBinding): readonly Complaint[] => {
  if (secret.in === 'header') {
    return /[._]/.test(secret.name)
      ? [{ at: [...at, 'name'], message: 'is no name of a header: letters, digits and -' }]
      : [];
  }
  return secret.in === 'body' && body === 'query'
    ? [{ at: [...at, 'in'], message: 'must be query or header: this head sends no body' }]
    : [];
};
