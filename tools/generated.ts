import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { codesPage } from './codes-page.ts';
import { root } from './run.ts';

/** A process of its own: a tool knows the contract and no other package. */
const profileCommand = (...args: readonly string[]): string =>
  execFileSync(
    process.execPath,
    [join(root, 'device-profiles/src/profile-command/main.ts'), ...args],
    { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );

type Row = { readonly file: string; readonly make: () => string };

/** Committed files that are made from code: `npm run check` compares, `npm run fix` writes. */
const generatedTable: readonly Row[] = [
  { file: 'docs/codes.md', make: codesPage },
  { file: 'device-profiles/profile.schema.json', make: () => profileCommand('schema') },
];

const devicesFolder = 'docs/devices';

/** A page per model; nothing else lies in that folder. */
const devicePages = (): readonly Row[] => {
  // Our own program's output: file name → text.
  const pages = JSON.parse(profileCommand('docs', '--all', '--json')) as Record<string, string>;
  return Object.entries(pages).map(([name, text]) => ({
    file: `${devicesFolder}/${name}`,
    make: () => text,
  }));
};

const leftoversOf = (rows: readonly Row[]): readonly string[] => {
  const folder = join(root, devicesFolder);
  if (!existsSync(folder)) return [];
  const known = new Set(rows.map(({ file }) => file));
  return readdirSync(folder)
    .map((name) => `${devicesFolder}/${name}`)
    .filter((file) => !known.has(file));
};

const prettierOptions = (): Readonly<Record<string, unknown>> =>
  // Our own configuration file, not input.
  JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')) as Record<string, unknown>;

const made = async (row: Row): Promise<string> =>
  format(row.make(), { ...prettierOptions(), filepath: row.file });

const held = (file: string): string | undefined => {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** Files that are missing, are not what their source makes, or have no source any more. */
export const findStale = async (): Promise<readonly string[]> => {
  const rows = [...generatedTable, ...devicePages()];
  const pages = await Promise.all(
    rows.map(async (row) => ({ file: row.file, text: await made(row) })),
  );
  const stale = pages.filter(({ file, text }) => held(file) !== text).map(({ file }) => file);
  return [...stale, ...leftoversOf(rows)];
};

export const writeGenerated = async (): Promise<void> => {
  const rows = [...generatedTable, ...devicePages()];
  mkdirSync(join(root, devicesFolder), { recursive: true });
  for (const row of rows) writeFileSync(join(root, row.file), await made(row));
  for (const file of leftoversOf(rows)) rmSync(join(root, file));
};
