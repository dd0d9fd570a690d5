import { at } from './rule.ts';
import type { Rule } from './rule.ts';
import type { Tree } from './tree.ts';

/** One page loads them all; `/m` and the theme are pages and bases of their own. */
const isConsoleStyle = (path: string): boolean => /^dashboard\/src\/console\/.*\.css$/.test(path);

/** A class that is styled by itself, outside of any condition. */
const ownClass = /^\.([a-z0-9-]+)(?: \{|,)$/;

const findShared = (tree: Tree): readonly string[] => {
  const first = new Map<string, string>();
  return tree.files
    .filter(({ path }) => isConsoleStyle(path))
    .flatMap((file) =>
      file.text.split('\n').flatMap((line, index) => {
        const name = ownClass.exec(line)?.[1];
        if (name === undefined) return [];
        const owner = first.get(name) ?? file.path;
        first.set(name, owner);
        return owner === file.path
          ? []
          : [at(file, index + 1, `.${name} is ${owner}'s: take another name`)];
      }),
    );
};

export const styleRules: readonly Rule[] = [
  {
    name: 'a class of the console has one style sheet',
    reason: 'all of them are loaded together, and the later one would change both',
    check: findShared,
  },
];
