import { fork, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startDemo } from './demo.testing.ts';
import { prepareParts, programs } from './parts.testing.ts';
import type { Parts } from './parts.testing.ts';
import { freePorts } from './ports.ts';

// Phones on the network, as the launcher and the cloud agree on it; here the network is loopback.

let parts: Parts;
let plain = '';
const started: ChildProcess[] = [];

beforeAll(async () => {
  parts = await prepareParts();
  plain = await readFile(parts.config.cloud, 'utf8');
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
});
afterAll(() => parts.remove());

const configure = (change: string): Promise<void> =>
  parts.edit('cloud', () => plain.replace('people: 40 }', `people: 40, ${change} }`));

const textOf = (child: ChildProcess): (() => string) => {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return () => text;
};

type Offer = {
  readonly url: string;
  readonly logins: readonly { readonly role: string; readonly url: string }[];
};

/** The cloud under a parent that hears it, as the launcher is one. */
const startCloud = async () => {
  const child = fork(programs.cloud, ['--config', parts.config.cloud], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
  });
  started.push(child);
  const said = textOf(child);
  const heard: object[] = [];
  child.on('message', (message) => heard.push(Object(message) as object));
  await expect.poll(() => heard.length + (child.exitCode ?? 0), { timeout: 60_000 }).not.toBe(0);
  return { child, said, heard };
};

const open = async (url: string, ca: string): Promise<IncomingMessage> => {
  const request = get(url, { ca, agent: false });
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
};

/** Addresses on which these processes listen, as `[address, port]`; Linux. */
const listening = async (pids: readonly number[]): Promise<readonly (readonly string[])[]> => {
  const inodes = new Set<string>();
  for (const pid of pids) {
    const dir = `/proc/${pid}/fd`;
    for (const fd of await readdir(dir).catch(() => [])) {
      const target = await readlink(join(dir, fd)).catch(() => '');
      const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
      if (inode !== undefined) inodes.add(inode);
    }
  }
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').map((line) => line.trim().split(/\s+/)))
    .filter(([, , , state, , , , , , inode = '']) => state === '0A' && inodes.has(inode))
    .map(([, local = '']) => local.split(':'));
};

/** 127.0.0.1 in the byte order of this kind of table. */
const loopback = '0100007F';

const childrenOf = async (pid: number): Promise<readonly number[]> => {
  const path = `/proc/${pid}/task/${pid}/children`;
  const text = await readFile(path, 'utf8').catch(() => '');
  const own = text.split(' ').filter(Boolean).map(Number);
  return [...own, ...(await Promise.all(own.map(childrenOf))).flat()];
};

describe('the cloud', () => {
  it('hands codes to its parent, by which a phone comes in once; no token in its log', async () => {
    await configure("lan: { listen: '127.0.0.1:0' }");
    const { heard, said } = await startCloud();
    expect(heard[0]).toEqual({ ready: true });
    await expect.poll(() => heard.length).toBe(2);
    const { lan } = heard[1] as { lan: Offer };
    expect(lan.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(lan.logins.map(({ role }) => role)).toEqual(['student', 'guard']);
    const ca = await readFile(parts.file('.data/example/trust/ca.pem'), 'utf8');
    const [student] = lan.logins;
    const login = await open(student?.url ?? '', ca);
    expect([login.statusCode, login.headers.location]).toEqual([303, '/m']);
    expect(login.headers['set-cookie']?.[0]).toMatch(/HttpOnly; Secure; SameSite=Lax$/);
    await expect.poll(() => heard.length).toBe(3);
    expect((await open(student?.url ?? '', ca)).statusCode).toBe(404);
    expect((await open(`${lan.url}/`, ca)).statusCode).toBe(404);
    for (const { logins } of heard.slice(1).map((message) => (message as { lan: Offer }).lan)) {
      for (const { url } of logins) expect(said()).not.toContain(url.slice(-22));
    }
  });

  it.each([
    ['a name in place of an address', "lan: { listen: 'localhost:8443' }", /demo\.lan\.listen/],
    ['a port beyond 65535', "lan: { listen: '0.0.0.0:99999' }", /demo\.lan\.listen/],
    ['an unknown key', "lan: { listen: '127.0.0.1:0', chooser: true }", /demo\.lan.*chooser/],
  ])('refuses %s', async (_name, change, why) => {
    await configure(change);
    const { child, said } = await startCloud();
    expect(child.exitCode).toBe(1);
    expect(said()).toMatch(why);
    expect(said()).toMatch(/CL_CONFIG/);
  });

  it('refuses phones without a demo, and codes that nobody would show', async () => {
    await parts.edit('cloud', () => plain.replace(/^demo:.*$/m, "lan: { listen: '127.0.0.1:0' }"));
    const { child, said } = await startCloud();
    expect([child.exitCode, said()]).toEqual([1, expect.stringMatching(/:\d+:1 .*lan/) as string]);
    await configure("lan: { listen: '127.0.0.1:0' }");
    const alone = spawn(process.execPath, [programs.cloud, '--config', parts.config.cloud]);
    started.push(alone);
    const why = textOf(alone);
    await once(alone, 'close');
    expect([alone.exitCode, why()]).toEqual([1, expect.stringMatching(/--lan/) as string]);
  });
});

describe('the demo', () => {
  it('listens on loopback alone where phones were not asked for', async () => {
    const demo = await startDemo({ args: ['--traffic', 'off', '--people', '40'] });
    try {
      const status = await readFile(`/proc/${demo.pid('cloud')}/status`, 'utf8');
      const launcher = Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
      const found = await listening([launcher, ...(await childrenOf(launcher))]);
      const port = Number(new URL(demo.url).port);
      expect(found.map(([, hex = '']) => parseInt(hex, 16))).toContain(port);
      // Console, broker, listener, control, and a line for each device.
      expect(found.length).toBeGreaterThan(40);
      expect(new Set(found.map(([address]) => address))).toEqual(new Set([loopback]));
    } finally {
      await demo.kill('SIGTERM');
      await demo.remove();
    }
  });

  it('says which port --lan needs, and another pair, where it is taken', async () => {
    const [free = 0] = await freePorts(1);
    const port = free + 363;
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const dir = await mkdtemp(join(tmpdir(), 'gatehouse-lan-'));
    const main = resolve(import.meta.dirname, 'main.ts');
    const args = ['--lan', '--port', String(free), '--data', dir];
    const child = spawn(process.execPath, [main, ...args]);
    started.push(child);
    const said = textOf(child);
    await once(child, 'close');
    holder.close();
    await rm(dir, { recursive: true, force: true });
    expect(child.exitCode).toBe(1);
    expect(said()).toBe(
      `Port ${port}, which --lan takes beside ${free}, is taken by another program.\n` +
        `Start with another pair: npm start -- --lan --port ${free + 1}\n`,
    );
  });
});
