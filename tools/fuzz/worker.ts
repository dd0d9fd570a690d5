import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzzTarget } from './runner.ts';
import type { FuzzPorts } from './runner.ts';
import { fuzzTargets } from './targets.ts';
import { boardOf } from './watched.ts';
import type { FuzzOrder } from './watched.ts';

// watched.ts starts this file with exactly this.
const { seed, seconds, board } = workerData as FuzzOrder;
const { head, input: shown } = boardOf(board);

setFlagsFromString('--expose-gc');
const collections = 3;
const collect: unknown = runInNewContext('gc');

const ports: FuzzPorts = {
  nowUs: () => performance.now() * 1000,
  heapBytes: () => {
    // Buffers of one collection are freed beside the program and counted until the next.
    for (let i = 0; i < collections; i += 1) {
      if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
    }
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  },
  beforeInput: (target, { bytes }) => {
    head[1] = fuzzTargets.indexOf(target);
    head[2] = bytes.length;
    shown.set(bytes.subarray(0, shown.length));
    Atomics.add(head, 0, 1);
  },
};

const forUs = (seconds * 1_000_000) / fuzzTargets.length;
for (const target of fuzzTargets) {
  parentPort?.postMessage(fuzzTarget(target, { seed, limit: { forUs } }, ports));
}
