import type { Register } from '../language/bindings.ts';
import { change, isSame, pairs, shown } from './change.ts';
import type { Change, Level } from './change.ts';

/** By the value that they carry; a value in two places keeps their order. */
export const registerChanges = (
  path: string,
  a: readonly Register[],
  b: readonly Register[],
): readonly Change[] =>
  pairs(byValue(a), byValue(b)).flatMap(({ name, a: before, b: after }) => {
    const at = `${path} ${name}`;
    if (after === undefined) return [change('major', at, 'is gone')];
    if (before === undefined) return [change('minor', at, 'is new')];
    return changesOf(at, before, after);
  });

const byValue = (registers: readonly Register[]): Readonly<Record<string, Register>> => {
  const named: Record<string, Register> = {};
  for (const register of registers) {
    let name: string = register.value;
    for (let again = 2; Object.hasOwn(named, name); again += 1) {
      name = `${register.value} (${again})`;
    }
    named[name] = register;
  }
  return named;
};

const keyTable: readonly (readonly [keyof Register, Level, unknown])[] = [
  ['table', 'major', undefined],
  ['address', 'major', undefined],
  ['type', 'major', undefined],
  ['bits', 'major', undefined],
  ['scale', 'major', 1],
  ['offset', 'major', 0],
  ['count', 'major', undefined],
  ['length', 'major', undefined],
  ['unknown', 'major', undefined],
  ['everyMs', 'minor', undefined],
];

const changesOf = (path: string, a: Register, b: Register): readonly Change[] => [
  ...keyTable.flatMap(([key, level, usual]) => {
    const [before, after] = [a[key] ?? usual, b[key] ?? usual];
    if (isSame(before, after)) return [];
    return [change(level, `${path}.${key}`, `${shown(before)} → ${shown(after)}`)];
  }),
  ...enumChanges(`${path}.enum`, a.enum, b.enum),
];

const byNumber = (names: Register['enum']): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(names ?? {}).map(([raw, value]) => [String(Number(raw)), value]),
  );

/** A raw number that means another thing, or nothing any more, is another language. */
const enumChanges = (path: string, a: Register['enum'], b: Register['enum']): readonly Change[] =>
  pairs(byNumber(a), byNumber(b)).flatMap(({ name, a: before, b: after }) => {
    if (before === after) return [];
    const level = before === undefined && a !== undefined ? 'minor' : 'major';
    return [change(level, `${path}.${name}`, `${shown(before)} → ${shown(after)}`)];
  });
