import { chmod, mkdir, mkdtemp, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { embeddedPostgresError, errnoOf, fileError } from './errors.ts';
import type { Log } from '../../ports.ts';
import { runBriefly, type Identity } from './watchdog.ts';

/** Where things lie, and as whom PostgreSQL runs. Paths are real and absolute. */
export type Site = {
  readonly identity: Identity;
  readonly root: string;
  readonly pgdata: string;
};

const sharedRoot = '/var/lib/gatehouse';
const pointerName = 'pgdata.location';

/**
 * Settles user and place. PostgreSQL refuses to run as root: started by root it runs as the owner
 * of an existing database, else as nobody. That user must be able to reach its folder. `dataDir`
 * itself is opened for passing through; folders above it are not ours to change, so where they are
 * private (a checkout under /root) the database lies in /var/lib/gatehouse and a file in `dataDir`
 * says where. Throws CL_PG_DATA_UNWRITABLE, _UNREACHABLE, _DAMAGED, CL_PG_WRONG_USER,
 * CL_PG_NO_USER.
 */
export async function settleSite(dataDir: string, log: Log): Promise<Site> {
  const folder = await makeFolder(resolve(dataDir));
  const pointed = await readPointer(folder);
  const owner = await ownerOf(join(pointed ?? folder, 'pgdata'));
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) {
    if (owner !== null && owner.uid !== uid) {
      throw embeddedPostgresError('CL_PG_WRONG_USER', `(${folder}: uid ${owner.uid}, we: ${uid})`);
    }
    const root = pointed ?? folder;
    return { identity: null, root, pgdata: join(root, 'pgdata') };
  }
  const identity = owner !== null && owner.uid !== 0 ? owner : await nobody();
  const root = pointed ?? (await reachableRoot(folder, identity, log));
  return { identity, root, pgdata: join(root, 'pgdata') };
}

/** Asks the system itself, as that user: modes alone do not tell of access lists. */
export async function canEnter(folder: string, identity: Identity): Promise<boolean> {
  const args = ['-c', 'cd -- "$1"', 'sh', folder];
  return (await runBriefly({ file: '/bin/sh', args, identity })).ok;
}

async function makeFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    return await realpath(folder);
  } catch (error) {
    throw fileError('CL_PG_DATA_UNWRITABLE', folder, error);
  }
}

async function readPointer(folder: string): Promise<string | null> {
  const pointer = join(folder, pointerName);
  const root = await readFile(pointer, 'utf8').catch(() => null);
  if (root === null) return null;
  return realpath(root.trim()).catch((error: unknown) => {
    throw embeddedPostgresError('CL_PG_DATA_DAMAGED', `(${pointer} names ${root.trim()})`, error);
  });
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw fileError('CL_PG_DATA_UNWRITABLE', path, error);
  }
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((flag) =>
      runBriefly({ file: 'id', args: [flag, 'nobody'], identity: null }).then(({ ok, output }) =>
        ok && /^\d+$/.test(output) ? Number(output) : 0,
      ),
    ),
  );
  if (!uid || !gid) throw embeddedPostgresError('CL_PG_NO_USER');
  return { uid, gid };
}

async function reachableRoot(folder: string, identity: Identity, log: Log): Promise<string> {
  if (!(await canEnter(folder, identity))) {
    const { mode } = await stat(folder);
    await chmod(folder, mode | 0o011).catch(() => undefined);
    if (!(await canEnter(folder, identity))) return elsewhere(folder, identity, log);
  }
  return folder;
}

async function elsewhere(folder: string, identity: Identity, log: Log): Promise<string> {
  try {
    await mkdir(sharedRoot, { recursive: true, mode: 0o755 });
    const root = await mkdtemp(join(sharedRoot, 'pg-'));
    await chmod(root, 0o711);
    if (!(await canEnter(root, identity))) throw embeddedPostgresError('CL_PG_DATA_UNREACHABLE');
    await writeFile(join(folder, pointerName), `${root}\n`);
    log.warn('postgres.placed_elsewhere', { folder, root });
    return root;
  } catch (error) {
    throw fileError('CL_PG_DATA_UNREACHABLE', folder, error);
  }
}
