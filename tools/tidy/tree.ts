import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { listFiles } from '../suites.ts';
import { factsOf } from './facts.ts';
import type { Facts } from './facts.ts';

export const packages = [
  'protocols',
  'device-profiles',
  'gateway',
  'cloud',
  'firmware-sim',
  'dashboard',
] as const;
export type Package = (typeof packages)[number];

/** Why a file exists; the rules about purity and imports differ by it. */
export type Role = 'source' | 'main' | 'adapter' | 'test' | 'vectors' | 'bench' | 'tool';

export type TreeFile = {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly package: Package | 'root';
  readonly role: Role;
  /** Of TypeScript and JavaScript only. */
  readonly facts: Facts | undefined;
};

export type Tree = {
  readonly files: readonly TreeFile[];
  readonly byPath: ReadonlyMap<string, TreeFile>;
};

const codeExtensions = new Set(['.ts', '.tsx', '.js']);
const textExtensions = new Set([
  ...['.css', '.html', '.json', '.md', '.sh', '.sql', '.svg', '.toml', '.txt', '.yaml', '.yml'],
  '', // Dockerfile, LICENSE, .ci/run
]);

const isCode = (path: string): boolean => codeExtensions.has(extname(path));

/** Rows in order, the first that fits; the last fits everything. */
const roleTable: readonly (readonly [Role, RegExp])[] = [
  ['vectors', /\.vectors\.ts$/],
  ['test', /\.test\.tsx?$|(?:^|\/)(?:test|testing)\/|[/.]testing\.ts$/],
  ['tool', /^(?:tools|docker)\/|(?:^|\/)[a-z-]+\.config\.[jt]s$/],
  ['bench', /^[a-z-]+\/bench\//],
  ['main', /(?:^|\/)main\.tsx?$/],
  ['adapter', /\/adapters\//],
  ['source', /^/],
];

const roleOf = (path: string): Role =>
  roleTable.find(([, pattern]) => pattern.test(path))?.[0] ?? 'source';

export const packageOf = (path: string): Package | 'root' =>
  packages.find((name) => path.startsWith(`${name}/`)) ?? 'root';

/** The same tree from a table of texts: how the rules themselves are tested. */
export const treeOf = (texts: Readonly<Record<string, string>>): Tree => {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    text,
    package: packageOf(path),
    role: roleOf(path),
    facts: isCode(path) ? factsOf(path, text) : undefined,
  }));
  return { files, byPath: new Map(files.map((file) => [file.path, file])) };
};

const isOurs = (path: string): boolean =>
  path !== 'package-lock.json' && (isCode(path) || textExtensions.has(extname(path)));

/** Reads every text file of the repository once. */
export const readTree = (root: string): Tree =>
  treeOf(
    Object.fromEntries(
      listFiles(root)
        .filter(isOurs)
        .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
    ),
  );
