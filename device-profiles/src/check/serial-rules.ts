import { framingFault } from '@gatehouse/protocols';
import type { Message, Sending, SerialBinding } from '../language/bindings.ts';
import type { PlainProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import { contentFields } from '../compile/content.ts';
import { framingsOf, startOf } from '../compile/wire.ts';
import { listed, unknownName } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';
import { wordOf } from './model-rules.ts';

type At = readonly (string | number)[];

/** Framing and messages of each serial binding. */
export const serialRule: Rule = (profile) =>
  Object.entries(profile.bindings).flatMap(([name, binding]) =>
    binding.transport === 'serial' ? bindingFaults(profile, ['bindings', name], binding) : [],
  );

const bindingFaults = (
  profile: PlainProfile,
  at: At,
  binding: SerialBinding,
): readonly Complaint[] => {
  const { messages, commands, polls } = binding;
  const names = Object.keys(messages ?? {});
  const known = Object.keys(profile.model.commands ?? {});
  return [
    ...framingsFaults([...at, 'framing'], binding.framing),
    ...(binding.sends === undefined ? [] : framingsFaults([...at, 'sends'], binding.sends)),
    ...Object.entries(messages ?? {}).flatMap(([message, content]) =>
      messageFaults(profile, [...at, 'messages', message], binding, content),
    ),
    ...Object.entries(commands ?? {}).flatMap(([command, sendings]) => {
      const place = [...at, 'commands', command];
      if (!known.includes(command)) return [{ at: place, message: unknownName(command, known) }];
      return sendings.flatMap((content, i) =>
        sendingFaults([...place, i], binding, content, names),
      );
    }),
    ...(polls ?? []).flatMap((content, i) =>
      sendingFaults([...at, 'polls', i], binding, content, names),
    ),
  ];
};

/** Several framings on one line are told apart by the first byte of a frame. */
const framingsFaults = (at: At, framing: SerialBinding['framing']): readonly Complaint[] => {
  const all = framingsOf(framing);
  const place = (index: number): At => (Array.isArray(framing) ? [...at, index] : at);
  const found = all.flatMap((one, index): readonly Complaint[] => {
    const message = framingFault(one);
    return message === undefined ? [] : [{ at: place(index), message }];
  });
  if (all.length < 2) return found;
  const starts = all.map(startOf);
  return [
    ...found,
    ...starts.flatMap((start, index): readonly Complaint[] => {
      if (start === undefined && index < all.length - 1) {
        const message = 'needs a start: among several only the last may begin with any byte';
        return [{ at: place(index), message }];
      }
      const other = starts.indexOf(start);
      return other === index
        ? []
        : [{ at: place(index), message: `begins with the same byte as framing ${other}` }];
    }),
  ];
};

type Content = Pick<Message, 'fields' | 'text' | 'frame'>;

const contentFaults = (
  at: At,
  framings: SerialBinding['framing'],
  content: Content,
): readonly Complaint[] => {
  const { fields, text, frame = 0 } = content;
  const framing = framingsOf(framings)[frame];
  if (framing === undefined) {
    return [{ at: [...at, 'frame'], message: 'is unknown: there are fewer framings' }];
  }
  if ((fields === undefined) === (text === undefined)) {
    return [{ at, message: 'needs exactly one of fields and text' }];
  }
  if (text !== undefined && framing.kind !== 'lines') {
    return [{ at: [...at, 'text'], message: 'belongs to framing: { kind: lines }: use fields' }];
  }
  return [];
};

const messageFaults = (
  { model }: PlainProfile,
  at: At,
  binding: SerialBinding,
  message: Message,
): readonly Complaint[] => {
  const { emit, refuses, countsAs } = message;
  const known = Object.keys(binding.messages ?? {});
  const found: Complaint[] = [...contentFaults(at, binding.framing, message)];
  if (countsAs !== undefined && !known.includes(countsAs)) {
    found.push({ at: [...at, 'countsAs'], message: unknownName(countsAs, known) });
  }
  const event = own(model.events, emit);
  if (emit !== undefined && event === undefined) {
    const events = Object.keys(model.events ?? {});
    found.push({ at: [...at, 'emit'], message: unknownName(emit, events) });
  }
  if (emit !== undefined && refuses !== undefined) {
    found.push({ at: [...at, 'refuses'], message: 'stands beside emit: a refusal is no event' });
  }
  const carried = contentFields(model, message, { event: emit }).flatMap(pathsIn);
  const lacks = (wordOf(event?.norm)?.fields ?? []).filter(
    (field) => !carried.includes(`event.${field}`),
  );
  if (lacks.length > 0) {
    found.push({ at, message: `emits ${emit} without its field ${listed(lacks)}` });
  }
  return found;
};

const pathsIn = (field: ReturnType<typeof contentFields>[number]): readonly string[] => {
  if ('repeat' in field) return field.repeat.fields.flatMap(pathsIn);
  if ('tlv' in field) return Object.values(field.tlv.items).flat().flatMap(pathsIn);
  return field.value === undefined ? [] : [field.value];
};

const sendingFaults = (
  at: At,
  binding: SerialBinding,
  content: Sending,
  messages: readonly string[],
): readonly Complaint[] => {
  const { reply } = content;
  const found = contentFaults(at, binding.sends ?? binding.framing, content);
  if (reply === undefined || messages.includes(reply)) return found;
  return [...found, { at: [...at, 'reply'], message: unknownName(reply, messages) }];
};
