import type { CommandEntry, Label } from '../language/model.ts';
import { entryAt, enumValues, own, scalarType, valueFault } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { vocabulary } from '../language/vocabulary.table.ts';
import type { Word } from '../language/vocabulary.table.ts';
import { listed, unknownName } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';

const words: Readonly<Record<string, Word>> = vocabulary;
export const wordOf = (norm: string | undefined): Word | undefined => own(words, norm);

type Part = Word['in'];
type Named = {
  readonly norm?: string;
  readonly title?: Label;
  readonly type?: string;
  readonly unit?: string;
  readonly values?: readonly string[];
  readonly fields?: object;
  readonly args?: object;
};
type Entry = { readonly part: Part; readonly name: string; readonly entry: Named };

const parts = ['state', 'telemetry', 'events', 'commands'] as const;

const entriesOf: (profile: Parameters<Rule>[0]) => readonly Entry[] = ({ model }) =>
  parts.flatMap((part) =>
    Object.entries<Named>(model[part] ?? {}).map(([name, entry]) => ({ part, name, entry })),
  );

/** Every entry has a word of the vocabulary or a title of its own. */
export const wordRule: Rule = (profile) =>
  entriesOf(profile).flatMap(({ part, name, entry }) => {
    const at = ['model', part, name];
    if (entry.norm === undefined) {
      return entry.title === undefined
        ? [{ at, message: 'needs a norm of the vocabulary or a title: { zh: …, en: … }' }]
        : [];
    }
    const word = wordOf(entry.norm);
    if (word === undefined) {
      const known = Object.keys(words).filter((key) => words[key]?.in === part);
      return [{ at: [...at, 'norm'], message: unknownName(entry.norm, known) }];
    }
    return wordFaults(word, part, entry).map((message) => ({ at: [...at, 'norm'], message }));
  });

const wordFaults = (word: Word, part: Part, entry: Named): readonly string[] => {
  if (word.in !== part) return [`is a word of ${word.in} and no word of ${part}`];
  const faults: string[] = [];
  if (word.type !== undefined && entry.type !== word.type) faults.push(`needs type: ${word.type}`);
  if (word.unit !== undefined && entry.unit !== word.unit) {
    faults.push(`needs unit: '${word.unit}': use scale to convert`);
  }
  const known = Object.keys(word.values ?? {});
  const strange = (entry.values ?? []).filter(
    (value) => known.length > 0 && !known.includes(value),
  );
  if (strange.length > 0) {
    faults.push(`knows the values ${listed(known)} and not ${listed(strange)}`);
  }
  const given = Object.keys(entry.fields ?? entry.args ?? {});
  const lacks = (word.fields ?? []).filter((field) => !given.includes(field));
  if (lacks.length > 0) {
    faults.push(`needs ${part === 'events' ? 'the field' : 'the argument'} ${listed(lacks)}`);
  }
  return faults;
};

type Located = {
  readonly at: readonly string[];
  readonly entry: ValueEntry;
  /** Of what `norm` names already: it needs no title. */
  readonly isKnown: boolean;
};

/** State, telemetry, fields, arguments and parameters: all that has a type. */
const typedEntries = ({ model }: Parameters<Rule>[0]): readonly Located[] => {
  const of = (
    at: readonly string[],
    entries: Readonly<Record<string, ValueEntry>> | undefined,
    known: readonly string[] | 'all',
  ): readonly Located[] =>
    Object.entries(entries ?? {}).map(([name, entry]) => ({
      at: ['model', ...at, name],
      entry,
      isKnown: known === 'all' || known.includes(name),
    }));
  return [
    ...of(['state'], model.state, 'all'),
    ...of(['telemetry'], model.telemetry, 'all'),
    ...of(['params'], model.params, []),
    ...Object.entries(model.events ?? {}).flatMap(([name, { norm, fields }]) =>
      of(['events', name, 'fields'], fields, wordOf(norm)?.fields ?? []),
    ),
    ...Object.entries(model.commands ?? {}).flatMap(([name, { norm, args }]) =>
      of(['commands', name, 'args'], args, wordOf(norm)?.fields ?? []),
    ),
  ];
};

const textOf = (entry: ValueEntry, key: string): unknown =>
  Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined;

/** Keys that a type needs and keys that mean nothing to it. */
export const typeRule: Rule = (profile) =>
  typedEntries(profile).flatMap(({ at, entry, isKnown }) => [
    ...(isKnown || entry.title !== undefined
      ? []
      : [{ at, message: 'needs a title: { zh: …, en: … }' }]),
    ...typeFaults(entry).map(([key, message]) => ({
      at: Object.hasOwn(entry, key) ? [...at, key] : at,
      message,
    })),
    ...titleFaults(entry).map((message) => ({ at, message })),
  ]);

