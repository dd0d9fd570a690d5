// needs: socat
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBench } from '../adapters/bench.ts';
import { readModelFiles } from '../adapters/model-files.ts';
import { parseCapture } from '../capture/capture-file.ts';
import type { CommandPorts } from '../profile-command/ports.ts';
import { runProfileCommand } from '../profile-command/commands.ts';
import { readProfileFile } from '../adapters/profile-file.ts';
import { sampleLock } from '../testing/sample-lock.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profile-bench-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = async (...args: readonly string[]) => {
  const [out, wrong]: [string[], string[]] = [[], []];
  const absolute = (path: string): string => resolve(folder, path);
  const ports: CommandPorts = {
    print: (text) => void out.push(text),
    complain: (text) => void wrong.push(text),
    models: readModelFiles,
    read: (path) => readProfileFile(absolute(path)),
    simulate: () => Promise.reject(new Error('is not asked to')),
    absolute,
    bench: createBench(absolute),
  };
  const code = await runProfileCommand(ports, args);
  return { code, text: [...out, ...wrong].join('\n') };
};

describe('on the simulator, on real wires', () => {
  it('certifies models of the catalogue', async () => {
    const { code, text } = await run('certify', 'nova-sds011', 'gatehouse-turnstile-t1', 'xy-md02');
    expect(text).toMatch(/nova-sds011 1\.0\.0 {2}SIMULATED/);
    expect(text).toMatch(/✓ serial on TCP poll 0 \(dust\): telemetry\.pm25/);
    expect(text).toMatch(/✓ serial on a serial port poll 0 \(dust\)/);
    expect(text).toMatch(/✓ modbus on TCP command openEntry: state\.releaseEntry says so/);
    expect(text).toMatch(/– modbus on TCP all: the device has no TCP/);
    expect(text).toMatch(/✓ modbus on a serial port command setAddress: answered/);
    expect([code, text.split('\n').filter((line) => line.includes('✗'))]).toEqual([0, []]);
  });

  it('certifies a file, and finds what is missing in it', async () => {
    await writeFile(join(folder, 'lock.yaml'), sampleLock);
    const { code, text } = await run('certify', 'lock.yaml', '--json');
    expect(code).toBe(1);
    const { profiles } = JSON.parse(text) as {
      profiles: { where: string; checks: { name: string; verdict: string }[] }[];
    };
    const verdict = (name: string): string | undefined =>
      profiles[0]?.checks.find((check) => check.name === name)?.verdict;
    expect(profiles[0]?.where).toBe('SIMULATED');
    expect(verdict('coverage')).toBe('fail');
    expect(verdict('serial on TCP poll 0 (status)')).toBe('pass');
    expect(verdict('serial on TCP presented access.uid')).toBe('pass');
  });

  it('records a serial port and reads it again', async () => {
    const bench = createBench((path) => resolve(folder, path));
    const device = {
      id: 'd1',
      profile: 'nova-sds011',
      listen: 'tcp://127.0.0.1:0',
      pty: join(folder, 'port'),
    };
    const simulator = await bench.startSimulator(
      JSON.stringify({ control: '127.0.0.1:0', devices: [device] }),
    );
    try {
      const captured = await run(
        ...['capture', '--port', 'port', '--profile', 'nova-sds011', '--poll'],
        ...['--out', 'a.capture', '--seconds', '1'],
      );
      expect([captured.code, captured.text]).toEqual([0, expect.stringMatching(/← dust/)]);
    } finally {
      await simulator.stop();
    }
    const text = (await readProfileFile(join(folder, 'a.capture'))) ?? '';
    expect(parseCapture(text).ok).toBe(true);
    const again = await run(
      'replay',
      'a.capture',
      '--with',
      'nova-sds011',
      '--against',
      'nova-sds011',
    );
    expect(again.code).toBe(0);
    const vectors = await run('vectors', 'a.capture', '--profile', 'nova-sds011');
    expect(vectors.text).toMatch(/# \d+ frames, 0 new vectors/);
  });

  it('says why a port cannot be opened', async () => {
    const serial = await run('certify', 'nova-sds011', '--live', 'no-such-port');
    expect(serial.text).toMatch(/✗ serial line: .*no-such-port/);
    const network = await run('certify', 'nova-sds011', '--live', 'tcp://127.0.0.1:1');
    expect(network.text).toMatch(/✗ serial line: tcp:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/);
  });
});
