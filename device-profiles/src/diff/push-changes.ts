import { differencesOf, pushMeaningOf } from '../capture/meaning.ts';
import { plainWires } from '../check/plain-wires.ts';
import type { PushCodec } from '../compile/http-push.ts';
import { isSession } from '../check/vector-rules.ts';
import type { HttpPushBinding } from '../language/http-push.ts';
import { isSecretArg } from '../language/secrets.ts';
import { own } from '../language/values.ts';
import { change, isSame, pairs } from './change.ts';
import type { Change } from './change.ts';
import { sentText } from './command-changes.ts';
import { keyChanges } from './key-changes.ts';
import { leafChanges, leafText } from './leaf-changes.ts';
import { differenceText } from './message-changes.ts';
import { sampleArgs, sampleValues } from './sample-frames.ts';
import type { Two } from './two.ts';

/** What heads that are installed would send in vain, or be answered otherwise. */
export const pushChanges = (two: Two<HttpPushBinding, PushCodec>): readonly Change[] => {
  const path = `bindings.${two.name}`;
  const [a, b] = two.bindings;
  return [
    ...keyChanges(path, a, b, {
      body: 'major',
      secret: 'major',
      id: 'minor',
      answerWithinMs: 'minor',
      heartbeatMs: 'minor',
    }),
    ...orderChange(`${path}.messages`, a, b),
    ...messageChanges(two),
    ...answerChanges(two),
  ];
};

/** The first that fits takes a request: another order is another language. */
const orderChange = (path: string, a: HttpPushBinding, b: HttpPushBinding): readonly Change[] => {
  const [before, after] = [Object.keys(a.messages), Object.keys(b.messages)];
  const kept = before.filter((name) => after.includes(name));
  const now = after.filter((name) => before.includes(name));
  return isSame(kept, now) ? [] : [change('major', path, `${kept.join()} → ${now.join()}`)];
};

const messageChanges = (two: Two<HttpPushBinding, PushCodec>): readonly Change[] =>
  pairs(two.bindings[0].messages, two.bindings[1].messages).flatMap(
    ({ name, a: before, b: after }) => {
      const path = `bindings.${two.name}.messages.${name}`;
      if (after === undefined) return [change('major', path, 'is gone')];
      if (before === undefined) return [change('minor', path, 'is new')];
      const leaves = leafChanges('', before, after);
      return leaves.length === 0 ? [] : [judged(two, path, name, leafText(leaves))];
    },
  );

/** Requests decide: those of the first version are read by both. */
const judged = (
  two: Two<HttpPushBinding, PushCodec>,
  path: string,
  message: string,
  words: string,
): Change => {
  const [a, b] = two.codecs;
  const requests = requestsOf(two, message).filter(
    (text) => pushMeaningOf(a, text).message === message,
  );
  if (requests.length === 0) {
    return change('major', path, `${words}; no request shows what it does`);
  }
  const differences = requests.flatMap((text) =>
    differencesOf(pushMeaningOf(a, text), pushMeaningOf(b, text)),
  );
  const broken = differences.find(({ before }) => before !== undefined) ?? differences[0];
  if (broken === undefined) {
    return change('patch', path, `${words}; ${requests.length} requests read the same`);
  }
  const level = broken.before === undefined && broken.path !== 'fault' ? 'minor' : 'major';
  return change(level, path, `${words}; ${differenceText(broken)}`);
};

const requestsOf = (
  { name, profiles: [profile], codecs: [codec] }: Two<HttpPushBinding, PushCodec>,
  message: string,
): readonly string[] => [
  ...sampleValues(plainWires(profile), { binding: name, message }).flatMap(({ values, event }) => {
    const told = codec.peer.write(message, values, event);
    return told === undefined ? [] : [told.text({})];
  }),
  ...profile.vectors.flatMap((vector) =>
    isSession(vector) || vector.binding !== name ? [] : (vector.inText ?? []),
  ),
];

/** What the head understands: by the answers as they leave, not by how they are written down. */
const answerChanges = (two: Two<HttpPushBinding, PushCodec>): readonly Change[] => {
  const path = `bindings.${two.name}.answers`;
  const [before, after] = two.bindings.map(({ answers }) => answers);
  const leaves = leafChanges('', before, after);
  if (leaves.length === 0) return [];
  const other = otherAnswer(two);
  return [
    other === undefined
      ? change('patch', path, `${leafText(leaves)}; answers the same`)
      : change('major', path, other),
  ];
};

const otherAnswer = ({
  profiles: [profile],
  codecs: [a, b],
}: Two<HttpPushBinding, PushCodec>): string | undefined => {
  const [first, second] = [a, b].map((codec) => codec.answer('accepted', {}));
  if (!isSame(first, second)) return `accepted: ${first?.body ?? ''} → ${second?.body ?? ''}`;
  for (const command of Object.keys(profile.model.commands ?? {})) {
    for (const args of sampleArgs(profile, command)) {
      const [before, now] = [a, b].map((codec) => sentText(codec, command, args));
      if (before === undefined || before === now) continue;
      const names = Object.keys(own(profile.model.commands, command)?.args ?? {});
      if (names.some(isSecretArg)) return `${command} is answered otherwise`;
      return `${command} ${JSON.stringify(args)}: ${before} → ${now ?? 'refused'}`;
    }
  }
  return undefined;
};
