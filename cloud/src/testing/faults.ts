import type { Database, Queryable } from '../ports.ts';

/** Counts the statements of all transactions; before the one that `at` names, `fault` runs. */
export const withFault = (
  database: Database,
  { at, fault }: { readonly at: number; readonly fault: (tx: Queryable) => Promise<unknown> },
): { readonly database: Database; readonly statements: () => number } => {
  let statements = 0;
  return {
    statements: () => statements,
    database: {
      ...database,
      transaction: (run) =>
        database.transaction((tx) =>
          run({
            query: async (text, values) => {
              statements += 1;
              if (statements === at) await fault(tx);
              return tx.query(text, values);
            },
          }),
        ),
    },
  };
};
