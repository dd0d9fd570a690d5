import type { Scalar, Value } from '@gatehouse/protocols';
import type { FieldEntry, Model, TelemetryEntry } from './model.ts';

/** What a value of the model may be: of a state, a measurement, a field or an argument. */
export type ValueEntry = FieldEntry | TelemetryEntry;

/** Whose `event.…` and `args.…` are meant. */
export type Scope = { readonly event?: string | undefined; readonly command?: string | undefined };

export type PathPart = 'state' | 'telemetry' | 'event' | 'args' | 'params';

/** `state.lock` → state and lock. */
export const splitPath = (path: string): { readonly part: string; readonly name: string } => {
  const dot = path.indexOf('.');
  return { part: path.slice(0, dot), name: path.slice(dot + 1) };
};

type Entries = Readonly<Record<string, ValueEntry>> | undefined;

const partEntries: Readonly<Record<PathPart, (model: Model, scope: Scope) => Entries>> = {
  state: (model) => model.state,
  telemetry: (model) => model.telemetry,
  params: (model) => model.params,
  event: (model, { event }) => own(model.events, event)?.fields,
  args: (model, { command }) => own(model.commands, command)?.args,
};

const isPart = (part: string): part is PathPart => Object.hasOwn(partEntries, part);

/** Never what an object inherits: names come from a file. */
export const own = <T>(
  record: Readonly<Record<string, T>> | undefined,
  name: string | undefined,
): T | undefined =>
  record !== undefined && name !== undefined && Object.hasOwn(record, name)
    ? record[name]
    : undefined;

/** The names that `part` has here, for hints. */
export const namesOf = (model: Model, part: string, scope: Scope): readonly string[] =>
  isPart(part) ? Object.keys(partEntries[part](model, scope) ?? {}) : [];

export const entryAt = (model: Model, path: string, scope: Scope): ValueEntry | undefined => {
  const { part, name } = splitPath(path);
  return isPart(part) ? own(partEntries[part](model, scope), name) : undefined;
};

const get = <K extends string>(entry: ValueEntry, key: K): unknown =>
  Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined;

/** The values of an enum or of a list of enums. */
export const enumValues = (entry: ValueEntry): readonly string[] =>
  'values' in entry ? (entry.values ?? []) : [];

/** `boolean` of a boolean and of each item of a list of booleans. */
export const scalarType = (
  entry: ValueEntry,
): 'boolean' | 'enum' | 'integer' | 'number' | 'text' =>
  entry.type === 'list' ? (('items' in entry ? entry.items : undefined) ?? 'number') : entry.type;

/** What one item of a list may be; an entry that is no list is its own. */
export const itemEntry = (entry: ValueEntry): ValueEntry => {
  if (entry.type !== 'list' || !('items' in entry)) return entry;
  return { ...entry, type: entry.items ?? 'number' };
};

/**
 * Why a value is none of this entry, in words that follow its name; undefined where it fits.
 * `null` (the device does not know) fits everything.
 */
export const valueFault = (entry: ValueEntry, value: Value): string | undefined => {
  if (entry.type !== 'list') {
    return isList(value) ? 'must be one value and no list' : scalarFault(entry, value);
  }
  if (!isList(value)) return value === null ? undefined : 'must be a list';
  const itemsMax = Number(get(entry, 'itemsMax') ?? 256);
  if (value.length > itemsMax) return `must have at most ${itemsMax} items`;
  return value.map((item) => scalarFault(entry, item)).find((fault) => fault !== undefined);
};

export const isList = (value: Value): value is readonly Scalar[] => Array.isArray(value);

const scalarFault = (entry: ValueEntry, value: Scalar): string | undefined =>
  value === null ? undefined : scalarRules[scalarType(entry)](entry, value);

type ScalarRule = (entry: ValueEntry, value: Scalar) => string | undefined;

const numberFault: ScalarRule = (entry, value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (entry.min !== undefined && value < entry.min) return `must be ${entry.min} or more`;
  if (entry.max !== undefined && value > entry.max) return `must be ${entry.max} or less`;
  return undefined;
};

const scalarRules: Readonly<Record<ReturnType<typeof scalarType>, ScalarRule>> = {
  boolean: (_entry, value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  enum: (entry, value) =>
    // Without values it has a fault of its own.
    enumValues(entry).length === 0 ||
    (typeof value === 'string' && enumValues(entry).includes(value))
      ? undefined
      : `must be one of ${enumValues(entry).join(', ')}`,
  integer: (entry, value) =>
    typeof value === 'number' && !Number.isSafeInteger(value)
      ? 'must be a whole number'
      : numberFault(entry, value),
  number: numberFault,
  text: (entry, value) => {
    if (typeof value !== 'string') return 'must be text (in quotes)';
    const charsMax = Number(get(entry, 'charsMax') ?? 2048);
    return value.length > charsMax ? `must have at most ${charsMax} characters` : undefined;
  },
};

/** The plainest value that fits: nearest to zero, the first of an enum, empty text. */
export const plainValue = (entry: ValueEntry): Value => {
  const { min, max } = entry;
  const nearZero = Math.min(Math.max(0, min ?? -Infinity), max ?? Infinity);
  const scalars: Readonly<Record<ReturnType<typeof scalarType>, Scalar>> = {
    boolean: false,
    enum: enumValues(entry)[0] ?? null,
    integer: Math.ceil(nearZero),
    number: nearZero,
    text: '',
  };
  return entry.type === 'list' ? [] : scalars[scalarType(entry)];
};
