// needs: psql
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { signIn } from './api.testing.ts';
import {
  aheadMs,
  askDatabase,
  createLedger,
  inTime,
  pidOf,
  readPlan,
  runSql,
  staffPhones,
} from './campus.testing.ts';
import type { Ledger, Row } from './campus.testing.ts';
import { startDemo } from './demo.testing.ts';
import type { RunningDemo } from './demo.testing.ts';
import type { Phone } from './phone.ts';
import { mountSmallDisk } from './small-disk.testing.ts';
import type { SmallDisk } from './small-disk.testing.ts';

// Storage cards fill up. The journal of one gateway and the database of the cloud stand on disks of
// a few megabytes that are filled to the last byte, and emptied again.

const gatewayMegabytes = 8;
const databaseMegabytes = 160;
const psql = inject('programs').psql ?? 'psql';

let dataDir = '';
let gatewayDisk: SmallDisk;
let databaseDisk: SmallDisk;
let demo: RunningDemo;
let staff: readonly Phone[];
let ask: (query: string) => Promise<readonly Row[]>;
let ledger: Ledger;

const green = { lamp: 'green', tone: 'ok', text: '请通行' };
const refused = { lamp: 'red', tone: 'no', text: '请联系值班' };
const entry = 'lab-hall-1-in';
const exit = 'lab-hall-1-out';

let turn = 0;

/** Everybody of the staff in turn: who comes twice to one reader has to wait. */
const fresh = (): string => {
  const phone = staff[(turn += 1) % staff.length];
  if (phone === undefined) throw new Error('nobody of the staff');
  return phone.show('door', aheadMs);
};

const until = (reader: string, face: Row, opensAs?: string): Promise<void> =>
  vi.waitFor(async () => {
    expect(await ledger.hold(reader, fresh(), opensAs)).toMatchObject(face);
  }, inTime);

const conditions = async (): Promise<readonly string[]> => {
  type Now = { readonly conditions: readonly { readonly id: string }[] };
  const admin = await signIn(demo.url, '刘洋');
  return (await admin.get<Now>('/api/console/now')).conditions.map(({ id }) => id);
};

const journalFailed = 'gw-lab/journal_failed/gw-lab';

/** Rows of people who were let out while nothing could be written. */
const owedRows = (): Promise<readonly Row[]> =>
  ask(`select seq from event where device = '${exit}' and kind = 'access.granted'
    and data->>'reason' = 'exit_journal_failed'`);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-full-'));
  await chmod(dataDir, 0o755);
  gatewayDisk = await mountSmallDisk(join(dataDir, 'gateways', 'gw-lab', 'data'), gatewayMegabytes);
  databaseDisk = await mountSmallDisk(join(dataDir, 'cloud', 'postgres'), databaseMegabytes);
  demo = await startDemo({ args: ['--traffic', 'off', '--people', '400'], dataDir });
  staff = staffPhones(await readPlan(dataDir));
  ask = askDatabase(psql, dataDir);
  ledger = createLedger({ control: () => demo.control, ask });
  await until(entry, green);
  await until('north-gate-1-in', green);
});

afterAll(async () => {
  await demo.kill('SIGTERM');
  gatewayDisk.unmount();
  databaseDisk.unmount();
  await rm(dataDir, { recursive: true, force: true });
});

describe('the disk of a gateway is full', () => {
  let outs = 0;
  /** Somebody wants out, though nothing can be written. */
  const goOut = async (): Promise<void> => {
    const { lamp } = await ledger.hold(exit, fresh(), 'exit_journal_failed');
    expect(lamp).toBe('green');
    outs += 1;
  };
  /** It can write again: people come in, and the rows that it owed are there. */
  const recovers = async (): Promise<void> => {
    await until(entry, green);
    await vi.waitFor(async () => {
      expect(await owedRows()).toHaveLength(outs);
      expect(await conditions()).not.toContain(journalFailed);
    }, inTime);
    await ledger.settled();
  };

  it('entries refuse and say whom to call, exits open, other gateways go on', async () => {
    gatewayDisk.fill();
    // What the journal owns already takes some more rows.
    await vi.waitFor(async () => {
      for (let i = 0; i < 5; i += 1) {
        expect(await ledger.hold(entry, fresh())).toMatchObject(refused);
      }
    }, inTime);
    await goOut();
    await goOut();
    await until(entry, refused);
    expect(await ledger.hold('north-gate-1-in', fresh())).toMatchObject(green);
    await vi.waitFor(async () => {
      expect(await conditions()).toContain(journalFailed);
    }, inTime);
    expect(await owedRows()).toEqual([]);
  });

  it('with room again it recovers by itself, and writes the rows that it owes', async () => {
    gatewayDisk.free();
    await recovers();
    const told = await ask(`select kind from event where gateway = 'gw-lab' and stream = 'urgent'
      and data->>'code' = 'journal_failed' order by seq`);
    expect(told).toEqual([{ kind: 'condition.raised' }, { kind: 'condition.cleared' }]);
  });

  it('people get out after a restart, too', async () => {
    gatewayDisk.fill();
    process.kill(await pidOf(dataDir, 'gw-lab.yaml'), 'SIGKILL');
    await vi.waitFor(goOut, inTime);
    await until(entry, refused);
    gatewayDisk.free();
    await recovers();
  });
});

describe('the disk of the database is full', () => {
  const gates = ['east-gate-1-in', entry, 'north-gate-1-in'] as const;
  const everybodyEnters = async (): Promise<void> => {
    for (const reader of gates) await until(reader, green);
  };

  /** Whether the newest rows have come within some seconds; a database that is away has none. */
  const arrives = async (): Promise<boolean> => {
    const entered = ledger.shown.filter(({ lamp }) => lamp === green.lamp);
    const newest = entered
      .slice(-gates.length)
      .map(({ credential, counter }) => `('${credential}', '${counter}')`);
    await sleep(3_000);
    const rows = await ask(`select 1 from event where kind = 'access.granted'
      and (data->>'credential', data->>'counter') in (${newest.join()})`).catch(() => []);
    return rows.length >= gates.length;
  };

  /** The log in front of the tables needs a new file: without one the whole server ends. */
  const useUpLog = (): Promise<void> =>
    vi.waitFor(async () => {
      const sql = `select pg_logical_emit_message(true, 'log', 'full'), pg_switch_wal()`;
      await expect(runSql(psql, dataDir, { as: 'postgres', sql })).rejects.toThrow();
    }, inTime);

  it.each([
    ['for tables', () => Promise.resolve()],
    ['for its log, so that the server ends', useUpLog],
  ])('%s: gateways go on, and all that happened arrives once', async (_case, more) => {
    await vi.waitFor(everybodyEnters, inTime);
    databaseDisk.fill();
    // Pages that the database already owns are still written.
    await vi.waitFor(async () => {
      for (let i = 0; i < 10; i += 1) await everybodyEnters();
      expect(await arrives()).toBe(false);
    }, inTime);
    await more();
    await everybodyEnters();
    databaseDisk.free();
    await everybodyEnters();
    await ledger.settled();
    expect(await ask('select * from gap')).toEqual([]);
  });
});
