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

/** Files from which one can come back to themselves, by the way of imports alone. */
const isReached = (from: string, edges: ReadonlyMap<string, readonly Edge[]>): boolean => {
  const seen = new Set<string>();
  const next = [...(edges.get(from) ?? [])];
  for (let edge = next.pop(); edge !== undefined; edge = next.pop()) {
    if (edge.to === from) return true;
    if (seen.has(edge.to)) continue;
    seen.add(edge.to);
    next.push(...(edges.get(edge.to) ?? []));
  }
  return false;
};

const findCircles = (tree: Tree): readonly string[] => {
  const files = tree.files.filter((file) => !isForTests(file));
  const edges = new Map(files.map((file) => [file.path, edgesOf(file)]));
  const inCircle = new Set(files.map(({ path }) => path).filter((path) => isReached(path, edges)));
  return files.flatMap((file) => {
    if (!inCircle.has(file.path)) return [];
    const into = edgesOf(file).find(({ to }) => inCircle.has(to));
    return [at(file, into?.line ?? 1, `and ${into?.to ?? ''} import each other`)];
  });
};

export const circleRules: readonly Rule[] = [
  {
    name: 'no two files import each other',
    reason: 'what hangs in a circle can be neither read, tested nor moved alone',
    check: findCircles,
  },
];
