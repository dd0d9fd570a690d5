/** The thread that owns the policy's files: no door waits while 140,000 cards are written. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyStoreData, PolicyStoreTable } from './policy-store-calls.ts';
import { openPolicyFiles } from './policy-store-file.ts';
import type { PolicyFiles } from './policy-store-file.ts';
import type { WorkerCall, WorkerPost } from './worker-calls.ts';

const serve = (port: NonNullable<typeof parentPort>, { dir }: PolicyStoreData): void => {
  let files: PolicyFiles | undefined;
  const post = (message: WorkerPost): void => port.postMessage(message);
  const log = {
    warn: (event: string, fields = {}) => post({ log: { event, fields } }),
  };
  port.on('message', ({ id, op, args }: WorkerCall) => {
    try {
      files ??= openPolicyFiles(dir, log);
      // The client is typed by the same table, so an op brings its own arguments.
      const run = files[op as keyof PolicyStoreTable] as (a: unknown) => unknown;
      const value = run(args);
      if (op === 'close') files = undefined;
      post({ answers: [{ id, ok: true, value }] });
    } catch (error) {
      post({ answers: [{ id, ok: false, message: String(error) }] });
    }
  });
};

if (parentPort !== null) {
  // The client gives exactly this.
  serve(parentPort, workerData as PolicyStoreData);
}
