import type { Delta, Manifest, PolicyRow } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createJwsVerifier } from '../adapters/jws.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import { createZstd } from '../adapters/zstd.ts';
import { createConditions } from '../conditions.ts';
import { createMemoryPolicyStore } from '../testing/memory-policy-store.ts';
import { createSigner, snapshotOf, stateOf } from '../testing/signer.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createKeeper } from './keeper.ts';
import { inflatedBytesMax, rowsPerSlice, snapshotBytesMax } from './snapshot.ts';

const signer = createSigner();
const head = { gateway: 'gw-1', policyEpoch: 1, version: 1 };
const first = snapshotOf(policyRows, head);

/** A gateway's keeper, and a cloud that serves what it is told to serve. */
const createBench = async (store = createMemoryPolicyStore()) => {
  const clock = createVirtualClock(tuesdayTenMs);
  const log = createSilentLog();
  const bodies = new Map<string, Uint8Array>();
  const asked: string[] = [];
  const applied: string[] = [];
  const signedAt: number[] = [];
  let pauses = 0;
  const conditions = createConditions(clock.nowMs, () => undefined);
  const keeper = createKeeper({
    ports: {
      clock: {
        ...clock,
        after: (delayMs, then) => {
          if (delayMs === 0) pauses += 1;
          return clock.after(delayMs, then);
        },
      },
      log,
      policyStore: store.port,
      primitives: createPrimitives(),
      jws: createJwsVerifier(),
      zstd: createZstd(),
      http: {
        get: (path, bytesMax) => {
          asked.push(path);
          const body = bodies.get(path);
          if (body === undefined) return Promise.reject(new Error('404'));
          if (body.length > bytesMax) return Promise.reject(new Error('too long'));
          return Promise.resolve(body);
        },
      },
    },
    gateway: 'gw-1',
    root: signer.rootKey,
    conditions,
    onApplied: (how) => void applied.push(`${how} ${keeper.held().policyVersion}`),
    onSignedAt: (atMs) => void signedAt.push(atMs),
  });
  await keeper.load();
  /** Time stands still while something is taken; pauses are timers of no length. */
  const run = async (taking: Promise<void>) => {
    let done = false;
    void taking.then(() => {
      done = true;
    });
    while (!done) {
      await clock.advance(0);
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  };
  const serve = (manifest: Manifest, body: Uint8Array) => {
    bodies.set(`/v1/policy/gw-1/${manifest.policyEpoch}-${manifest.version}`, body);
  };
  const active = () => conditions.active().map(({ code, detail }) => `${code} ${detail}`);
  const paused = () => pauses;
  return { keeper, clock, log, store, asked, applied, signedAt, run, serve, active, paused };
};

/** With keys and the first snapshot. */
const createReady = async () => {
  const bench = await createBench();
  await bench.keeper.onKeys(await signer.keys());
  bench.serve(first.manifest, first.body);
  await bench.run(bench.keeper.onManifest(await signer.manifest(first.manifest)));
  return bench;
};

const newDoor: PolicyRow = {
  section: 'door',
  id: 'annex',
  class: 'gate',
  nameZh: 'x',
  nameEn: 'x',
  unlockMs: 1_000,
};
const withDoor = [...policyRows.filter((row) => row.section !== 'rule'), newDoor];
const step = (change: Partial<Delta> = {}): Delta => ({
  gateway: 'gw-1',
  policyEpoch: 1,
  from: 1,
  to: 2,
  ops: [
    { put: newDoor },
    ...policyRows.flatMap((row) =>
      row.section === 'rule' ? [{ del: { section: 'rule', key: row.id } }] : [],
    ),
  ],
  state: stateOf(withDoor),
  issuedAt: 5,
  ...change,
});

describe('a snapshot', () => {
  it('is held, stored and told, and ends the want of a policy', async () => {
    const { keeper, store, applied, active, asked, signedAt } = await createReady();
    expect(keeper.held()).toMatchObject({ keysSerial: 1, policyEpoch: 1, policyVersion: 1 });
    expect(asked).toEqual(['/v1/policy/gw-1/1-1']);
    expect(applied).toEqual(['snapshot 1']);
    expect(store.head).toEqual({ policyEpoch: 1, version: 1, state: first.manifest.state });
    expect(store.rows.size).toBe(policyRows.length);
    expect(keeper.roster().door('lab')?.unlockMs).toBe(3_000);
    expect(active()).toEqual([]);
    expect(signedAt).toEqual([1]);
  });

  it('is missed until it comes', async () => {
    const { keeper, active } = await createBench();
    expect([active(), keeper.held().policyVersion]).toEqual([['policy_missing '], 0]);
  });

  it('is not fetched again, nor told again, and one of before changes nothing', async () => {
    const { keeper, run, asked, applied, clock } = await createReady();
    await clock.advance(60_000);
    expect(keeper.ageMs()).toBe(60_000);
    const older = { ...first.manifest, version: 0 };
    await run(keeper.onManifest(await signer.manifest(older)));
    expect(keeper.ageMs()).toBe(60_000);
    await run(keeper.onManifest(await signer.manifest(first.manifest)));
    expect([asked.length, applied.length, keeper.ageMs()]).toEqual([1, 1, 0]);
  });

  it('of 5,000 rows leaves doors and buses their turn', async () => {
    const { keeper, run, serve, paused } = await createReady();
    const many = Array.from({ length: 5_000 }, (_, n): PolicyRow => ({ ...newDoor, id: `d-${n}` }));
    const { body, manifest } = snapshotOf(many, { ...head, version: 2 });
    serve(manifest, body);
    await run(keeper.onManifest(await signer.manifest(manifest)));
    expect(paused()).toBe(5_000 / rowsPerSlice);
    expect(keeper.held().policyVersion).toBe(2);
  });

  it('survives a restart', async () => {
    const { store } = await createReady();
    const { keeper, applied, active } = await createBench(store);
    expect(keeper.held()).toMatchObject({ keysSerial: 1, policyEpoch: 1, policyVersion: 1 });
    expect([applied, active()]).toEqual([['loaded 1'], []]);
  });

  it('stays in force where the disk does not take it', async () => {
    const { keeper, run, serve, store, log } = await createReady();
    store.fails = true;
    const { body, manifest } = snapshotOf(withDoor, { ...head, version: 2 });
    serve(manifest, body);
    await run(keeper.onManifest(await signer.manifest(manifest)));
    expect(keeper.held().policyVersion).toBe(2);
    expect(log.lines.some((line) => line.startsWith('error policy.not_stored'))).toBe(true);
  });
});

describe('a snapshot that is not what was signed', () => {
  const next = snapshotOf(withDoor, { ...head, version: 2 });
  const tampered = next.body.with(20, (next.body[20] ?? 0) ^ 1);
  const notRows = new Uint8Array(createZstd().compress(new TextEncoder().encode('{"a":1}\n')));
  const bomb = new Uint8Array(createZstd().compress(new Uint8Array(inflatedBytesMax + 1)));
  const named = (body: Uint8Array): Partial<Manifest> => {
    const hash = createPrimitives().sha256(body);
    return { bytes: body.length, sha256: Buffer.from(hash).toString('hex') };
  };

  it.each([
    ['other bytes', {}, tampered, 'policy_refused snapshot'],
    ['another state', { state: 'ab'.repeat(32) }, next.body, 'policy_refused snapshot'],
    ['no rows', named(notRows), notRows, 'policy_refused snapshot'],
    ['no zstd', named(next.body.slice(4)), next.body.slice(4), undefined],
    ['a body longer than it said', { bytes: 10 }, next.body, undefined],
    ['nothing there', {}, undefined, undefined],
    ['a manifest of too much', { bytes: snapshotBytesMax + 1 }, next.body, undefined],
    ['a bomb', named(bomb), bomb, undefined],
  ])('%s: what was held stays', async (_, change, body, condition) => {
    const { keeper, run, serve, active, store } = await createReady();
    const manifest = { ...next.manifest, ...change };
    if (body !== undefined) serve(manifest, body);
    await run(keeper.onManifest(await signer.manifest(manifest)));
    expect(keeper.held().policyVersion).toBe(1);
    expect(store.head?.version).toBe(1);
    expect(active()).toEqual(condition === undefined ? [] : [condition]);
    await run(keeper.onDelta(await signer.delta(step())));
    expect([keeper.held().policyVersion, active()]).toEqual([2, []]);
  });
});

describe('a delta', () => {
  it('leads from one version to the next', async () => {
    const { keeper, run, applied, store } = await createReady();
    await run(keeper.onDelta(await signer.delta(step())));
    expect([keeper.held().policyVersion, applied.at(-1)]).toEqual([2, 'delta 2']);
    expect(keeper.roster().rules('lab')).toEqual([]);
    expect(store.head).toEqual({ policyEpoch: 1, version: 2, state: stateOf(withDoor) });
    expect(stateOf([...store.rows.values()])).toBe(stateOf(withDoor));
  });

  it.each([
    ['of a version that is not held', { from: 2, to: 3 }],
    ['of another policy epoch', { policyEpoch: 2 }],
  ])('%s is left to the snapshot', async (_, change) => {
    const { keeper, run, active } = await createReady();
    await run(keeper.onDelta(await signer.delta(step(change))));
    expect([keeper.held().policyVersion, active()]).toEqual([1, []]);
    expect(keeper.roster().door('annex')).toBeUndefined();
  });

  it('with a row that we do not know is refused whole', async () => {
    const { keeper, run, active } = await createReady();
    const ops = [{ put: newDoor }, { put: { section: 'robot' } }];
    await run(keeper.onDelta(await signer.delta(step({ ops }))));
    expect(keeper.roster().door('annex')).toBeUndefined();
    expect(active()).toEqual(['policy_refused delta']);
  });

  it('that leads elsewhere asks for a snapshot, and one comes', async () => {
    const { keeper, run, serve, store, asked } = await createReady();
    await run(keeper.onDelta(await signer.delta(step({ state: 'ab'.repeat(32) }))));
    expect(keeper.held()).toMatchObject({ policyEpoch: 1, policyVersion: 0 });
    expect(store.head?.version).toBe(1);
    await run(keeper.onDelta(await signer.delta(step())));
    expect(keeper.held().policyVersion).toBe(0);
    const { body, manifest } = snapshotOf(withDoor, { ...head, version: 2 });
    serve(manifest, body);
    await run(keeper.onManifest(await signer.manifest(manifest)));
    expect([keeper.held().policyVersion, asked.length]).toEqual([2, 2]);
  });

  it('waits for the snapshot before it', async () => {
    const { keeper, run, serve } = await createBench();
    serve(first.manifest, first.body);
    const taking = [
      keeper.onKeys(await signer.keys()),
      keeper.onManifest(await signer.manifest(first.manifest)),
      keeper.onDelta(await signer.delta(step())),
    ];
    await run(Promise.all(taking).then(() => undefined));
    expect(keeper.held().policyVersion).toBe(2);
  });
});

describe('a store that is not what was written', () => {
  it('is not believed', async () => {
    const { store } = await createReady();
    store.rows.set('door annex', newDoor);
    const { keeper, active } = await createBench(store);
    expect([keeper.held().policyVersion, active()]).toEqual([0, ['policy_missing damaged']]);
    expect(keeper.roster().doors()).toEqual([]);
  });

  it('does not keep a gateway from starting', async () => {
    const { store } = await createReady();
    store.fails = true;
    const { keeper, active } = await createBench(store);
    expect([keeper.held().policyVersion, active()]).toEqual([0, ['policy_missing not readable']]);
  });
});

describe('who may sign what', () => {
  const manifest = { ...first.manifest, version: 2 };
  const typ = 'gh-manifest+jws';

  it.each([
    ['another typ', () => signer.sign(manifest, { typ: 'gh-delta+jws', kid: 'policy' })],
    ['a key of another use', () => signer.sign(manifest, { typ, kid: 'command' })],
    ['a kid that no list has', () => signer.sign(manifest, { typ, kid: 'policy-2' })],
    ['the root itself', () => signer.sign(manifest, { typ, kid: 'root' })],
    ['an impostor', () => createSigner().manifest(manifest)],
    ['a manifest of another gateway', () => signer.manifest({ ...manifest, gateway: 'gw-2' })],
    ['half a manifest', () => signer.sign({ gateway: 'gw-1' }, { typ, kid: 'policy' })],
    ['nonsense', () => Promise.resolve('a.b.c')],
    ['nothing', () => Promise.resolve('')],
  ])('%s is refused and said', async (_, make) => {
    const { keeper, run, active, asked } = await createReady();
    await run(keeper.onManifest(await make()));
    expect([active(), asked.length]).toEqual([['policy_refused manifest'], 1]);
    await run(keeper.onManifest(await signer.manifest(first.manifest)));
    expect(active()).toEqual([]);
  });

  it.each([
    ['not yet', tuesdayTenMs + 1, tuesdayTenMs + 2, 1],
    ['from now', tuesdayTenMs, tuesdayTenMs + 1, 2],
    ['no more', 0, tuesdayTenMs, 1],
  ])('a key holds in its time: %s', async (_, from, to, version) => {
    const { keeper, run } = await createReady();
    const keys = [signer.keyRow('policy', from, to)];
    await run(keeper.onKeys(await signer.keys({ serial: 2, keys })));
    await run(keeper.onDelta(await signer.delta(step())));
    expect(keeper.held()).toMatchObject({ keysSerial: 2, policyVersion: version });
  });

  it('a key list of a lower serial, or of another root, is not taken', async () => {
    const { keeper, run, active, store } = await createReady();
    await run(keeper.onKeys(await signer.keys({ serial: 3 })));
    await run(keeper.onKeys(await signer.keys({ serial: 2 })));
    expect([keeper.held().keysSerial, active()]).toEqual([3, []]);
    const kept = store.keys;
    await run(keeper.onKeys(await createSigner().keys({ serial: 9 })));
    expect([keeper.held().keysSerial, active()]).toEqual([3, ['policy_refused keys']]);
    expect(store.keys).toBe(kept);
  });
});

describe('revocations', () => {
  const card = '019ab0c4-5d00-7000-8000-000000000001';
  const credential = '00a1b2c3d4e5f607';
  const entry = (policyEpoch: number, n: number, what: object) =>
    // Each row below is one that the cloud makes.
    signer.revocation({ policyEpoch, n, at: 7, what } as Parameters<typeof signer.revocation>[0]);
  const frozen = { kind: 'card.frozen', card };
  const thawed = { kind: 'card.unfrozen', card };
  const revoked = { kind: 'credential.revoked', credential };
  const held = ({ keeper }: Awaited<ReturnType<typeof createReady>>) => {
    const { revocationEpoch, revocation } = keeper.held();
    const { frozen: isFrozen, revoked: isRevoked } = keeper.revocations;
    return `${revocationEpoch}.${revocation} ${isFrozen(card)} ${isRevoked(credential)}`;
  };

  it('are taken in order, each once; a gap waits', async () => {
    const bench = await createReady();
    const { keeper, run, store } = bench;
    await run(keeper.onRevocation(await entry(1, 2, revoked)));
    expect(held(bench)).toBe('0.0 false false');
    await run(keeper.onRevocation(await entry(1, 1, frozen)));
    expect(held(bench)).toBe('1.1 true false');
    await run(keeper.onRevocation(await entry(1, 1, thawed)));
    expect(held(bench)).toBe('1.1 true false');
    await run(keeper.onRevocation(await entry(1, 2, revoked)));
    await run(keeper.onRevocation(await entry(1, 3, thawed)));
    expect(held(bench)).toBe('1.3 false true');
    expect(store.revocations).toHaveLength(3);
  });

  it('stay in force in a later policy epoch, and no snapshot lifts them', async () => {
    const bench = await createReady();
    const { keeper, run, serve } = bench;
    await run(keeper.onRevocation(await entry(1, 1, revoked)));
    await run(keeper.onRevocation(await entry(2, 1, frozen)));
    await run(keeper.onRevocation(await entry(1, 2, thawed)));
    const { body, manifest } = snapshotOf(policyRows, { ...head, policyEpoch: 2, version: 1 });
    serve(manifest, body);
    await run(keeper.onManifest(await signer.manifest(manifest)));
    expect(held(bench)).toBe('2.1 true true');
  });

  it('stay in force after a restart, although their key has left the list', async () => {
    const bench = await createReady();
    const { keeper, run, store } = bench;
    await run(keeper.onRevocation(await entry(1, 1, revoked)));
    await run(keeper.onRevocation(await entry(1, 2, frozen)));
    await run(keeper.onKeys(await signer.keys({ serial: 2, keys: [] })));
    expect(held(await createBench(store))).toBe('1.2 true true');
  });

  it('of a UID hold for the card that lost it, and let another card have it', async () => {
    const bench = await createReady();
    const { keeper, run } = bench;
    const other = '019ab0c4-5d00-7000-8000-000000000002';
    const uid = '040CAC12ED4C81';
    const { uidRevoked } = keeper.revocations;
    const seen = () => [uidRevoked(uid, card), uidRevoked(uid, other), uidRevoked(uid, undefined)];
    expect(seen()).toEqual([false, false, false]);
    await run(keeper.onRevocation(await entry(1, 1, { kind: 'uid.revoked', uid, card })));
    expect(seen()).toEqual([true, false, true]);
    const again = await createBench(bench.store);
    expect(again.keeper.revocations.uidRevoked(uid, card)).toBe(true);
    await run(keeper.onRevocation(await entry(1, 2, { kind: 'uid.revoked', uid, card: other })));
    await run(keeper.onRevocation(await entry(1, 3, { kind: 'uid.restored', uid, card })));
    expect(seen()).toEqual([false, true, true]);
    await run(keeper.onRevocation(await entry(1, 4, { kind: 'uid.restored', uid, card: other })));
    expect(seen()).toEqual([false, false, false]);
  });

  it('of a kind that is not known here count, so that those after them are no gap', async () => {
    const bench = await createReady();
    const { keeper, run, active, store } = bench;
    await run(keeper.onRevocation(await entry(1, 1, { kind: 'plate.revoked', plate: 'A1' })));
    await run(keeper.onRevocation(await entry(1, 2, frozen)));
    expect([held(bench), active()]).toEqual(['1.2 true false', []]);
    expect(held(await createBench(store))).toBe('1.2 true false');
  });

  it.each([
    ['a known kind with other fields', { kind: 'card.frozen', card: 'x' }],
    ['a kind that is no name', { kind: 'Card Frozen' }],
    ['a UID in small letters', { kind: 'uid.revoked', uid: '040cac12', card }],
  ])('that make no sense are refused: %s', async (_, what) => {
    const bench = await createReady();
    await bench.run(bench.keeper.onRevocation(await entry(1, 1, what)));
    expect([held(bench), bench.active()]).toEqual([
      '0.0 false false',
      ['policy_refused revocation'],
    ]);
  });

  it('of an impostor are refused', async () => {
    const bench = await createReady();
    const { keeper, run, active } = bench;
    const what = { kind: 'card.frozen' as const, card };
    await run(
      keeper.onRevocation(await createSigner().revocation({ policyEpoch: 1, n: 1, at: 1, what })),
    );
    expect([held(bench), active()]).toEqual(['0.0 false false', ['policy_refused revocation']]);
  });
});
