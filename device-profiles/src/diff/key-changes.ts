import { change, isSame, pairs, shown } from './change.ts';
import type { Change, Level } from './change.ts';

/** Of keys that stand alone: each with what a change of it demands. */
export const keyChanges = <T extends object>(
  path: string,
  a: T,
  b: T,
  table: Readonly<Partial<Record<keyof T & string, Level>>>,
): readonly Change[] =>
  pairs<Level | undefined>(table, {}).flatMap(({ name, a: level }) => {
    const before: unknown = Reflect.get(a, name);
    const after: unknown = Reflect.get(b, name);
    if (level === undefined || isSame(before, after)) return [];
    return [change(level, `${path}.${name}`, `${shown(before)} → ${shown(after)}`)];
  });
