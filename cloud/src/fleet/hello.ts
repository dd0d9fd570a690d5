import type { Birth, Hello, Stream } from '@gatehouse/protocols';
import type { Queryable } from '../ports.ts';

type CursorRow = { readonly epoch: string; readonly stream: Stream; readonly cursor: number };

/** The answer to a birth: which database this is, and how far it has what the gateway holds. */
export const readHello = async (
  db: Queryable,
  gateway: string,
  { session, journals }: Birth,
  nowMs: number,
): Promise<Hello> => {
  const [deployment] = await db.query<{ lineage: string }>('select lineage from deployment');
  if (deployment === undefined) throw new Error('the database has no row in deployment');
  const rows = await db.query<CursorRow>(
    `select c.epoch, c.stream, c.cursor from cursor c
     join unnest($2::text[], $3::text[]) as j (epoch, stream)
       on j.epoch = c.epoch and j.stream = c.stream
     where c.gateway = $1`,
    [gateway, journals.map(({ epoch }) => epoch), journals.map(({ stream }) => stream)],
  );
  const { lineage } = deployment;
  return { session, lineage, at: nowMs, cursors: rows.map((row) => ({ ...row })) };
};
