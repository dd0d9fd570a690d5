import type { PlainProfile } from '../language/profile.ts';
import { entryAt, enumValues, own, scalarType } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { listed } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';
import { usesOf } from './field-uses.ts';
import type { FieldUse } from './field-uses.ts';
import { pathFault } from './value-rules.ts';

const partsBy: Readonly<Record<FieldUse['owner']['kind'], readonly string[]>> = {
  message: ['state', 'telemetry', 'event', 'params'],
  command: ['args', 'params'],
  poll: ['params'],
  register: ['state', 'telemetry'],
};

/** Every path exists, and what the wire says can be a value of it. */
export const fieldPathRule: Rule = (profile) =>
  usesOf(profile).flatMap((use) => {
    if (use.path === undefined || !isKnown(profile, use)) return [];
    const fault = pathFault(profile.model, use.path, partsBy[use.owner.kind], use.scope);
    if (fault !== undefined) {
      const at = use.at.at(-1) === 'text' ? use.at : [...use.at, 'value'];
      return [{ at, message: hinted(use, fault) }];
    }
    const entry = entryAt(profile.model, use.path, use.scope);
    return entry === undefined ? [] : fitFaults(use, use.path, entry);
  });

/** Whose event or command is unknown has a fault of its own. */
const isKnown = ({ model }: PlainProfile, { scope: { event, command } }: FieldUse): boolean =>
  (event === undefined || own(model.events, event) !== undefined) &&
  (command === undefined || own(model.commands, command) !== undefined);

const hinted = ({ path, owner, scope }: FieldUse, fault: string): string =>
  owner.kind === 'message' && path?.startsWith('event.') === true && scope.event === undefined
    ? `needs emit: the event whose field ${path} is`
    : fault;

const texts = new Set(['text', 'utf8', 'hex']);

const fitFaults = (use: FieldUse, path: string, entry: ValueEntry): readonly Complaint[] => {
  const { field, isList } = use;
  const at = (key: string): Complaint['at'] =>
    Object.hasOwn(field, key) && use.at.at(-1) !== 'text' ? [...use.at, key] : use.at;
  const complain = (key: string, message: string): readonly Complaint[] => [
    { at: at(key), message },
  ];
  if ((entry.type === 'list') !== isList && !path.startsWith('params.')) {
    return complain(
      'value',
      isList ? `is a list here, and ${path} is ${entry.type}` : `is one value, and ${path} a list`,
    );
  }
  if (field.enum !== undefined) {
    return enumFaults(use, path, entry).flatMap((message) => complain('enum', message));
  }
  const message = plainFault(use, path, entry);
  return message === undefined ? [] : complain('type', message);
};

const enumFaults = (use: FieldUse, path: string, entry: ValueEntry): readonly string[] => {
  const type = scalarType(entry);
  const given = Object.values(use.field.enum ?? {});
  if (type === 'boolean') {
    return given.every((value) => typeof value === 'boolean')
      ? allSent(use, [true, false], given)
      : [`must map to true and false: ${path} is boolean`];
  }
  if (type === 'integer' || type === 'number') return [`gives text, and ${path} is ${type}`];
  if (given.some((value) => typeof value === 'boolean')) return [`must map to text: ${path}`];
  if (type === 'text') return [];
  const declared = enumValues(entry);
  if (declared.length === 0) return [];
  const strange = given.map(String).filter((value) => !declared.includes(value));
  return strange.length > 0
    ? [`maps to ${listed(strange)}, no value of ${path}: use ${listed(declared)}`]
    : allSent(use, declared, given);
};

/** A command must be able to say each value of its argument. */
const allSent = (
  { from }: FieldUse,
  declared: readonly (string | boolean)[],
  given: readonly (string | boolean)[],
): readonly string[] => {
  const unsaid = from === 'device' ? [] : declared.filter((value) => !given.includes(value));
  return unsaid.length > 0 ? [`cannot say ${listed(unsaid.map(String))}`] : [];
};

const isOneBit = ({ type, bits }: FieldUse['field']): boolean =>
  type === 'bit' || (bits !== undefined && /^[0-9]+$/.test(bits));

const plainFault = ({ field }: FieldUse, path: string, entry: ValueEntry): string | undefined => {
  const type = scalarType(entry);
  if (type === 'text') {
    return texts.has(field.type) ? undefined : `is a number, and ${path} is text`;
  }
  if (type === 'enum') {
    return field.type === 'text' || field.type === 'utf8'
      ? undefined
      : `needs enum: { raw: value }, because ${path} is enum`;
  }
  if (type === 'boolean') {
    return isOneBit(field)
      ? undefined
      : `needs enum: { 0: false, 1: true }, because ${path} is boolean`;
  }
  if (texts.has(field.type) && field.type !== 'text') return `is text, and ${path} is ${type}`;
  const isBroken =
    /^f(?:32|64)/.test(field.type) ||
    !Number.isInteger(field.scale ?? 1) ||
    !Number.isInteger(field.offset ?? 0);
  return type === 'integer' && isBroken ? `gives fractions, and ${path} is integer` : undefined;
};

/** What the model says is carried by some binding, and what a binding carries is in the model. */
export const carriedRule: Rule = (profile) => {
  const { model, bindings } = profile;
  const uses = usesOf(profile);
  const wires = Object.entries(bindings);
  const carries = (path: string): boolean => uses.some((use) => use.path === path);
  const commands = new Set(wires.flatMap(([, binding]) => Object.keys(binding.commands ?? {})));
  const events = new Set(
    wires.flatMap(([, binding]) =>
      binding.transport === 'serial'
        ? Object.values(binding.messages ?? {}).map(({ emit }) => emit)
        : [],
    ),
  );
  const missing = (part: string, name: string): Complaint => ({
    at: ['model', part, name],
    message: 'is carried by no binding: let one carry it, or remove it',
  });
  return [
    ...(['state', 'telemetry'] as const).flatMap((part) =>
      Object.keys(model[part] ?? {})
        .filter((name) => !carries(`${part}.${name}`))
        .map((name) => missing(part, name)),
    ),
    ...Object.keys(model.events ?? {})
      .filter((name) => !events.has(name))
      .map((name) => missing('events', name)),
    ...Object.keys(model.commands ?? {})
      .filter((name) => !commands.has(name))
      .map((name) => missing('commands', name)),
  ];
};
