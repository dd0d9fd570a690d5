import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareParts, startPart } from './parts.testing.ts';
import type { Ended, Part, Parts, ProgramName } from './parts.testing.ts';

// A program that cannot start says where, why and what to do, and ends. Nobody reads a stack trace.

let parts: Parts;
beforeAll(async () => {
  parts = await prepareParts();
  await parts.issue('gw-library', parts.file('.data/example/gw-library'));
});
afterAll(() => parts.remove());

const startWith = (name: ProgramName, config: string): Promise<Ended> =>
  startPart(name, config).ended;

const stack = /^\s+at .*:\d+:\d+\)?$/m;

describe('a mistake in a configuration', () => {
  /** The example with one change, beside it. */
  const spoilt = async (name: ProgramName, from: string | RegExp, to: string): Promise<string> => {
    let path = '';
    await parts.edit(name, (text) => {
      expect(text).toMatch(from);
      path = text.replace(from, to);
      return text;
    });
    const file = parts.file(join('examples', `spoilt-${name}.yaml`));
    await writeFile(file, path);
    return file;
  };
  it.each([
    ['cloud', 'an unknown key', 'dataDir:', 'seed: 3\ndataDir:', /:3:1 .*seed/],
    ['cloud', 'another type', 'seed: 1', 'seed: one', /:\d+:\d+ demo\.seed .*integer/],
    ['cloud', 'a port beyond 65535', /listen: 127\S+/, 'listen: 127.0.0.1:99999', /:\d+:9 listen /],
    ['cloud', 'broken YAML', 'trust: {', 'trust: {{', /:\d+:\d+ /],
    ['gateway', 'a missing key', /^dataDir:.*$/m, '', /:\d+:\d+ .*dataDir/],
    [
      'gateway',
      'a doubled device',
      'id: east-gate-1-out',
      'id: east-gate-1-in',
      /:\d+:\d+ devices/,
    ],
    ['gateway', 'an unknown profile', 'gatehouse-scanner-s1', 'scanner-x9', /:\d+:\d+ devices/],
    ['gateway', 'a reserved name', 'gateway: gw-library', 'gateway: cloud', /:\d+:\d+ gateway /],
    ['sim', 'another type', 'seed: 1', 'seed: one', /:\d+:\d+ seed .*integer/],
  ] as const)('%s: %s', async (name, _what, from, to, place) => {
    const file = await spoilt(name, from, to);
    const { code, said } = await startWith(name, file);
    const [, first = ''] = said.split(file);
    expect(`${first.split('\n')[0] ?? ''}`).toMatch(place);
    expect(said).toMatch(/[A-Z]{2,3}_CONFIG/);
    expect(said.trim().split('\n').at(-1)).toMatch(/Mend the lines? /);
    expect(said).not.toMatch(stack);
    expect(code).toBe(1);
  });

  it.each([
    ['cloud', /nowhere\.yaml cannot be read/],
    ['gateway', /nowhere\.yaml cannot be read/],
    ['sim', /nowhere\.yaml cannot be read/],
  ] as const)('%s: no such file', async (name, sentence) => {
    const { code, said } = await startWith(name, 'nowhere.yaml');
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(sentence) as string });
    expect(said).not.toMatch(stack);
  });

  it('gateway: a root key that is none', async () => {
    const key = parts.file('broken.jwk');
    await writeFile(key, '{"kty":');
    const file = await spoilt('gateway', /rootKey: .*/, `rootKey: { file: ${key} }`);
    const { code, said } = await startWith('gateway', file);
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(/broken\.jwk .*\nGW_CONFIG: /) as string,
    });
  });
});

describe('what another program holds', () => {
  const occupy = async (port: number): Promise<Server> => {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  it.each([
    ['cloud', 'the console’s port', 'console', /CL_PORT: .*another port in the configuration/],
    ['cloud', 'the gateways’ port', 'listener', /CL_PORT: .*another port in the configuration/],
    ['cloud', 'the broker’s port', 'broker', /CL_PORT: .*another port in the configuration/],
    ['sim', 'the control port', 'control', /End that program .*another port/],
  ] as const)('%s: %s', async (name, _what, which, remedy) => {
    const port = parts.ports[which];
    const holder = await occupy(port);
    const { code, said } = await startWith(name, parts.config[name]);
    holder.close();
    expect(said).toContain(`127.0.0.1:${port}`);
    expect(said).toMatch(remedy);
    expect(said).not.toMatch(stack);
    expect(code).toBe(1);
  });

  const running: Part[] = [];
  afterAll(async () => {
    for (const part of running) await part.kill('SIGTERM');
  });

  it.each([
    ['gateway', /another gateway/i],
    ['cloud', /in use by another running process.*\nCL_PG_IN_USE: Stop the other one/s],
  ] as const)('a second %s on the same data', async (name, sentence) => {
    await mkdir(parts.file('.data'), { recursive: true });
    const first = startPart(name, parts.config[name]);
    running.push(first);
    await first.ready;
    const { code, said } = await startWith(name, parts.config[name]);
    expect(said).toMatch(sentence);
    expect(said).not.toMatch(stack);
    expect(code).toBe(1);
  });
});
