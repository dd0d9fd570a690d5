import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readModelFiles } from '../adapters/model-files.ts';
import { createDesk } from '../testing/fake-bench.ts';
import { changedLock, sampleLock } from '../testing/sample-lock.ts';
import { runProfileCommand } from './commands.ts';
import type { CommandPorts } from './ports.ts';

const models = await readModelFiles();
const good = models.find(({ name }) => name.endsWith('scanner-s1.yaml'));
const files: Readonly<Record<string, string>> = {
  'mine.yaml': sampleLock,
  'bad.yaml': changedLock('unit: V', 'unit: Volt'),
  'broken.yaml': good?.text.replace('TEXT 请进', 'TEXT 请出') ?? '',
};

type Said = {
  readonly code: number;
  readonly out: string;
  readonly wrong: string;
  readonly configs: readonly string[];
};

const run = async (...args: readonly string[]): Promise<Said> => {
  const out: string[] = [];
  const wrong: string[] = [];
  const configs: string[] = [];
  const ports: CommandPorts = {
    print: (text) => void out.push(text),
    complain: (text) => void wrong.push(text),
    models: () => Promise.resolve(models),
    read: (path) => Promise.resolve(files[path]),
    simulate: (config) => {
      configs.push(config);
      return Promise.resolve(0);
    },
    absolute: (path) => `/srv/ada/${path}`,
    bench: createDesk({}).ports.bench,
  };
  const code = await runProfileCommand(ports, args);
  return { code, out: out.join('\n'), wrong: wrong.join('\n'), configs };
};

describe('npm run profile', () => {
  it.each<readonly [readonly string[], number, RegExp]>([
    [[], 2, /check .*\n[^]*test .*\n[^]*sim .*\n[^]*schema/],
    [['help'], 0, /check/],
    [['chek'], 2, /chek is no command\n\nnpm run profile/],
    [['check', '--help'], 0, /check <file or id …> \| --all/],
    [['check'], 2, /Name files or ids, or --all/],
    [['check', '--everything'], 2, /--everything is unknown: use --all/],
    [
      ['check', 'nowhere.yaml'],
      1,
      /nowhere\.yaml is no file and no id of the catalogue: .*gatehouse-/,
    ],
    [['check', 'bad.yaml'], 1, /bad\.yaml:25:36 model\.telemetry\.voltage\.unit must be one of/],
    [
      ['check', 'mine.yaml', 'bad.yaml'],
      1,
      /✓ mine\.yaml {2}sample-lock 1\.0\.0\n.* only as sample-lock\.yaml\n1 good, 1 faulty/,
    ],
    [['check', '--all'], 0, /0 faulty/],
    [['test', '--json', '--all', 'gatehouse-strike-d1'], 2, /Name ids or files, or --all/],
    [
      ['test', 'gatehouse-strike-d1'],
      0,
      /✓ 7 modbus open \{"ms":3000\} {2}\(invented\)[^]*17 of 17 covered/,
    ],
    [['test', 'bad.yaml'], 1, /✗ bad\.yaml breaks a rule: see above/],
    [['test', 'mine.yaml'], 1, /✗ bindings\.serial\.polls\.0: no vector sends it/],
    [['sim'], 2, /Name one id or file/],
    [['sim', 'bad.yaml'], 1, /must be one of/],
    [['sim', 'mine.yaml', '--tcp'], 2, /--tcp needs a value/],
    [['sim', 'mine.yaml', '--tcp', '70000'], 2, /--tcp needs a port from 0/],
    [['sim', 'gatehouse-scanner-n1'], 2, /asks by HTTP: where \(--push URL\)/],
    [['schema', 'x', '--y'], 2, /--y is unknown: there are no options/],
  ])('%j ends with %i', async (args, code, text) => {
    const said = await run(...args);
    expect(`${said.out}\n${said.wrong}`).toMatch(text);
    expect(said.code).toBe(code);
  });

  it('shows what a vector says and what came instead', async () => {
    const said = await run('test', 'broken.yaml');
    expect(said.code).toBe(1);
    expect(said.out).toMatch(
      /✗ 4 serial show[^\n]*\n {6}expected {2}4C 41[^\n]*\n {6}got {7}4C 41/,
    );
    expect(said.out).toContain('bindings.serial.commands.show: no vector sends it');
  });

  it('gives one JSON document', async () => {
    const { out, code } = await run('test', '--json', 'gatehouse-strike-d1', 'mine.yaml');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { id: 'gatehouse-strike-d1', good: true, coverage: { missing: [] } },
      { id: 'sample-lock', good: false },
    ]);
  });

  it('plays a model of the catalogue, and a file that is not in it', async () => {
    const ours = await run('sim', 'gatehouse-turnstile-t1', '--tcp=7700');
    expect(ours.configs.map((text) => parse(text) as unknown)).toEqual([
      {
        control: '127.0.0.1:0',
        devices: [
          {
            id: 'gatehouse-turnstile-t1',
            profile: 'gatehouse-turnstile-t1',
            listen: 'tcp://127.0.0.1:7700',
          },
        ],
      },
    ]);
    const asks = 'http://127.0.0.1:7710/push/head';
    const head = await run('sim', 'gatehouse-scanner-n1', '--push', asks, '--secret', 'abc');
    const [device] = (parse(head.configs[0] ?? '') as { devices: readonly unknown[] }).devices;
    expect(device).toEqual({
      id: 'gatehouse-scanner-n1',
      profile: 'gatehouse-scanner-n1',
      asks,
      secret: 'abc',
    });
    const mine = await run('sim', 'mine.yaml', '--pty', 'lock');
    expect(mine.configs.map((text) => parse(text) as unknown)).toEqual([
      {
        control: '127.0.0.1:0',
        profileFiles: ['/srv/ada/mine.yaml'],
        devices: [
          {
            id: 'sample-lock',
            profile: 'sample-lock',
            listen: 'tcp://127.0.0.1:0',
            pty: '/srv/ada/lock',
            params: { address: 1 },
          },
        ],
      },
    ]);
  });
});
