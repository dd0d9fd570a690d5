import type { Facts } from './facts.ts';
import type { Tree, TreeFile } from './tree.ts';

/** One thing that must hold of the whole tree, and why. */
export type Rule = {
  readonly name: string;
  readonly reason: string;
  /** @returns one line for each place that breaks the rule: `path:line what` */
  readonly check: (tree: Tree) => readonly string[];
};

export const at = (file: TreeFile, line: number, what: string): string =>
  `${file.path}:${line} ${what}`;

/** For rules that look at one TypeScript or JavaScript file at a time. */
export const eachCode = (
  tree: Tree,
  applies: (file: TreeFile) => boolean,
  look: (file: TreeFile, facts: Facts) => readonly string[],
): readonly string[] =>
  tree.files
    .filter(applies)
    .flatMap((file) => (file.facts === undefined ? [] : look(file, file.facts)));

/** For rules about lines of text. */
export const eachLine = (
  tree: Tree,
  applies: (file: TreeFile) => boolean,
  broken: (line: string) => string | undefined,
): readonly string[] =>
  tree.files.filter(applies).flatMap((file) =>
    file.text.split('\n').flatMap((line, index) => {
      const what = broken(line);
      return what === undefined ? [] : [at(file, index + 1, what)];
    }),
  );

/** Tests, their vectors and their support code: never part of a running program. */
export const isForTests = ({ role }: TreeFile): boolean => role === 'test' || role === 'vectors';

/** Tables may be long and hold the sentences of both languages. */
export const isTable = ({ path }: TreeFile): boolean =>
  /\.table\.ts$|\/i18n\/|(?:^|\/)(?:events|reasons|conditions|notices|errors)\.ts$/.test(path);
