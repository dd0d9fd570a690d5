import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
const example = join(import.meta.dirname, '..', '..', 'examples', 'sim.yaml');

const start = (...args: readonly string[]): ChildProcess =>
  fork(main, [...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });

const outcome = async (child: ChildProcess) => {
  let errors = '';
  const { stderr } = child;
  stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const read = stderr === null ? undefined : once(stderr, 'close');
  // Not `close`: after a disconnect of ours it never comes.
  const [code] = (await once(child, 'exit')) as [number | null];
  await read;
  return { code, errors };
};

describe('npm run sim', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-sim-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  /** The example, on free ports. */
  const free = async (): Promise<string> => {
    const path = join(folder, 'sim.yaml');
    const text = (await readFile(example, 'utf8')).replaceAll(
      /127\.0\.0\.1:73\d\d/g,
      '127.0.0.1:0',
    );
    await writeFile(path, text);
    return path;
  };

  it.each([
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
    ['disconnect', (child: ChildProcess) => child.disconnect()],
  ])('starts the example, says when it is ready, and ends on %s', async (_case, end) => {
    const child = start('--config', await free());
    const ended = outcome(child);
    const [message] = (await once(child, 'message')) as [{ control: string }];
    expect(message).toMatchObject({
      ready: true,
      devices: [{ id: 'east-gate-1-in' }, { id: 'east-gate-1-out' }, { id: 'east-gate-1-ctl' }],
    });
    const response = await fetch(`${message.control}/devices`);
    expect(response.status).toBe(200);
    end(child);
    expect(await ended).toEqual({ code: 0, errors: '' });
    await expect(fetch(`${message.control}/devices`)).rejects.toThrow();
  });

  it('takes profiles that the configuration brings along', async () => {
    const models = join(import.meta.dirname, '..', '..', 'device-profiles', 'models');
    const model = await readFile(join(models, 'gatehouse-scanner-s1.yaml'), 'utf8');
    await writeFile(join(folder, 'own.yaml'), model.replace(/^id: .*$/m, 'id: own-scanner'));
    const path = join(folder, 'sim.yaml');
    const device = "{ id: a, profile: own-scanner, listen: 'tcp://127.0.0.1:0' }";
    await writeFile(
      path,
      `control: 127.0.0.1:0\nprofileFiles: [own.yaml]\ndevices:\n  - ${device}\n`,
    );
    const child = start('--config', path);
    const ended = outcome(child);
    const [message] = (await once(child, 'message')) as [{ control: string }];
    const response = await fetch(`${message.control}/devices/a`);
    expect(await response.json()).toMatchObject({ profile: 'own-scanner', values: {} });
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, errors: '' });
    await writeFile(join(folder, 'own.yaml'), model.replace(/^kind: .*$/m, 'kind: Thing'));
    const broken = await outcome(start('--config', path));
    expect(broken.code).toBe(1);
    expect(broken.errors).toMatch(/^SIM_CONFIG .*own\.yaml:3:\d+ kind/s);
  });

  it('names the port that is taken and what to do', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const path = await free();
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace('control: 127.0.0.1:0', `control: 127.0.0.1:${port}`),
    );
    expect(await outcome(start('--config', path))).toEqual({
      code: 1,
      errors: expect.stringMatching(
        new RegExp(`^SIM_PORT_TAKEN .*127\\.0\\.0\\.1:${port}\n.*another port\n$`),
      ) as string,
    });
    holder.close();
  });

  it.each([
    ['a fault in the file', 'control: 127.0.0.1:0\ndevices: 3\n', /sim\.yaml:2:10 devices must be/],
    ['an empty file', '', /sim\.yaml:1:1 is empty/],
  ])('names %s', async (_case, text, errors) => {
    const path = join(folder, 'sim.yaml');
    await writeFile(path, text);
    const result = await outcome(start('--config', path));
    expect(result.code).toBe(1);
    expect(result.errors).toMatch(errors);
  });

  it.each([
    ['no file', ['--config', 'nowhere.yaml'], /SIM_CONFIG .*nowhere\.yaml cannot be read/],
    ['an unknown option', ['--colour'], /--colour.*\nnpm run sim/s],
  ])('explains %s', async (_case, args, errors) => {
    const result = await outcome(start(...args));
    expect(result.code).toBe(1);
    expect(result.errors).toMatch(errors);
  });
});
