import type { Value } from '@gatehouse/protocols';
import type { PlainProfile } from '../language/profile.ts';
import type { Effect } from '../language/simulate.ts';
import { entryAt, namesOf, own, scalarType, splitPath, valueFault } from '../language/values.ts';
import type { Scope } from '../language/values.ts';
import { listed, unknownName } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';

type Model = PlainProfile['model'];
type At = readonly (string | number)[];

/** `state.x` exists in one of these parts; its value fits. */
export const pathFault = (
  model: Model,
  path: string,
  parts: readonly string[],
  scope: Scope,
): string | undefined => {
  const { part, name } = splitPath(path);
  if (!parts.includes(part)) return `must begin with ${parts.map((p) => `${p}.`).join(' or ')}`;
  if (entryAt(model, path, scope) !== undefined) return undefined;
  const known = namesOf(model, part, scope).map((other) => `${part}.${other}`);
  return `${part}.${name} ${unknownName(path, known)}`;
};

export const initialRule: Rule = ({ model, simulate }) => {
  const at = ['simulate', 'initial'];
  const needed = [
    ...Object.keys(model.state ?? {}).map((name) => `state.${name}`),
    ...Object.keys(model.telemetry ?? {}).map((name) => `telemetry.${name}`),
  ];
  const missing = needed.filter((path) => !Object.hasOwn(simulate.initial, path));
  return [
    ...(missing.length > 0 ? [{ at, message: `lacks ${listed(missing)}` }] : []),
    ...setFaults(model, simulate.initial, at, {}),
  ];
};

/** @param scope with a command, `args.x` stands for its argument */
const setFaults = (
  model: Model,
  sets: Readonly<Record<string, Value>>,
  at: At,
  scope: Scope,
): readonly Complaint[] =>
  Object.entries(sets).flatMap(([path, value]) => {
    const message =
      pathFault(model, path, ['state', 'telemetry'], {}) ?? settingFault(model, path, value, scope);
    return message === undefined ? [] : [{ at: [...at, path], message }];
  });

const settingFault = (
  model: Model,
  path: string,
  value: Value,
  scope: Scope,
): string | undefined => {
  const entry = entryAt(model, path, {});
  if (entry === undefined) return undefined;
  if (scope.command === undefined || typeof value !== 'string' || !value.startsWith('args.')) {
    return valueFault(entry, value);
  }
  const arg = entryAt(model, value, scope);
  if (arg === undefined) return pathFault(model, value, ['args'], scope);
  return scalarType(arg) === scalarType(entry) || isNumeric(arg) === isNumeric(entry)
    ? undefined
    : `is ${entry.type}, and ${value} is ${arg.type}`;
};

const isNumeric = (entry: NonNullable<ReturnType<typeof entryAt>>): boolean =>
  ['integer', 'number'].includes(scalarType(entry));

export const driftRule: Rule = ({ model, simulate }) =>
  Object.keys(simulate.drift ?? {}).flatMap((path) => {
    const entry = entryAt(model, path, {});
    const message =
      pathFault(model, path, ['telemetry', 'state'], {}) ??
      (entry !== undefined && !isNumeric(entry) ? 'is no number and cannot drift' : undefined);
    return message === undefined ? [] : [{ at: ['simulate', 'drift', path], message }];
  });

export const reactRule: Rule = ({ model, simulate }) => [
  ...Object.entries(simulate.react ?? {}).flatMap(([command, effects]) => {
    const at = ['simulate', 'react', command];
    const known = Object.keys(model.commands ?? {});
    return known.includes(command)
      ? effects.flatMap((effect, i) => effectFaults(model, effect, [...at, i], { command }))
      : [{ at, message: unknownName(command, known) }];
  }),
  ...Object.entries(simulate.actions ?? {}).flatMap(([name, { effects }]) =>
    effects.flatMap((effect, i) =>
      effectFaults(model, effect, ['simulate', 'actions', name, 'effects', i], {}),
    ),
  ),
];

const effectFaults = (model: Model, effect: Effect, at: At, scope: Scope): readonly Complaint[] => {
  const { afterMs, set, setItem, emit, with: fields } = effect;
  const found: Complaint[] = [];
  const add = (key: readonly string[], message: string | undefined): void => {
    if (message !== undefined) found.push({ at: [...at, ...key], message });
  };
  if (set === undefined && setItem === undefined && emit === undefined) {
    add([], 'does nothing: give it set, setItem or emit');
  }
  if (typeof afterMs === 'string') {
    const arg = entryAt(model, afterMs, scope);
    add(['afterMs'], pathFault(model, afterMs, ['args'], scope));
    if (arg !== undefined && !isNumeric(arg)) add(['afterMs'], 'must be a number of milliseconds');
  }
  found.push(...setFaults(model, set ?? {}, [...at, 'set'], scope));
  if (setItem !== undefined) {
    const list = entryAt(model, setItem.list, {});
    add(['setItem', 'list'], pathFault(model, setItem.list, ['state', 'telemetry'], {}));
    if (list !== undefined && list.type !== 'list') add(['setItem', 'list'], 'is no list');
    add(['setItem', 'item'], pathFault(model, setItem.item, ['args'], scope));
    if (list?.type === 'list') add(['setItem', 'to'], valueFault(list, [setItem.to]));
  }
  if (emit === undefined) {
    if (fields !== undefined) add(['with'], 'belongs to emit');
    return found;
  }
  return [...found, ...emitFaults(model, { emit, fields: fields ?? {}, at, scope })];
};

type Emits = {
  readonly emit: string;
  readonly fields: Readonly<Record<string, Value>>;
  readonly at: At;
  readonly scope: Scope;
};

const emitFaults = (model: Model, { emit, fields, at, scope }: Emits): readonly Complaint[] => {
  const event = own(model.events, emit);
  if (event === undefined) {
    return [{ at: [...at, 'emit'], message: unknownName(emit, Object.keys(model.events ?? {})) }];
  }
  const missing = Object.keys(event.fields ?? {}).filter((name) => !Object.hasOwn(fields, name));
  return [
    ...(missing.length > 0 ? [{ at, message: `emits ${emit} without ${listed(missing)}` }] : []),
    ...Object.entries(fields).flatMap(([name, value]) => {
      const entry = own(event.fields, name);
      const message =
        entry === undefined
          ? unknownName(name, Object.keys(event.fields ?? {}))
          : refersOrFits(model, entry, value, scope);
      return message === undefined ? [] : [{ at: [...at, 'with', name], message }];
    }),
  ];
};

const refersOrFits = (
  model: Model,
  entry: NonNullable<ReturnType<typeof entryAt>>,
  value: Value,
  scope: Scope,
): string | undefined => {
  const isReference = typeof value === 'string' && /^(?:args|state|telemetry)\./.test(value);
  if (!isReference) return valueFault(entry, value);
  return pathFault(model, value, ['state', 'telemetry', 'args'], scope);
};

/** Values by name, as vectors give them. */
export const valuesFaults = (
  entries: Readonly<Record<string, NonNullable<ReturnType<typeof entryAt>>>> | undefined,
  values: Readonly<Record<string, Value>> | undefined,
  at: At,
): readonly Complaint[] =>
  Object.entries(values ?? {}).flatMap(([name, value]) => {
    const entry = own(entries, name);
    const message =
      entry === undefined
        ? unknownName(name, Object.keys(entries ?? {}))
        : valueFault(entry, value);
    return message === undefined ? [] : [{ at: [...at, name], message }];
  });
