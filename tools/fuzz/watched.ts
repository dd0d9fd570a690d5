import { Worker } from 'node:worker_threads';
import type { FuzzReport } from './runner.ts';

/** The input that is being read, where the watching thread sees it even when reading never ends. */
export type Board = {
  /** [inputs so far, target, bytes of the input] */
  readonly head: Int32Array;
  readonly input: Uint8Array;
};

const boardBytesMax = 1024 * 1024;

export const boardOf = (buffer: SharedArrayBuffer): Board => ({
  head: new Int32Array(buffer, 0, 3),
  input: new Uint8Array(buffer, 16),
});

export type FuzzOrder = {
  readonly seed: number;
  readonly seconds: number;
  readonly board: SharedArrayBuffer;
};

export type Watched = {
  readonly onReport: (report: FuzzReport) => void;
  /** One input has not come back for `hangMsMax`. */
  readonly onHang: (target: number, hex: string) => void;
};

const hangMsMax = 10_000;

/** Runs all targets in a thread of its own, so that one that hangs is found and named. */
export const runWatched = async (
  order: Omit<FuzzOrder, 'board'>,
  { onReport, onHang }: Watched,
): Promise<void> => {
  const buffer = new SharedArrayBuffer(boardBytesMax);
  const { head, input } = boardOf(buffer);
  const workerData: FuzzOrder = { ...order, board: buffer };
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData });
  let seen = -1;
  const watch = setInterval(() => {
    const now = Atomics.load(head, 0);
    if (now === seen) {
      const size = Math.min(head[2] ?? 0, input.length);
      onHang(head[1] ?? 0, Buffer.from(input.slice(0, size)).toString('hex'));
      void worker.terminate();
    }
    seen = now;
  }, hangMsMax);
  // The thread sends nothing else.
  worker.on('message', (report) => onReport(report as FuzzReport));
  await new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve());
    worker.once('error', reject);
  }).finally(() => clearInterval(watch));
};
