import type { BulkJobView, BulkRowsView, BulkVerdict } from '@gatehouse/protocols';
import { createRevocations } from '../access/revocations.ts';
import { primitives } from '../adapters/crypto.ts';
import { appendAudit } from '../audit/audit.ts';
import { workBulk } from '../bulk/bulk-job.ts';
import type { BulkPorts } from '../bulk/chunk-parts.ts';
import type { Database, Signer } from '../ports.ts';
import { testRandom } from './link.ts';
import { ownOrigin } from './test-api.ts';
import type { Browser, TestApi } from './test-api.ts';

const signer: Signer = {
  sign: (_use, typ) => Promise.resolve(`${typ}.payload.signature`),
  keyList: () => ({ serial: 1, jws: 'keys' }),
};

/** What works on jobs, over this database. */
export const bulkPorts = ({ clock }: Pick<TestApi, 'clock'>, database: Database): BulkPorts => ({
  ...{ database, clock, random: testRandom },
  revokeAll: createRevocations({ signer, clock }).revokeAll,
  appendAudit: (tx, entry) => appendAudit(tx, entry, primitives.sha256),
});

/** A file of new students, numbered from 1. */
export const many = (count: number, prefix = 'N'): string =>
  [
    'number,name_zh,name_en,kind,unit_en,from,to,groups,uid',
    ...Array.from({ length: count }, (_, i) => {
      const n = String(i + 1).padStart(5, '0');
      const uid = (0x5b000000 + i).toString(16);
      const who = `${prefix}${n},学生${n},Student ${n},student,Class ${i % 40}`;
      return `${who},2026-09-01,2030-07-15,students,${uid}`;
    }),
  ].join('\r\n');

export const count = async (database: Database, sql: string, values: readonly unknown[] = []) =>
  (await database.query<{ count: number }>(`select count(*)::int4 as count from ${sql}`, values))[0]
    ?.count;

/** Somebody with files, and a worker that runs when told to. */
export const createDeskOfFiles = (api: TestApi, browser: Browser) => {
  const path = '/api/console/bulk';
  const headers = { host: '127.0.0.1:8090', origin: ownOrigin, cookie: browser.cookie };
  const send = (text: string | Buffer, type = 'text/csv') =>
    api.send({
      ...{ method: 'POST', url: `${path}?name=new.csv` },
      ...{ headers: { ...headers, 'content-type': type }, payload: text },
    });
  const work = (worker = 'w1', database: Database = api.database): Promise<number> =>
    workBulk(bulkPorts(api, database), worker);
  const order = async (id: string, name: string) =>
    (await browser.ask('POST', `${path}/${id}/${name}`)) as {
      readonly status: number;
      readonly body: BulkJobView;
    };
  const view = async (id: string) =>
    (await browser.ask('GET', `${path}/${id}`)).body as BulkJobView;
  const rows = async (id: string, verdict?: BulkVerdict, after = 0): Promise<BulkRowsView> => {
    const some = verdict === undefined ? '' : `&verdict=${verdict}`;
    const answer = await browser.ask('GET', `${path}/${id}/rows?after=${after}${some}`);
    return answer.body as BulkRowsView;
  };
  /** Taken in and judged. */
  const upload = async (text: string | Buffer): Promise<BulkJobView> => {
    const answer = await send(text);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    // The view of the route.
    const { id } = answer.body as BulkJobView;
    await work();
    return view(id);
  };
  const done = async (id: string, name: string): Promise<BulkJobView> => {
    const { status, body } = await order(id, name);
    if (status !== 200) throw new Error(JSON.stringify(body));
    await work();
    return view(id);
  };
  return { send, upload, work, order, done, view, rows, headers };
};
