import { plainWires } from '../check/plain-wires.ts';
import { isSession } from '../check/vector-rules.ts';
import { compileLine, compileProfile } from '../compile/compile.ts';
import type { Codec } from '../codec.ts';
import type { Args } from '../compiled.ts';
import { ProfileError } from '../errors.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { Vector } from '../language/vectors.ts';
import { coverageOf } from '../vectors/coverage.ts';
import { failure, hexText } from '../vectors/report.ts';
import type { Gap, Run } from '../vectors/report.ts';
import { runVector } from '../vectors/run-vectors.ts';
import { modeOf } from './capture-file.ts';
import type { Capture } from './capture-file.ts';
import { candidateOf, exchangesOf } from './captured-vector.ts';
import { replayed } from './replay.ts';
import { isCopied } from '../vectors/copied.ts';

export type FromCapture = {
  /** Those that prove something, in the order of the line. */
  readonly vectors: readonly Vector[];
  /** Frames of the device. */
  readonly frames: number;
  /** Frames that prove nothing beyond what is kept. */
  readonly folded: number;
  /** Frames with a secret: in their vectors stands something invented. */
  readonly redacted: number;
  /** Frames that may hold a secret and cannot be written anew: left out. */
  readonly leftOut: number;
  /** Frames that the profile does not know, the first few as hexadecimal text. */
  readonly unknown: number;
  readonly unknownFrames: readonly string[];
  /** What no vector of the profile reached before. */
  readonly newlyCovered: readonly Gap[];
  /** What only invented vectors reached. */
  readonly newlyVouched: readonly Gap[];
  readonly stillMissing: readonly Gap[];
};

export type Captured = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  /** What is set on the unit that was recorded. */
  readonly params: Args;
  readonly capture: Capture;
};

const unknownShownMax = 5;

/** Turns what a line carried into vectors: each thing that is proved once, secrets replaced. */
export const vectorsOf = ({ profile, binding, params, capture }: Captured): FromCapture => {
  const codec = compileLine(profile, binding, params);
  const { header, chunks } = capture;
  const source = `capture ${header.startedAt.slice(0, 10)}, ${header.port}`;
  const exchanges = exchangesOf(replayed(codec, chunks, modeOf(header)));
  const readable = exchanges.filter(({ said }) => said.meaning.faults.length === 0);
  const strange = exchanges.filter(({ said }) => said.meaning.faults.length > 0);
  const line = { profile, binding, params, codec, source };
  const candidates = readable.map((exchange) => candidateOf(line, exchange));
  const growth = createGrowth(profile, binding);
  const vectors = candidates.flatMap(({ vectors: tries }) => growth.take(codec, tries));
  const known = candidates.filter((one) => one.vectors.length > 0);
  return {
    vectors,
    frames: exchanges.length,
    folded: known.length - vectors.length,
    redacted: known.filter(({ isRedacted }) => isRedacted).length,
    leftOut: candidates.length - known.length,
    unknown: strange.length,
    unknownFrames: strange
      .filter(({ said }) => said.meaning.isShown)
      .slice(0, unknownShownMax)
      .map(({ said }) => hexText(said.frame)),
    ...growth.result(),
  };
};

type Hits = ReadonlyMap<string, ReadonlySet<string>>;

/** What the profile's own vectors prove, or only those that are not invented. */
const hitsOf = (profile: DeviceProfile, counts: (vector: Vector) => boolean): Hits => {
  const hits = new Map<string, Set<string>>();
  for (const vector of profile.vectors) {
    if (isSession(vector) || !counts(vector)) continue;
    const run = ranVector(profile, vector);
    const proved = hits.get(vector.binding) ?? new Set();
    for (const key of run.hits) proved.add(key);
    hits.set(vector.binding, proved);
  }
  return hits;
};

const ranVector = (profile: DeviceProfile, vector: Vector): Run => {
  try {
    const codec = compileProfile(profile, vector.binding, vector.params ?? {});
    return runVector(profile, codec, vector);
  } catch (error) {
    if (error instanceof ProfileError) return failure('a device', error.message);
    throw error;
  }
};

type Growth = {
  /** @returns the first of these that proves something new; none where none does */
  readonly take: (codec: Codec, tries: readonly Vector[]) => readonly Vector[];
  readonly result: () => Pick<FromCapture, 'newlyCovered' | 'newlyVouched' | 'stillMissing'>;
};

/** Grows what a document or a line vouches for, vector by vector. */
const createGrowth = (profile: DeviceProfile, binding: string): Growth => {
  const all = hitsOf(profile, () => true);
  const documented = hitsOf(profile, isCopied);
  const plain = plainWires(profile);
  const grown = new Set(documented.get(binding));
  const shapes = new Set<string>();
  const withGrown = (hits: Hits): Hits =>
    new Map([...hits, [binding, new Set([...(hits.get(binding) ?? []), ...grown])]]);
  const before = coverageOf(plain, all).missing;
  const vouchedBefore = coverageOf(plain, documented).missing;
  let covered = coverageOf(plain, documented).covered;
  return {
    take: (codec, tries) => {
      for (const vector of tries) {
        const { failed, hits } = runVector(profile, codec, vector);
        if (failed !== undefined) continue;
        const shape = hits.map(shapeOf).toSorted().join();
        if (shapes.has(shape)) return [];
        shapes.add(shape);
        const fresh = hits.filter((key) => !grown.has(key));
        for (const key of fresh) grown.add(key);
        const now = coverageOf(plain, withGrown(documented)).covered;
        if (now > covered) {
          covered = now;
          return [vector];
        }
        for (const key of fresh) grown.delete(key);
        return [];
      }
      return [];
    },
    result: () => {
      const missing = coverageOf(plain, withGrown(all)).missing;
      const newlyCovered = without(before, missing);
      const vouched = coverageOf(plain, withGrown(documented)).missing;
      return {
        newlyCovered,
        newlyVouched: without(without(vouchedBefore, vouched), newlyCovered),
        stillMissing: missing,
      };
    },
  };
};

/** Measurements and texts differ from frame to frame and prove the same. */
const shapeOf = (key: string): string =>
  /=(?:true|false|null|[a-z][a-z0-9_]*)$/.test(key) ? key : key.replace(/=.*$/s, '');

const without = (gaps: readonly Gap[], left: readonly Gap[]): readonly Gap[] => {
  const keys = new Set(left.map(({ path, why }) => `${path} ${why}`));
  return gaps.filter(({ path, why }) => !keys.has(`${path} ${why}`));
};
