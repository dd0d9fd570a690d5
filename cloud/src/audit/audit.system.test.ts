import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../testing/link.ts';
import { useTestDatabases } from '../testing/test-database.ts';
import { appendAudit, readAudit, verifyChain } from './audit.ts';
import type { AuditEntry, AuditRow } from './audit.ts';

const createTestDatabase = useTestDatabases();

const entry = (n: number): AuditEntry => ({
  atMs: Date.UTC(2026, 10, 22) + n,
  actor: '01990000-0000-7000-8000-00000000000b',
  action: 'door.unlock',
  subject: 'library-east',
  detail: { command: `c${n}`, reason: '送货', n: n / 3, nested: { b: [1, null, -0], a: 1e21 } },
});

const chain = async (count: number): Promise<readonly AuditRow[]> => {
  const { database } = await createTestDatabase();
  for (let n = 1; n <= count; n += 1) {
    await database.transaction((tx) => appendAudit(tx, entry(n), sha256));
  }
  return readAudit(database, 1, 1_000);
};

/** Each as somebody with the right to write the table could do it. */
const forgeries: readonly {
  what: string;
  forge: (rows: readonly AuditRow[]) => readonly AuditRow[];
  fault: { n: number; why: string };
}[] = [
  {
    what: 'another actor',
    forge: (rows) => rows.map((row) => (row.n === 3 ? { ...row, actor: 'somebody' } : row)),
    fault: { n: 3, why: 'altered' },
  },
  {
    what: 'another time',
    forge: (rows) => rows.map((row) => (row.n === 1 ? { ...row, atMs: row.atMs + 1 } : row)),
    fault: { n: 1, why: 'altered' },
  },
  {
    what: 'a field more in the detail',
    forge: (rows) =>
      rows.map((row) => (row.n === 2 ? { ...row, detail: { ...row.detail, ok: true } } : row)),
    fault: { n: 2, why: 'altered' },
  },
  {
    what: 'a row that is gone',
    forge: (rows) => rows.filter(({ n }) => n !== 3),
    fault: { n: 3, why: 'missing' },
  },
  {
    what: 'a row that is gone, and the others counted anew',
    forge: (rows) => rows.filter(({ n }) => n !== 3).map((row, i) => ({ ...row, n: i + 1 })),
    fault: { n: 3, why: 'unlinked' },
  },
  {
    what: 'two rows in each other’s place',
    forge: ([a, b, c, ...rest]) =>
      a && b && c ? [a, { ...c, n: 2 }, { ...b, n: 3 }, ...rest] : [],
    fault: { n: 2, why: 'unlinked' },
  },
];

describe('the audit chain', () => {
  it('is whole as it was written, and in stretches', async () => {
    const rows = await chain(5);
    expect(rows.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(verifyChain(rows, sha256)).toBeUndefined();
    const [, second] = rows;
    expect(verifyChain(rows.slice(2), sha256, second)).toBeUndefined();
    expect(verifyChain(rows.slice(2), sha256)).toEqual({ n: 1, why: 'missing' });
  });

  it('shows every forgery', async () => {
    const rows = await chain(5);
    const found = forgeries.map(({ forge }) => verifyChain(forge(rows), sha256));
    expect(found).toEqual(forgeries.map(({ fault }) => fault));
  });

  it('shows any other text in any field of any row', async () => {
    const rows = await chain(4);
    const fields = ['actor', 'action', 'subject', 'previous', 'hash'] as const;
    fc.assert(
      fc.property(fc.nat(3), fc.constantFrom(...fields), fc.string(), (index, field, text) => {
        fc.pre(rows[index]?.[field] !== text);
        const forged = rows.map((row, i) => (i === index ? { ...row, [field]: text } : row));
        expect(verifyChain(forged, sha256)).toBeDefined();
      }),
    );
  });

  it('hashes what the database can hold, and nothing else', async () => {
    const { database } = await createTestDatabase();
    const odd = {
      ...entry(1),
      subject: 'nul\0',
      detail: { text: 'nul\0 half\ud800', evidence: 'x' },
    };
    const written = await database.transaction((tx) => appendAudit(tx, odd, sha256));
    const rows = await readAudit(database, 1, 10);
    expect(rows).toEqual([written]);
    expect(rows[0]?.detail).toEqual({ text: 'nul\ufffd half\ufffd' });
    expect(verifyChain(rows, sha256)).toBeUndefined();
  });

  it('stays one chain when many write at once, and leaves out what was rolled back', async () => {
    const { database } = await createTestDatabase();
    const writes = Array.from({ length: 20 }, (_, n) =>
      database.transaction(async (tx) => {
        await appendAudit(tx, entry(n), sha256);
        if (n % 5 === 0) throw new Error('changed its mind');
      }),
    );
    await Promise.allSettled(writes);
    const rows = await readAudit(database, 1, 100);
    expect(rows).toHaveLength(16);
    expect(verifyChain(rows, sha256)).toBeUndefined();
  });
});
