import { RevocationEntry } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../ports.ts';
import { createTestClock, payloadOf, useTestTrust } from '../testing/link.ts';
import { seedPlaces } from '../testing/places.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { createRevocations, revocationHead, revocationsAfter } from './revocations.ts';
import type { Revoked } from './revocations.ts';
import { followRevokedCertificates } from './revoked-certificates.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();
const soon = { timeout: 20_000, interval: 20 };

const credential = (n: number): Revoked => ({
  kind: 'credential.revoked',
  credential: n.toString(16).padStart(16, '0'),
});

const revoking = (database: Database) => {
  const { revoke } = createRevocations({ signer: trust().signer, clock: createTestClock() });
  return (what: Revoked) => database.transaction((tx) => revoke(tx, what));
};

describe('the stream of revocations', () => {
  it('counts from 1 without holes, whoever writes at once, whatever is undone', async () => {
    const { database } = await createTestDatabase();
    const { revoke } = createRevocations({ signer: trust().signer, clock: createTestClock() });
    const writes = Array.from({ length: 24 }, (_, n) =>
      database.transaction(async (tx) => {
        const place = await revoke(tx, credential(n));
        if (n % 6 === 0) throw new Error('changed its mind');
        return place.n;
      }),
    );
    await Promise.allSettled(writes);
    const entries = await revocationsAfter(database, { policyEpoch: 0, n: 0 }, 100);
    expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(await revocationHead(database)).toEqual({ policyEpoch: 1, n: 20 });
    for (const { jws, n, what } of entries) {
      const payload = payloadOf(jws);
      expect(Value.Check(RevocationEntry, payload)).toBe(true);
      expect(payload).toMatchObject({ policyEpoch: 1, n, what });
    }
  });

  it('begins anew after a restore, behind all that was before', async () => {
    const { database } = await createTestDatabase();
    const revoke = revoking(database);
    await revoke(credential(1));
    await revoke(credential(2));
    await database.query('update deployment set policy_epoch = 1795000000');
    expect(await revoke(credential(3))).toEqual({ policyEpoch: 1_795_000_000, n: 1 });
    const after = await revocationsAfter(database, { policyEpoch: 1, n: 1 }, 10);
    expect(after.map(({ policyEpoch, n }) => `${policyEpoch}/${n}`)).toEqual([
      '1/2',
      '1795000000/1',
    ]);
  });

  it('wakes who follows the feed, without an item in it', async () => {
    const { database } = await createTestDatabase();
    const woken = vi.fn();
    onTestFinished(database.onFeed(woken));
    await vi.waitFor(() => {
      expect(woken).toHaveBeenCalled();
    }, soon);
    woken.mockClear();
    await revoking(database)(credential(1));
    await vi.waitFor(() => {
      expect(woken).toHaveBeenCalled();
    }, soon);
    expect(await database.query('select pos from feed')).toEqual([]);
  });
});

describe('revoked certificates', () => {
  it('are known at the start and as they come, however a serial is written', async () => {
    const { database } = await createTestDatabase();
    await seedPlaces(database);
    const revoke = revoking(database);
    await revoke({ kind: 'gateway.revoked', serial: '00AB' });
    const gone = vi.fn();
    const certificates = await followRevokedCertificates({ database, log: silentLog }, gone);
    onTestFinished(certificates.stop);
    expect(['ab', 'AB', '00ab', '0', 'abc'].map(certificates.has)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    await database.query(`update gateway set certificate_serial = '0C0FFEE'`);
    await revoke(credential(1));
    await revoke({ kind: 'gateway.revoked', serial: 'c0ffee' });
    await vi.waitFor(() => {
      expect(certificates.has('C0FFEE')).toBe(true);
      expect(gone.mock.calls).toEqual([['library-gw']]);
    }, soon);
  });
});
