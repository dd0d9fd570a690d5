import type { CommandEntry, EventEntry, Model } from '../language/model.ts';
import { enumValues } from '../language/values.ts';
import type { ValueEntry } from '../language/values.ts';
import { change, isSame, pairs, shown } from './change.ts';
import type { Change, Level } from './change.ts';

/**
 * What rules, charts, doors and people rely on. Who gets a value (a state, a field) is hurt when
 * its range shrinks, and so is who gives one (an argument): what was allowed is refused then.
 */
export const modelChanges = (a: Model, b: Model): readonly Change[] => [
  ...entries('model.state', a.state, b.state),
  ...entries('model.telemetry', a.telemetry, b.telemetry),
  ...entries('model.params', a.params, b.params, isFilled),
  ...events(a.events, b.events),
  ...commands(a.commands, b.commands),
  ...safety(a, b),
];

type Entries = Readonly<Record<string, ValueEntry>> | undefined;
/** Whether what is new can be left out by those who do not know it. */
type IsFilled = (entry: ValueEntry) => boolean;

const isFilled: IsFilled = (entry) => 'default' in entry && entry.default !== undefined;

const entries = (
  path: string,
  a: Entries,
  b: Entries,
  mayBeNew: IsFilled = () => true,
): readonly Change[] =>
  pairs(a, b).flatMap(({ name, a: before, b: after }) => {
    const at = `${path}.${name}`;
    if (after === undefined) return [change('major', at, 'is gone')];
    if (before === undefined) {
      return mayBeNew(after)
        ? [change('minor', at, 'is new')]
        : [change('major', at, 'is new and has no default')];
    }
    return entryChanges(at, before, after);
  });

const keyOf = (entry: object, key: string): unknown =>
  Object.hasOwn(entry, key) ? Reflect.get(entry, key) : undefined;

/** By key; what is not listed are words. */
const keyLevels: readonly (readonly [string, Level])[] = [
  ['type', 'major'],
  ['items', 'major'],
  ['unit', 'major'],
  ['class', 'minor'],
  ['reportEveryMs', 'minor'],
  ['reportChange', 'minor'],
  ['title', 'patch'],
  ['valueTitles', 'patch'],
];

const entryChanges = (path: string, a: ValueEntry, b: ValueEntry): readonly Change[] => [
  ...keyLevels.flatMap(([key, level]) => {
    const [before, after] = [keyOf(a, key), keyOf(b, key)];
    if (isSame(before, after)) return [];
    const words = level === 'patch' ? 'other words' : `${shown(before)} → ${shown(after)}`;
    return [change(level, `${path}.${key}`, words)];
  }),
  ...givenOnce(`${path}.norm`, a.norm, b.norm),
  ...givenOnce(`${path}.default`, keyOf(a, 'default'), keyOf(b, 'default')),
  ...valueSets(path, enumValues(a), enumValues(b)),
  ...bounds(path, a, b),
];

/** New is more; another, or gone, breaks those who relied on it. */
const givenOnce = (path: string, a: unknown, b: unknown): readonly Change[] => {
  if (isSame(a, b)) return [];
  return [change(a === undefined ? 'minor' : 'major', path, `${shown(a)} → ${shown(b)}`)];
};

const valueSets = (path: string, a: readonly string[], b: readonly string[]): readonly Change[] => [
  ...a
    .filter((value) => !b.includes(value))
    .map((value) => change('major', `${path}.values`, `${value} is gone`)),
  ...b
    .filter((value) => !a.includes(value))
    .map((value) => change('minor', `${path}.values`, `${value} is new`)),
];

/** Which way is narrower: a greater `min`, a smaller `max`. */
const boundTable = [
  ['min', -Infinity, 1],
  ['max', Infinity, -1],
  ['charsMax', 2048, -1],
  ['itemsMax', 256, -1],
] as const;

