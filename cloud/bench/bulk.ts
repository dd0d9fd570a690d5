/**
 * A file of 20,000 new cards: how long the dry run and the apply take, against inserting the same
 * people, affiliations, cards and groups by one statement a table in the same run.
 */
import { createRevocations } from '../src/access/revocations.ts';
import { primitives } from '../src/adapters/crypto.ts';
import { appendAudit } from '../src/audit/audit.ts';
import { workBulk } from '../src/bulk/bulk-job.ts';
import type { BulkPorts } from '../src/bulk/chunk-parts.ts';
import type { Database } from '../src/ports.ts';
import { testNowMs } from '../src/testing/batches.ts';
import { startTestDatabases } from '../src/testing/database-server.ts';
import { testRandom } from '../src/testing/link.ts';
import { seedPlaces } from '../src/testing/places.ts';

const rows = 20_000;
/** Judging twice, keeping each row's outcome and the audit may cost so many times the insert. */
const aim = 12;

const clerk = '01990000-0000-7000-8000-00000000c1e7';
const job = '01990000-0000-7000-8000-00000000f11e';
const now = new Date(testNowMs);

const uuid = (kind: number): string =>
  `('01990000-0000-7000-${kind}-' || lpad(to_hex(n), 12, '0'))::uuid`;

const timed = async (task: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await task();
  return performance.now() - startedMs;
};

/** The limit: nothing is looked at, nothing is kept of what was done. */
const insertPlainly = (database: Database): Promise<void> =>
  database.transaction(async (tx) => {
    const from = 'from generate_series(1, $1::int) n';
    await tx.query(
      `insert into person (id, name_zh, name_en)
       select ${uuid(9001)}, 'P' || n, 'Li ' || n ${from}`,
      [rows],
    );
    await tx.query(
      `insert into affiliation (id, person, kind, unit_zh, unit_en, valid_from)
       select ${uuid(9001)}, ${uuid(9001)}, 'student', 'U', 'U', $2::timestamptz ${from}`,
      [rows, now],
    );
    await tx.query(
      `insert into card (id, person, affiliation, number, state, valid_from, valid_to)
       select ${uuid(9002)}, ${uuid(9001)}, ${uuid(9001)}, 'P' || n, 'active', $2::timestamptz,
         $2::timestamptz + interval '400 days' ${from}`,
      [rows, now],
    );
    await tx.query(`insert into member ("group", card) select 'students', ${uuid(9002)} ${from}`, [
      rows,
    ]);
  });

const portsOf = (database: Database): BulkPorts => {
  const clock = { nowMs: () => testNowMs };
  const signer = { sign: () => Promise.resolve(''), keyList: () => ({ serial: 1, jws: '' }) };
  return {
    ...{ database, clock, random: testRandom },
    revokeAll: createRevocations({ signer, clock }).revokeAll,
    appendAudit: (tx, entry) => appendAudit(tx, entry, primitives.sha256),
  };
};

const uploadFile = async (database: Database): Promise<void> => {
  const lines = Array.from({ length: rows }, (_, i) => `N${i},Student ${i},student,Class,students`);
  const file = Buffer.from(['number,name_en,kind,unit_en,groups', ...lines].join('\n'));
  await database.query('insert into person (id, name_zh, name_en) values ($1, $2, $2)', [
    ...[clerk, 'Clerk'],
  ]);
  await database.query(
    `insert into bulk_job (id, made_by, made_at, file_name, bytes, sha256, encoding, separator,
       headings, rows, file, state)
     values ($1, $2, $3, 'bench.csv', $4, '', 'utf-8', 'comma', '[]', $5, $6, 'checking')`,
    [job, clerk, now, file.length, rows, file],
  );
};

export const bench = async () => {
  const databases = await startTestDatabases();
  try {
    const { database } = await databases.create();
    await seedPlaces(database);
    const plainMs = await timed(() => insertPlainly(database));
    await uploadFile(database);
    const ports = portsOf(database);
    const dryRunMs = await timed(() => workBulk(ports, 'bench'));
    await database.query(`update bulk_job set state = 'applying', applied_by = made_by`);
    const applyMs = await timed(() => workBulk(ports, 'bench'));
    const [issued] = await database.query<{ count: number }>(
      `select count(*)::int4 as count from bulk_row where outcome = 'issued'`,
    );
    if (issued?.count !== rows) throw new Error(`${issued?.count ?? 0} of ${rows} were issued`);
    const perSecond = (ms: number): number => Math.round((rows / ms) * 1000);
    const ratio = applyMs / plainMs;
    return {
      bench: 'bulk',
      figures: {
        ...{ plainMs, dryRunMs, applyMs },
        dryRunRowsPerSecond: perSecond(dryRunMs),
        applyRowsPerSecond: perSecond(applyMs),
      },
      ratio,
      limit: 'the same 20,000 cards by one insert a table, in the same run; apply',
      aim,
      met: ratio <= aim,
    };
  } finally {
    await databases.stop();
  }
};
