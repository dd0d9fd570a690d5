import { bulkKeptMs } from '@gatehouse/protocols';
import type { Database } from '../ports.ts';

/** A list of objects in the column, in its order, each of them with these parts empty. */
const emptied = (column: string, parts: string): string => `
  (select coalesce(jsonb_agg(x.item || '${parts}' order by x.place), '[]')
   from jsonb_array_elements(${column}) with ordinality x(item, place))`;

/**
 * Forgets what the files said: of jobs that nobody applied, and of those that nobody can undo. Of
 * faults the codes stay, and not the words of the file.
 */
export const eraseOld = async (database: Database, nowMs: number): Promise<void> => {
  await database.transaction(async (tx) => {
    const jobs = await tx.query<{ id: string; state: string }>(
      `update bulk_job set file = null, is_erased = true,
         state = case state when 'checked' then 'dropped' else state end
       where not is_erased and state not in ('checking', 'applying', 'undoing')
         and greatest(made_at, applied_at, undone_at) <= $1
       returning id, state`,
      [new Date(nowMs - bulkKeptMs)],
    );
    const idsOf = (isDropped: boolean): readonly string[] =>
      jobs.filter(({ state }) => (state === 'dropped') === isDropped).map(({ id }) => id);
    await tx.query('delete from bulk_row where job = any ($1::uuid[])', [idsOf(true)]);
    await tx.query(
      `update bulk_row set cells = null, before = null, since = null,
         changes = ${emptied('changes', '{"from": "", "to": ""}')},
         faults = ${emptied('faults', '{"what": ""}')}
       where job = any ($1::uuid[])`,
      [idsOf(false)],
    );
  });
};