const typeFaults = (entry: ValueEntry): readonly (readonly [string, string])[] => {
  const scalar = scalarType(entry);
  const has = (key: string): boolean => textOf(entry, key) !== undefined;
  const isNumber = scalar === 'number' || scalar === 'integer';
  const rows: readonly (readonly [boolean, string, string])[] = [
    [entry.type === 'list' && !has('items'), 'items', 'needs items: the type of each item'],
    [entry.type !== 'list' && has('items'), 'items', 'belongs to type: list'],
    [entry.type !== 'list' && has('itemsMax'), 'itemsMax', 'belongs to type: list'],
    [scalar === 'enum' && !has('values'), 'values', 'needs values: [ … ]'],
    [scalar !== 'enum' && has('values'), 'values', 'belongs to type: enum'],
    [scalar !== 'text' && has('charsMax'), 'charsMax', 'belongs to type: text'],
    [!isNumber && has('unit'), 'unit', 'belongs to numbers'],
    [!isNumber && has('min'), 'min', 'belongs to numbers'],
    [!isNumber && has('max'), 'max', 'belongs to numbers'],
    [(entry.min ?? 0) > (entry.max ?? Infinity), 'min', 'is above max'],
  ];
  const wrong = rows.filter(([isWrong]) => isWrong).map(([, key, what]) => [key, what] as const);
  const preset = textOf(entry, 'default');
  if (typeof preset !== 'string' && typeof preset !== 'number' && typeof preset !== 'boolean') {
    return wrong;
  }
  const fault = valueFault(entry, preset);
  return fault === undefined ? wrong : [...wrong, ['default', fault] as const];
};

/** Each value of an enum has a word of the vocabulary or a title. */
const titleFaults = (entry: ValueEntry): readonly string[] => {
  const values = enumValues(entry);
  const titled = 'valueTitles' in entry ? Object.keys(entry.valueTitles ?? {}) : [];
  const known = [...titled, ...Object.keys(wordOf(entry.norm)?.values ?? {})];
  const untitled = values.filter((value) => !known.includes(value));
  const unused = titled.filter((value) => !values.includes(value));
  return [
    ...(untitled.length > 0 ? [`needs valueTitles of ${listed(untitled)}`] : []),
    ...(unused.length > 0 ? [`has valueTitles of ${listed(unused)}, no value of it`] : []),
  ];
};

/** A command that only ends a release need not end by itself. */
const onlyEnds = ({ norm }: CommandEntry): boolean => norm?.startsWith('door.close_') === true;

/** Design E6: no latched unlocks. */
export const endsByDeviceRule: Rule = ({ model }) =>
  Object.entries(model.commands ?? {}).flatMap(([name, command]) => {
    const at = ['model', 'commands', name];
    if (command.norm?.startsWith('door.') === true && command.class !== 'door') {
      return [{ at: [...at, 'class'], message: `must be door: ${command.norm} moves a door` }];
    }
    const mayLatch = own(model.safety?.latch, name) !== undefined;
    if (command.class !== 'door' || command.endsBy !== undefined) return [];
    if (mayLatch || onlyEnds(command)) return [];
    const message =
      'would stay open until it is written off (E6): use what the device ends by itself and say ' +
      `endsBy: device, or give the reason in safety.latch.${name}`;
    return [{ at, message }];
  });

export const mayLatch = ({ model }: Parameters<Rule>[0], command: string): boolean => {
  const entry = own(model.commands, command);
  if (entry === undefined || entry.class !== 'door') return true;
  return onlyEnds(entry) || own(model.safety?.latch, command) !== undefined;
};

export const confirmRule: Rule = (profile) =>
  Object.entries(profile.model.commands ?? {}).flatMap(([name, { confirmBy }]) => {
    if (confirmBy === undefined) return [];
    const at = ['model', 'commands', name, 'confirmBy'];
    return confirmFaults(profile, name, confirmBy).map(([key, message]) => ({
      at: key === '' ? at : [...at, key],
      message,
    }));
  });

type ConfirmBy = NonNullable<CommandEntry['confirmBy']>;
type Faults = readonly (readonly [string, string])[];

const confirmFaults = (
  profile: Parameters<Rule>[0],
  name: string,
  confirmBy: ConfirmBy,
): Faults => {
  const { model } = profile;
  const { state, event, reply, equals } = confirmBy;
  const ways = [state, event, reply].filter((way) => way !== undefined).length;
  if (ways !== 1) return [['', 'needs exactly one of state, event and reply']];
  if (state === undefined && equals !== undefined) return [['equals', 'belongs to state']];
  if (event !== undefined && own(model.events, event) === undefined) {
    return [['event', unknownName(event, Object.keys(model.events ?? {}))]];
  }
  if (reply === true && !isAnswered(profile, name)) {
    return [['reply', 'cannot come: no binding names a reply to this command']];
  }
  if (state === undefined) return [];
  const entry = own(model.state, state);
  if (entry === undefined) return [['state', unknownName(state, Object.keys(model.state ?? {}))]];
  if (equals === undefined) return [['', `lacks equals: the value of state ${state}`]];
  const fault = valueFault(entry, equals);
  return fault === undefined ? [] : [['equals', fault]];
};

const isAnswered = ({ bindings }: Parameters<Rule>[0], command: string): boolean =>
  Object.values(bindings).some((binding) =>
    binding.transport === 'serial'
      ? own(binding.commands, command)?.some(({ reply }) => reply !== undefined)
      : own(binding.commands, command)?.some(({ unanswered }) => unanswered !== true),
  );

export const safetyRule: Rule = ({ model }) => {
  const at = ['model', 'safety'];
  const commands = Object.keys(model.commands ?? {});
  const latch = Object.keys(model.safety?.latch ?? {})
    .filter((name) => !commands.includes(name))
    .map((name): Complaint => ({
      at: [...at, 'latch', name],
      message: unknownName(name, commands),
    }));
  const fail = Object.entries(model.safety?.failState ?? {}).flatMap(([name, value]) => {
    const entry = entryAt(model, `state.${name}`, {});
    const message =
      entry === undefined
        ? unknownName(name, Object.keys(model.state ?? {}))
        : valueFault(entry, value);
    return message === undefined ? [] : [{ at: [...at, 'failState', name], message }];
  });
  return [...latch, ...fail];
};