const bounds = (path: string, a: ValueEntry, b: ValueEntry): readonly Change[] =>
  boundTable.flatMap(([key, open, narrower]) => {
    const before = Number(keyOf(a, key) ?? open);
    const after = Number(keyOf(b, key) ?? open);
    if (before === after) return [];
    const level = Math.sign(after - before) === narrower ? 'major' : 'minor';
    const words = `${shown(keyOf(a, key))} → ${shown(keyOf(b, key))}`;
    const what = level === 'major' ? 'narrower' : 'wider';
    return [change(level, `${path}.${key}`, `${words}: ${what}`)];
  });

const events = (a: Model['events'], b: Model['events']): readonly Change[] =>
  pairs(a, b).flatMap(({ name, a: before, b: after }) => {
    const path = `model.events.${name}`;
    if (after === undefined) return [change('major', path, 'is gone')];
    if (before === undefined) return [change('minor', path, 'is new')];
    return [...eventChanges(path, before, after)];
  });

const eventChanges = (path: string, a: EventEntry, b: EventEntry): readonly Change[] => [
  ...givenOnce(`${path}.norm`, a.norm, b.norm),
  ...(a.class === b.class ? [] : [change('minor', `${path}.class`, `${a.class} → ${b.class}`)]),
  ...(isSame(a.title, b.title) ? [] : [change('patch', `${path}.title`, 'other words')]),
  ...(a.secret === true && b.secret !== true
    ? [change('major', `${path}.secret`, 'its frames are no longer hidden')]
    : []),
  ...(a.secret !== true && b.secret === true
    ? [change('minor', `${path}.secret`, 'its frames are hidden now')]
    : []),
  ...entries(`${path}.fields`, a.fields, b.fields),
];

const commands = (a: Model['commands'], b: Model['commands']): readonly Change[] =>
  pairs(a, b).flatMap(({ name, a: before, b: after }) => {
    const path = `model.commands.${name}`;
    if (after === undefined) return [change('major', path, 'is gone')];
    if (before === undefined) return [change('minor', path, 'is new')];
    return commandChanges(path, before, after);
  });

const commandChanges = (path: string, a: CommandEntry, b: CommandEntry): readonly Change[] => {
  const rows: readonly (readonly [keyof CommandEntry, Level])[] = [
    ['class', 'minor'],
    ['expiresInMs', 'minor'],
    ['title', 'patch'],
  ];
  return [
    ...rows.flatMap(([key, level]) => {
      if (isSame(a[key], b[key])) return [];
      const words = level === 'patch' ? 'other words' : `${shown(a[key])} → ${shown(b[key])}`;
      return [change(level, `${path}.${key}`, words)];
    }),
    ...givenOnce(`${path}.norm`, a.norm, b.norm),
    ...promised(`${path}.endsBy`, a.endsBy, b.endsBy),
    ...promised(`${path}.confirmBy`, a.confirmBy, b.confirmBy),
    ...promised(`${path}.idempotent`, a.idempotent, b.idempotent),
    ...entries(`${path}.args`, a.args, b.args, isFilled),
  ];
};

/** A promise may come and may be put in another way; taking it back breaks who relied on it. */
const promised = (path: string, a: unknown, b: unknown): readonly Change[] => {
  if (isSame(a, b)) return [];
  return [change(b === undefined ? 'major' : 'minor', path, `${shown(a)} → ${shown(b)}`)];
};

const safety = (a: Model, b: Model): readonly Change[] => [
  ...pairs(a.safety?.latch, b.safety?.latch).flatMap(({ name, a: before, b: after }) => {
    const path = `model.safety.latch.${name}`;
    if (before === undefined) return [change('major', path, 'may latch now')];
    if (after === undefined) return [change('minor', path, 'latches no longer')];
    return isSame(before, after) ? [] : [change('patch', path, 'other words')];
  }),
  ...pairs(a.safety?.failState, b.safety?.failState).flatMap(({ name, a: before, b: after }) =>
    givenOnce(`model.safety.failState.${name}`, before, after),
  ),
  ...promised('model.passage', a.passage, b.passage),
];
