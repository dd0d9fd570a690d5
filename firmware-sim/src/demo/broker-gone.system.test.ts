// needs: mosquitto, psql
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import {
  aheadMs,
  askDatabase,
  createLedger,
  inTime,
  planOf,
  staffPhones,
} from './campus.testing.ts';
import type { Ledger, Row } from './campus.testing.ts';
import { prepareParts, printPlan, startPart } from './parts.testing.ts';
import type { Part, Parts } from './parts.testing.ts';
import type { Phone } from './phone.ts';

// Cloud, gateway and simulator by the files in examples/, with a broker outside that is killed.

const programs = inject('programs');
const reader = 'east-gate-1-in';
const green = { lamp: 'green', tone: 'ok', text: '请通行' };

let parts: Parts;
let broker: ChildProcess | undefined;
const running: Part[] = [];
let ask: (query: string) => Promise<readonly Row[]>;
let ledger: Ledger;
let staff: readonly Phone[];

/** As docs/link.md has it: a certificate of our authority, and each gateway its own topics. */
const prepareBroker = async (): Promise<void> => {
  const dir = parts.file('mosquitto');
  await mkdir(dir);
  await chmod(dir, 0o755);
  const trust = parts.file('.data/example/trust');
  for (const name of ['ca.pem', 'server.pem', 'server.key.pem']) {
    await copyFile(join(trust, name), join(dir, name));
    // Started by root it becomes another user, who has to read these.
    await chmod(join(dir, name), 0o644);
  }
  const topics = ['topic read gh/v1/+/up/#', 'topic write gh/v1/+/down/#'];
  const patterns = ['pattern write gh/v1/%u/up/#', 'pattern read gh/v1/%u/down/#'];
  await writeFile(join(dir, 'acl'), ['user cloud-1', ...topics, ...patterns, ''].join('\n'));
  const settings = [
    `listener ${parts.ports.broker} 127.0.0.1`,
    ...['cafile ca.pem', 'certfile server.pem', 'keyfile server.key.pem', 'acl_file acl'].map(
      (line) => line.replace(' ', ` ${dir}/`),
    ),
    'require_certificate true',
    'use_identity_as_username true',
    'max_queued_messages 0',
    'persistence false',
    '',
  ];
  await writeFile(join(dir, 'mosquitto.conf'), settings.join('\n'));
};

const startBroker = async (): Promise<void> => {
  const config = parts.file('mosquitto/mosquitto.conf');
  const child = spawn(programs.mosquitto ?? 'mosquitto', ['-c', config]);
  broker = child;
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error('mosquitto ended'));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('running')) resolve();
    });
  });
};

const killBroker = async (): Promise<void> => {
  if (broker === undefined) return;
  const ended = once(broker, 'exit');
  broker.kill('SIGKILL');
  broker = undefined;
  await ended;
};

const start = async (name: Parameters<typeof startPart>[0]): Promise<void> => {
  const part = startPart(name, parts.config[name]);
  running.push(part);
  await part.ready;
};

let turn = 0;
/** Somebody, each time another; again where the disk was too slow for the journal. */
const enters = (): Promise<void> =>
  vi.waitFor(async () => {
    turn += 1;
    const phone = staff[turn % staff.length];
    if (phone === undefined) throw new Error('nobody of the staff');
    expect(await ledger.hold(reader, phone.show('door', aheadMs))).toMatchObject(green);
  }, inTime);

beforeAll(async () => {
  parts = await prepareParts();
  await parts.issue('gw-library', parts.file('.data/example/gw-library'));
  await parts.issue('cloud-1', parts.file('.data/example/cloud-1'));
  const own = (name: string): string => `{ file: ../.data/example/cloud-1/${name} }`;
  const outside = [
    `broker:`,
    `  url: mqtts://127.0.0.1:${parts.ports.broker}`,
    `  ca: ${own('ca.pem')}`,
    `  certificate: ${own('gateway.pem')}`,
    `  key: ${own('gateway.key.pem')}`,
  ];
  await parts.edit('cloud', (text) => text.replace(/^broker: .*$/m, outside.join('\n')));
  await prepareBroker();
  staff = staffPhones(planOf(await printPlan()));
  ask = askDatabase(programs.psql ?? 'psql', parts.file('.data/example'));
  const control = async (path: string, body?: unknown): Promise<Row> => {
    const answer = await fetch(`http://127.0.0.1:${parts.ports.control}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    // What the control port answers is an object, always.
    return (await answer.json()) as Row;
  };
  ledger = createLedger({ control: () => control, ask });
  await Promise.all([startBroker(), start('sim'), start('cloud')]);
  await start('gateway');
});

afterAll(async () => {
  for (const part of running.toReversed()) await part.kill('SIGTERM');
  await killBroker();
  await parts.remove();
});

it('a broker that was killed: doors go on, and all that happened arrives once', async () => {
  await enters();
  await ledger.settled();
  await enters();
  await killBroker();
  for (let i = 0; i < 10; i += 1) {
    await enters();
    await sleep(200);
  }
  const [before] = await ask(`select count(*)::int4 as n from event where kind = 'access.granted'`);
  expect(Number(before?.['n'])).toBeLessThanOrEqual(2);
  await startBroker();
  await enters();
  await ledger.settled();
  expect(await ask('select * from gap')).toEqual([]);
});
