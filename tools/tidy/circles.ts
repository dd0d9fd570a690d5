import { dirname, join } from 'node:path/posix';
import { at, isForTests } from './rule.ts';
import type { Rule } from './rule.ts';
import type { Tree, TreeFile } from './tree.ts';

type Edge = { readonly to: string; readonly line: number };

/** What a file takes from others of its package when it is loaded, types too. */
const edgesOf = (file: TreeFile): readonly Edge[] =>
  (file.facts?.imports ?? [])
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => ({ to: join(dirname(file.path), specifier), line }));

/** Whether one comes from a file to another, or back to itself, by the way of imports alone. */
const leads = (from: string, to: string, edges: ReadonlyMap<string, readonly Edge[]>): boolean => {
  const seen = new Set<string>();
  const next = [...(edges.get(from) ?? [])];
  for (let edge = next.pop(); edge !== undefined; edge = next.pop()) {
    if (edge.to === to) return true;
    if (seen.has(edge.to)) continue;
    seen.add(edge.to);
    next.push(...(edges.get(edge.to) ?? []));
  }
  return false;
};

const findCircles = (tree: Tree): readonly string[] => {
  const files = tree.files.filter((file) => !isForTests(file));
  const edges = new Map(files.map((file) => [file.path, edgesOf(file)]));
  const inCircles = files.filter(({ path }) => leads(path, path, edges));
  return inCircles.flatMap((file) =>
    edgesOf(file)
      .filter(({ to }) => to === file.path || leads(to, file.path, edges))
      .map(({ to, line }) => at(file, line, `and ${to} import each other`)),
  );
};

export const circleRules: readonly Rule[] = [
  {
    name: 'no two files import each other',
    reason: 'what hangs in a circle can be neither read, tested nor moved alone',
    check: findCircles,
  },
];
