import { makeInput } from './inputs.ts';
import { createRandom } from './random.ts';
import type { FuzzInput, FuzzOutcome, FuzzRun, FuzzTarget } from './target.ts';

export type FuzzPorts = {
  /** Monotonic. */
  readonly nowUs: () => number;
  /** In use after what nobody holds has been freed. */
  readonly heapBytes: () => number;
  /** Told before each input: who watches can say which one never came back. */
  readonly beforeInput: (target: FuzzTarget, input: FuzzInput) => void;
};

export type FuzzReport = {
  readonly target: string;
  readonly inputs: number;
  readonly bytes: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly worstUs: number;
  readonly failure?: FuzzFailure;
};

export type FuzzFailure = {
  readonly what: string;
  readonly hex: string;
  readonly cuts: readonly number[];
  /** Whether a decoder that has seen nothing else fails as well. */
  readonly isAlone: boolean;
};

export type FuzzLimit = { readonly forUs: number } | { readonly inputs: number };

/** Above what any decoder needs by far, so that only work that grows too fast is caught. */
const inputUsMax = 100_000;
const byteUsMax = 10;
/** A pause of the machine is no fault of a decoder: only one slow each time is. */
const slowRunsMax = 3;
const heapGrowthBytesMax = 16 * 1024 * 1024;
/** Looking at the clock or the heap costs more than most inputs. */
const inputsPerLook = 64;

const attempt = (run: FuzzRun, input: FuzzInput): FuzzOutcome => {
  try {
    return run(input);
  } catch (error) {
    return { faults: [], broken: `threw ${error instanceof Error ? error.message : 'no error'}` };
  }
};

const isTooSlow = (target: FuzzTarget, input: FuzzInput, ports: FuzzPorts): boolean => {
  const limitUs = inputUsMax + byteUsMax * input.bytes.length;
  for (let i = 0; i < slowRunsMax; i += 1) {
    const run = target.create();
    const startedUs = ports.nowUs();
    attempt(run, input);
    if (ports.nowUs() - startedUs <= limitUs) return false;
  }
  return true;
};

const failureOf = (target: FuzzTarget, input: FuzzInput, what: string): FuzzFailure => ({
  what,
  hex: Buffer.from(input.bytes).toString('hex'),
  cuts: input.cuts,
  isAlone: attempt(target.create(), input).broken !== undefined,
});

/**
 * Feeds one decoder with inputs that the seed makes, until the limit or the first broken law. The
 * same seed gives the same inputs in the same order, however many there are.
 */
export const fuzzTarget = (
  target: FuzzTarget,
  options: { readonly seed: number; readonly limit: FuzzLimit },
  ports: FuzzPorts,
): FuzzReport => {
  const random = createRandom(options.seed, target.name);
  const run = target.create();
  const faults: Record<string, number> = {};
  const startedUs = ports.nowUs();
  const heapBefore = ports.heapBytes();
  const { limit } = options;
  let inputs = 0;
  let bytes = 0;
  let worstUs = 0;
  const report = (failure?: FuzzFailure): FuzzReport => ({
    target: target.name,
    inputs,
    bytes,
    faults,
    worstUs,
    ...(failure === undefined ? {} : { failure }),
  });
  const isOver = (): boolean => {
    if ('inputs' in limit) return inputs >= limit.inputs;
    return inputs % inputsPerLook === 0 && ports.nowUs() - startedUs >= limit.forUs;
  };
  for (;;) {
    const input = makeInput(random, target.samples);
    ports.beforeInput(target, input);
    const beganUs = ports.nowUs();
    const outcome = attempt(run, input);
    const tookUs = ports.nowUs() - beganUs;
    inputs += 1;
    bytes += input.bytes.length;
    worstUs = Math.max(worstUs, tookUs);
    for (const fault of outcome.faults) faults[fault] = (faults[fault] ?? 0) + 1;
    if (outcome.broken !== undefined) return report(failureOf(target, input, outcome.broken));
    if (tookUs > inputUsMax && isTooSlow(target, input, ports)) {
      return report(failureOf(target, input, `slow: ${Math.round(tookUs)} µs`));
    }
    if (isOver()) {
      const grown = ports.heapBytes() - heapBefore;
      return grown <= heapGrowthBytesMax
        ? report()
        : report(failureOf(target, input, `keeps ${Math.round(grown / 1024)} KiB`));
    }
  }
};
