import { fieldsFault, framingFault, textFault } from '@gatehouse/protocols';
import type { PlainField } from '@gatehouse/protocols';
import { createWire, framingsOf } from '../compile/wire.ts';
import type { SerialBinding } from '../language/bindings.ts';
import type { Complaint, Rule } from './complaint.ts';

type At = readonly (string | number)[];

/** A register, as a field of its own. */
export const fieldFaults = (at: At, field: PlainField): readonly Complaint[] => {
  const fault = fieldsFault([field]);
  // Its place in a list of one says nothing, what follows names the key.
  return fault === undefined ? [] : [{ at: [...at, ...fault.at.slice(1)], message: fault.message }];
};

/** What is wrong with the fields or the text of each message. */
export const fieldRule: Rule = ({ bindings }) =>
  Object.entries(bindings).flatMap(([name, binding]) =>
    binding.transport === 'serial' && isSound(binding.framing) && isSound(binding.sends)
      ? serialFaults(['bindings', name], binding)
      : [],
  );

const isSound = (framing: SerialBinding['framing'] | undefined): boolean =>
  framing === undefined || framingsOf(framing).every((one) => framingFault(one) === undefined);

const serialFaults = (at: At, binding: SerialBinding): readonly Complaint[] => {
  const receives = createWire(binding.framing);
  const sends = createWire(binding.sends ?? binding.framing);
  const contents = [
    ...Object.entries(binding.messages ?? {}).map(([name, content]) => ({
      place: ['messages', name],
      wire: receives,
      content,
    })),
    ...Object.entries(binding.commands ?? {}).flatMap(([name, sendings]) =>
      sendings.map((content, step) => ({ place: ['commands', name, step], wire: sends, content })),
    ),
    ...(binding.polls ?? []).map((content, index) => ({
      place: ['polls', index],
      wire: sends,
      content,
    })),
  ];
  return contents.flatMap(({ place, wire, content }): readonly Complaint[] => {
    const inText = content.text === undefined ? undefined : textFault(content.text);
    if (inText !== undefined) return [{ at: [...at, ...place, 'text'], message: inText }];
    const { fields } = content;
    if (fields === undefined) return [];
    const frame = 'frame' in content ? content.frame : undefined;
    const geometry = wire.geometry({ frame: frame ?? 0, fields });
    const fault = fieldsFault(fields, { geometry });
    return fault === undefined
      ? []
      : [{ at: [...at, ...place, 'fields', ...fault.at], message: fault.message }];
  });
};
