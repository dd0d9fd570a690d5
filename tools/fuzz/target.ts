/** One decoder under fire. What it is fed, what must hold of it, and nothing else. */
export type FuzzTarget = {
  readonly name: string;
  /** Good inputs: hostile ones are made from these. */
  readonly samples: readonly Uint8Array[];
  /** Once for a whole run, so that what a decoder keeps is also under test. */
  readonly create: () => FuzzRun;
};

export type FuzzInput = {
  readonly bytes: Uint8Array;
  /** Where the bytes are cut into chunks, rising. */
  readonly cuts: readonly number[];
};

export type FuzzOutcome = {
  /** What the decoder refused, by code. */
  readonly faults: readonly string[];
  /** The law that this input broke. */
  readonly broken?: string;
};

/** Throwing is a broken law as well. */
export type FuzzRun = (input: FuzzInput) => FuzzOutcome;

export const chunksOf = ({ bytes, cuts }: FuzzInput): readonly Uint8Array[] => {
  const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length];
  return places.slice(1).map((to, i) => bytes.subarray(places[i], to));
};
