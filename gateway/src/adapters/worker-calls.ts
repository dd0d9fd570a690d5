import { Worker } from 'node:worker_threads';
import type { LogFields } from '../ports.ts';

/** What a worker thread posts: answers to calls, and notes that nobody asked for. */
export type WorkerAnswer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string };
export type WorkerPost = {
  readonly answers?: readonly WorkerAnswer[];
  readonly note?: unknown;
  readonly log?: { readonly event: string; readonly fields: LogFields };
};
export type WorkerCall = { readonly id: number; readonly op: string; readonly args: unknown };

/** Names of the calls with what goes in and what comes out. */
export type CallTable = Readonly<
  Record<string, { readonly args: unknown; readonly value: unknown }>
>;

export type WorkerCalls<T extends CallTable> = {
  /** Rejects where the worker says so or ends before it answers. */
  readonly call: <K extends keyof T & string>(op: K, args: T[K]['args']) => Promise<T[K]['value']>;
  readonly waiting: () => number;
  readonly end: () => Promise<void>;
};

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
};

/**
 * One worker thread as a table of calls. It is not started again here: its owner knows what a new
 * one must be told first.
 */
export const startWorkerCalls = <T extends CallTable>(options: {
  readonly url: URL;
  readonly workerData: unknown;
  readonly fail: (message: string) => Error;
  readonly onNote: (note: unknown) => void;
  readonly onLog: (event: string, fields: LogFields) => void;
  /** Once, with the calls that waited already rejected; not after `end`. */
  readonly onGone: (cause: string) => void;
}): WorkerCalls<T> => {
  const worker = new Worker(options.url, {
    workerData: options.workerData,
    // No inherited flags: a test runner's loaders have no business in here.
    execArgv: [],
    // What passes through dies young; a small nursery saves a small box some 15 MB a thread.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let gone: string | undefined;

  const settle = (answer: WorkerAnswer): void => {
    const held = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) held?.resolve(answer.value);
    else held?.reject(options.fail(answer.message));
  };
  const leave = (cause: string, tell: boolean): void => {
    if (gone !== undefined) return;
    gone = cause;
    for (const { reject } of waiting.values()) reject(options.fail(cause));
    waiting.clear();
    if (tell) options.onGone(cause);
  };
  worker.on('message', ({ answers, note, log }: WorkerPost) => {
    answers?.forEach(settle);
    if (note !== undefined) options.onNote(note);
    if (log !== undefined) options.onLog(log.event, log.fields);
  });
  worker.on('error', (error) => leave(`the worker failed: ${String(error)}`, true));
  worker.on('exit', (code) => leave(`the worker ended with ${code}`, true));

  return {
    call: <K extends keyof T & string>(op: K, args: T[K]['args']) =>
      new Promise<T[K]['value']>((resolve, reject) => {
        if (gone !== undefined) throw options.fail(gone);
        const id = nextId;
        nextId += 1;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, op, args } satisfies WorkerCall);
      }),
    waiting: () => waiting.size,
    end: async () => {
      leave('the worker was stopped', false);
      await worker.terminate();
    },
  };
};
