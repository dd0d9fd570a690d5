import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PolicyRow } from '@gatehouse/protocols';
import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyHead, PolicyStore } from '../ports.ts';
import { policyRows } from '../testing/policy-samples.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createPolicyStore } from './policy-store.ts';

const folders: string[] = [];
const stores: PolicyStore[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'policy-store-'));
  folders.push(folder);
  return folder;
};
const open = (dir: string) => {
  const log = createSilentLog();
  const store = createPolicyStore({ dir, log });
  stores.push(store);
  return { store, log };
};
const head = (version: number): PolicyHead => ({ policyEpoch: 7, version, state: 'ab'.repeat(32) });
const loadAll = async (store: PolicyStore) => {
  const rows: PolicyRow[] = [];
  const chunks: number[] = [];
  const held = await store.load((some) => {
    chunks.push(some.length);
    rows.push(...some);
  });
  return { ...held, rows, chunks };
};
const nameOf = (row: PolicyRow): string => JSON.stringify(row);
const sorted = (rows: readonly PolicyRow[]) => rows.map(nameOf).toSorted();
const inChunks = function* (rows: readonly PolicyRow[]): Generator<readonly PolicyRow[]> {
  for (let i = 0; i < rows.length; i += 200) yield rows.slice(i, i + 200);
};
const site = {
  section: 'site',
  campus: 'campus-01',
  site: 'site-01',
  zone: 'Asia/Shanghai',
} as const;
const doorRow = (id: string, unlockMs: number): PolicyRow => ({
  section: 'door',
  id,
  class: 'gate',
  nameZh: '东门',
  nameEn: 'East Gate',
  unlockMs,
});

describe('policy store', () => {
  it('starts empty', async () => {
    const { store } = open(makeFolder());
    expect(await loadAll(store)).toEqual({
      policy: undefined,
      signed: { revocations: [], profiles: [] },
      rows: [],
      chunks: [],
    });
  });

  it('gives back what a snapshot and deltas made of it, in bounded chunks', async () => {
    const dir = makeFolder();
    const first = open(dir).store;
    const rows = policyRows(1_000);
    await first.replace(head(1), inChunks(rows));
    await first.apply(head(2), {
      put: [site, doorRow('east-gate', 4_000)],
      del: [{ section: 'door', key: 'nowhere' }],
    });
    await first.apply(head(3), {
      put: [doorRow('east-gate', 6_000), doorRow('west-gate', 5_000)],
      del: [{ section: 'site', key: site.site }],
    });
    await first.close();
    const loaded = await loadAll(open(dir).store);
    expect(loaded.policy).toEqual(head(3));
    expect(Math.max(...loaded.chunks)).toBeLessThanOrEqual(500);
    expect(sorted(loaded.rows)).toEqual(
      sorted([...rows, doorRow('east-gate', 6_000), doorRow('west-gate', 5_000)]),
    );
  });

  it('a new snapshot replaces the old one whole and keeps it beside', async () => {
    const dir = makeFolder();
    const { store } = open(dir);
    await store.replace(head(1), [[doorRow('east-gate', 4_000)]]);
    await store.replace(head(2), [[doorRow('west-gate', 4_000)]]);
    expect(await loadAll(store)).toMatchObject({
      policy: head(2),
      rows: [doorRow('west-gate', 4_000)],
    });
    expect(readdirSync(dir).toSorted()).toEqual([
      'policy.sqlite',
      'policy.sqlite.previous',
      'signed.sqlite',
    ]);
  });

  it('a snapshot that breaks off changes nothing', async () => {
    const dir = makeFolder();
    const { store } = open(dir);
    await store.replace(head(1), [[doorRow('east-gate', 4_000)]]);
    const broken = function* (): Generator<readonly PolicyRow[]> {
      yield [doorRow('west-gate', 4_000)];
      throw new Error('the line broke');
    };
    await expect(store.replace(head(2), broken())).rejects.toThrow('the line broke');
    expect(await loadAll(store)).toMatchObject({
      policy: head(1),
      rows: [doorRow('east-gate', 4_000)],
    });
    await store.replace(head(3), [[doorRow('south-gate', 4_000)]]);
    expect((await loadAll(store)).policy).toEqual(head(3));
  });

  it('is whole after kill -9 while it is replaced for ever', async () => {
    const dir = makeFolder();
    const child = fork(new URL('../testing/replacing-child.ts', import.meta.url), [dir], {
      execArgv: [],
    });
    const done: number[] = [];
    child.on('message', (version: number) => {
      done.push(version);
      if (done.length === 6) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const { policy, rows } = await loadAll(open(dir).store);
    const last = done.at(-1) ?? 0;
    expect([last, last + 1]).toContain(policy?.version);
    expect(rows).toHaveLength(1_000 + (policy?.version ?? 0));
    expect(existsSync(join(dir, 'policy.next.sqlite'))).toBe(false);
  });

  const kept = {
    id: 'my-lock',
    inForce: { version: '1.1.0', text: 'id: my-lock' },
    refused: { version: '1.2.0', sha256: 'a'.repeat(64), why: 'silent' },
  };

  it('keeps keys, revocations and profiles apart from any snapshot', async () => {
    const dir = makeFolder();
    const first = open(dir).store;
    await first.saveKeys('keys.1');
    await first.saveKeys('keys.2');
    await first.addRevocations(['r.1', 'r.2']);
    await first.replace(head(1), [[site]]);
    await first.addRevocations(['r.3']);
    await first.keepProfile({ id: 'my-lock', inForce: { version: '1.0.0', text: 'id: my-lock' } });
    await first.keepProfile(kept);
    await first.saveFloor(1_800_000_000_000);
    await first.saveFloor(1_800_000_000_001);
    await first.close();
    const { signed } = await loadAll(open(dir).store);
    expect(signed).toEqual({
      keys: 'keys.2',
      revocations: ['r.1', 'r.2', 'r.3'],
      profiles: [kept],
      floorMs: 1_800_000_000_001,
    });
  });

  it.each([
    ['no database', (file: string) => writeFileSync(file, 'no database '.repeat(1_000))],
    [
      'a broken page',
      (file: string) => {
        const handle = openSync(file, 'r+');
        const page = Math.floor(statSync(file).size / 4096 / 2);
        writeSync(handle, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
        closeSync(handle);
      },
    ],
  ])('moves %s aside and goes on with a new snapshot', async (_, damage) => {
    const dir = makeFolder();
    const first = open(dir).store;
    await first.replace(head(1), inChunks(policyRows(500)));
    await first.saveKeys('keys.1');
    await first.close();
    damage(join(dir, 'policy.sqlite'));
    const { store, log } = open(dir);
    expect(await loadAll(store)).toMatchObject({
      policy: undefined,
      signed: { keys: 'keys.1' },
      rows: [],
    });
    expect(readdirSync(dir)).toContain('policy.damaged-1');
    expect(log.lines.join()).toContain('policy_store.damaged');
    await store.replace(head(2), [[site]]);
    expect((await loadAll(store)).policy).toEqual(head(2));
  });

  it('refuses with its code where the disk does not let it in', async () => {
    const dir = join(makeFolder(), 'file');
    writeFileSync(dir, '');
    const { store } = open(dir);
    const code = { code: 'GW_POLICY_STORE' };
    await expect(loadAll(store)).rejects.toMatchObject(code);
    await expect(store.apply(head(1), { put: [], del: [] })).rejects.toMatchObject(code);
    rmSync(dir);
    await expect(loadAll(store)).resolves.toMatchObject({ policy: undefined });
  });
});
