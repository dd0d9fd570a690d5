import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { codesPage } from './codes-page.ts';
import { root } from './run.ts';

const profileSchema = (): string =>
  // A process of its own: a tool knows the contract and no other package.
  execFileSync(
    process.execPath,
    [join(root, 'device-profiles/src/profile-command/main.ts'), 'schema'],
    { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 },
  );

/** Committed files that are made from code: `npm run check` compares, `npm run fix` writes. */
const generatedTable: readonly { readonly file: string; readonly make: () => string }[] = [
  { file: 'docs/codes.md', make: codesPage },
  { file: 'device-profiles/profile.schema.json', make: profileSchema },
];

const prettierOptions = (): Readonly<Record<string, unknown>> =>
  // Our own configuration file, not input.
  JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8')) as Record<string, unknown>;

const made = async (row: (typeof generatedTable)[number]): Promise<string> =>
  format(row.make(), { ...prettierOptions(), filepath: row.file });

const held = (file: string): string | undefined => {
  const path = join(root, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
};

/** Files that are missing or are not what their source makes. */
export const findStale = async (): Promise<readonly string[]> => {
  const pages = await Promise.all(
    generatedTable.map(async (row) => ({ file: row.file, text: await made(row) })),
  );
  return pages.filter(({ file, text }) => held(file) !== text).map(({ file }) => file);
};

export const writeGenerated = async (): Promise<void> => {
  for (const row of generatedTable) writeFileSync(join(root, row.file), await made(row));
};
