import { policyKey } from '@gatehouse/protocols';
import type { PolicyRow } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { Log, PolicyStore } from '../ports.ts';
import type { PolicyStoreData, PolicyStoreTable, StoredRow } from './policy-store-calls.ts';
import { startWorkerCalls } from './worker-calls.ts';
import type { WorkerCalls } from './worker-calls.ts';

/** A thread costs memory that the doors can use: it ends when nobody wrote for this long. */
const idleMs = 5_000;

export type PolicyStoreOptions = {
  /** Holds `policy.sqlite`, its `.previous`, and `signed.sqlite`. */
  readonly dir: string;
  readonly log: Log;
};

const closeFailed = (log: Log, error: unknown): void =>
  log.warn('policy_store.close_failed', { cause: String(error) });

const nothing = (): void => undefined;

const storedRow = (row: PolicyRow): StoredRow => [row.section, policyKey(row), JSON.stringify(row)];

/**
 * The policy on disk, in a thread of its own that starts with the first call. Calls are carried out
 * one after another.
 * @throws GatewayError GW_POLICY_STORE from every call where the disk refuses
 */
export const createPolicyStore = ({ dir, log }: PolicyStoreOptions): PolicyStore => {
  let worker: WorkerCalls<PolicyStoreTable> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const start = (): WorkerCalls<PolicyStoreTable> =>
    startWorkerCalls<PolicyStoreTable>({
      url: new URL('./policy-store-worker.ts', import.meta.url),
      workerData: { dir } satisfies PolicyStoreData,
      fail: (message) => new GatewayError('GW_POLICY_STORE', message),
      onNote: () => undefined,
      onLog: (event, fields) => log.warn(event, fields),
      onGone: (cause) => {
        worker = undefined;
        log.error('policy_store.lost', { cause });
      },
    });
  const end = async (): Promise<void> => {
    const ending = worker;
    worker = undefined;
    if (ending === undefined) return;
    await ending.call('close', undefined).catch((error: unknown) => closeFailed(log, error));
    await ending.end();
  };
  const endIdle = (): void => {
    queue = queue.then(end);
  };
  const inTurn = <T>(run: (calls: WorkerCalls<PolicyStoreTable>) => Promise<T>): Promise<T> => {
    clearTimeout(idle);
    const turn = queue.then(() => run((worker ??= start())));
    const settled = turn.then(nothing, nothing);
    queue = settled;
    void settled.then(() => {
      if (queue === settled) idle = setTimeout(endIdle, idleMs).unref();
    });
    return turn;
  };

  return {
    load: (take) =>
      inTurn(async (calls) => {
        const held = await calls.call('head', undefined);
        let after = { section: '', key: '' };
        for (;;) {
          const chunk = await calls.call('rows', { after });
          if (chunk === undefined) return held;
          // Rows that we wrote; their sum is checked against the head by whoever loads them.
          take(JSON.parse(chunk.text) as readonly PolicyRow[]);
          after = chunk.next;
        }
      }),
    replace: (head, chunks) =>
      inTurn(async (calls) => {
        await calls.call('beginReplace', undefined);
        for await (const rows of chunks) await calls.call('putRows', rows.map(storedRow));
        await calls.call('endReplace', head);
      }),
    apply: (head, { put, del }) =>
      inTurn((calls) => calls.call('apply', { head, put: put.map(storedRow), del })),
    saveKeys: (jws) => inTurn((calls) => calls.call('saveKeys', jws)),
    addRevocations: (jws) => inTurn((calls) => calls.call('addRevocations', jws)),
    keepProfile: (kept) => inTurn((calls) => calls.call('keepProfile', kept)),
    saveFloor: (atMs) => inTurn((calls) => calls.call('saveFloor', atMs)),
    close: async () => {
      await queue;
      clearTimeout(idle);
      await end();
    },
  };
};
