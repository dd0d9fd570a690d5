import { CloudError } from '@gatehouse/cloud';
import type { Database, Queryable } from '@gatehouse/cloud';
import type { Random } from '../devices/random.ts';
import type { CampusDatabase } from './adapters/databases.ts';
import type { Gate } from './gate.ts';
import { never } from './life.ts';
import type { Life } from './life.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** What becomes of a statement: nothing, or its connection dies, or the whole cloud does. */
export type Verdict = 'go' | 'kill' | 'crash';

export type DatabaseFaults = {
  readonly beforeStatement: () => Verdict;
  /** `kill`: the answer is lost, nobody knows that it was committed. */
  readonly afterCommit: () => Verdict;
  /** Connections die now: also under what runs outside of a transaction. */
  readonly isKilling: () => boolean;
};

export type DatabasePortOptions = {
  readonly real: CampusDatabase;
  readonly gate: Gate;
  readonly life: Life;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly faults: DatabaseFaults;
  readonly crash: () => void;
};

/** A late bell rings once for many: what hears it must not depend on its haste. */
const bellMsMax = 700;
const feedBell = /pg_notify\('feed'/;

/**
 * Real PostgreSQL, one thing at a time, so that one seed has one order: while a statement is on its
 * way virtual time stands. The bell of the feed rings in virtual time.
 */
export const createDatabasePort = (options: DatabasePortOptions): Database => {
  const { life, real } = options;
  const inTurn = createTurns(life);
  const bell = createBell(options);
  const runStatement = createStatement(options);

  const transaction: Database['transaction'] = (run) =>
    inTurn(async () => {
      const over = overOf(life);
      let rings = false;
      const result = await outside(options.gate, () =>
        real.database.transaction((tx) =>
          inside(options.gate, () => {
            const query: Queryable['query'] = (text, values) => {
              rings ||= feedBell.test(text);
              return runStatement(tx, text, values);
            };
            return Promise.race([run({ query }), over]);
          }),
        ),
      );
      if (rings) bell.ring();
      const verdict = options.faults.afterCommit();
      if (verdict === 'kill') throw new CloudError('CL_DATABASE', 'no answer to the commit');
      if (verdict === 'go') return result;
      options.crash();
      return never();
    });

  const query: Database['query'] = async (text, values) => {
    if (options.faults.isKilling()) return transaction((tx) => tx.query(text, values));
    return inTurn(() => {
      options.trace.fine(`sql ${text} ${JSON.stringify(values)}`);
      return outside(options.gate, () => real.database.query(text, values));
    });
  };

  return {
    transaction,
    query,
    onFeed: bell.on,
    close: () => Promise.resolve(),
  };
};

const createTurns = (life: Life) => {
  let tail: Promise<unknown> = Promise.resolve();
  return <T>(run: () => Promise<T>): Promise<T> => {
    const mine = tail.then(() => (life.isOver() ? never<T>() : run()));
    tail = mine.catch(() => undefined);
    return life.mine(mine);
  };
};

/** Rejects when the life ends, so that an open transaction is rolled back. */
const overOf = (life: Life): Promise<never> => {
  const over = new Promise<never>((_, reject) => {
    life.onEnd(() => reject(new Error('the cloud is dead')));
  });
  over.catch(() => undefined);
  return over;
};

const outside = async <T>(gate: Gate, run: () => Promise<T>): Promise<T> => {
  gate.begin();
  try {
    return await run();
  } finally {
    gate.end();
  }
};

/** Ours again, in the middle of something outside. */
const inside = async <T>(gate: Gate, run: () => Promise<T>): Promise<T> => {
  gate.end();
  try {
    return await run();
  } finally {
    gate.begin();
  }
};

const createStatement = ({ real, gate, trace, faults, crash }: DatabasePortOptions) => {
  return async (
    tx: Queryable,
    text: string,
    values?: readonly unknown[],
  ): Promise<readonly never[]> => {
    const verdict = faults.beforeStatement();
    trace.fine(`sql ${text} ${JSON.stringify(values)}`);
    if (verdict === 'crash') {
      crash();
      return never();
    }
    return outside(gate, async () => {
      if (verdict === 'kill') await real.killConnection(tx);
      return tx.query<never>(text, values);
    });
  };
};

/** Told a little later, several at once; and once after each subscription, as a listener is. */
const createBell = ({ life, random, trace }: DatabasePortOptions) => {
  const runs = new Set<() => void>();
  let waits = false;
  const ring = (): void => {
    if (waits) return;
    waits = true;
    life.after(1 + random.below(bellMsMax), () => {
      waits = false;
      trace.fine('feed bell');
      for (const run of runs) run();
    });
  };
  return {
    ring,
    on: (run: () => void) => {
      runs.add(run);
      ring();
      return () => void runs.delete(run);
    },
  };
};
