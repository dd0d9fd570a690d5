import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, unlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedPostgresError, errnoOf } from './errors.ts';
import { canEnter, type Site } from './site.ts';

export const socketPort = 5432;

/** sun_path: 108 bytes with the final zero on Linux, 104 on macOS; the shorter holds for all. */
const socketPathBytesMax = 103;

/** A private folder for the database's socket, and our hold on it until `release`. */
export type SocketHold = { readonly folder: string; readonly release: () => Promise<void> };

/**
 * Takes the socket's folder: 0700, owned by the database user, so that only that user and root can
 * connect; in the data folder, or, where that path is too long or its disk cannot hold sockets, in
 * the folder for temporary files under a name made from the data folder's. Holding means listening
 * on `owner.sock` in it: the kernel lets go however we end, so a second supervisor of a live
 * database always finds the first, and never a dead one. Throws CL_PG_IN_USE, CL_PG_SOCKET_FAILED.
 */
export async function holdSocketFolder(site: Site): Promise<SocketHold> {
  const failures: string[] = [];
  for (const folder of candidates(site)) {
    const failure = await prepareFolder(folder, site);
    const server = failure === null ? await listenAlone(join(folder, 'owner.sock')) : failure;
    if (typeof server !== 'string') return { folder, release: () => close(server) };
    if (server === 'taken') throw embeddedPostgresError('CL_PG_IN_USE', `(${site.root})`);
    failures.push(`${folder}: ${server}`);
  }
  throw embeddedPostgresError('CL_PG_SOCKET_FAILED', `(${failures.join('; ')})`);
}

function candidates(site: Site): readonly string[] {
  const name = `gatehouse-pg-${createHash('sha256').update(site.root).digest('hex').slice(0, 12)}`;
  return [...new Set([join(site.root, 'pg-socket'), join(tmpdir(), name), join('/tmp', name)])];
}

/** null when the folder may be used, else why not. */
async function prepareFolder(folder: string, site: Site): Promise<string | null> {
  const longest = join(folder, `.s.PGSQL.${socketPort}.lock`);
  if (Buffer.byteLength(longest) > socketPathBytesMax) return 'path too long';
  try {
    const made = await mkdir(folder, { mode: 0o700 }).then(
      () => true,
      (error: unknown) => {
        if (errnoOf(error) !== 'EEXIST') throw error;
        return false;
      },
    );
    if (made && site.identity !== null) {
      await chown(folder, site.identity.uid, site.identity.gid);
    }
    // In a shared folder anyone could have made it before us: then it is not ours to trust.
    const found = await lstat(folder);
    const uid = site.identity?.uid ?? process.getuid?.() ?? found.uid;
    if (!found.isDirectory() || found.uid !== uid) return 'belongs to somebody else';
    await chmod(folder, 0o700);
    return (await canEnter(folder, site.identity)) ? null : 'not reachable for the database user';
  } catch (error) {
    return errnoOf(error);
  }
}

async function listenAlone(path: string): Promise<Server | string> {
  const first = await listen(path);
  if (first !== 'EADDRINUSE') return first;
  if (await answers(path)) return 'taken';
  // Left behind by an owner that was killed: nobody listens.
  await unlink(path).catch(() => undefined);
  const second = await listen(path);
  return second === 'EADDRINUSE' ? 'taken' : second;
}

function listen(path: string): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer((peer) => peer.destroy());
    server.once('error', (error) => resolve(errnoOf(error)));
    server.listen(path, () => resolve(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const peer = connect(path);
    const settle = (answered: boolean): void => {
      peer.destroy();
      resolve(answered);
    };
    peer.once('connect', () => settle(true));
    // A full backlog (EAGAIN) is a living owner too; only a refusal proves that nobody listens.
    peer.once('error', (error) => settle(!['ECONNREFUSED', 'ENOENT'].includes(errnoOf(error))));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
