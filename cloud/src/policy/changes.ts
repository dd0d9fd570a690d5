import { policyKey } from '@gatehouse/protocols';
import type { PolicyRow, PolicySection } from '@gatehouse/protocols';

/** A row as the database holds it for a gateway. */
export type HeldRow = { readonly key: string; readonly row: PolicyRow };

/** One difference between what a gateway should hold and what was last published for it. */
export type PolicyChange = {
  readonly section: PolicySection;
  readonly key: string;
  /** What it held; undefined = the row is new. */
  readonly held: PolicyRow | undefined;
  /** What it shall hold; undefined = the row goes. */
  readonly wanted: PolicyRow | undefined;
};

type Chunks<T> = AsyncIterable<readonly T[]> | Iterable<readonly T[]>;

/** Reads chunks one row at a time; waits only where a chunk has come to its end. */
type Reader<T> = {
  /** The row at hand; undefined at the end. Ask after `fill`. */
  readonly row: () => T | undefined;
  readonly skip: () => void;
  readonly isSpent: () => boolean;
  readonly fill: () => Promise<void>;
};

const createReader = <T>(chunks: Chunks<T>): Reader<T> => {
  const source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : values(chunks);
  let chunk: readonly T[] = [];
  let at = 0;
  let over = false;
  return {
    row: () => chunk[at],
    skip: () => {
      at += 1;
    },
    isSpent: () => at >= chunk.length && !over,
    fill: async () => {
      const next = await source.next();
      over = next.done === true;
      chunk = next.done === true ? [] : next.value;
      at = 0;
    },
  };
};

const values = <T>(chunks: Iterable<readonly T[]>): Iterator<readonly T[]> =>
  chunks[Symbol.iterator]();

/** Differences in one go: what the database writes by one statement. */
const changesPerChunk = 500;

/**
 * Merges two lists of one section, both by key in the order of bytes, and gives what differs.
 * Neither is ever whole in memory.
 */
export async function* changesOf(
  section: PolicySection,
  wanted: Chunks<PolicyRow>,
  held: Chunks<HeldRow>,
): AsyncGenerator<readonly PolicyChange[]> {
  const left = createReader(wanted);
  const right = createReader(held);
  let changes: PolicyChange[] = [];
  while (true) {
    while (left.isSpent()) await left.fill();
    while (right.isSpent()) await right.fill();
    const want = left.row();
    const have = right.row();
    if (want === undefined && have === undefined) break;
    const wantKey = want === undefined ? undefined : policyKey(want);
    const key = firstOf(wantKey, have?.key);
    if (wantKey === key) left.skip();
    if (have?.key === key) right.skip();
    const change = {
      section,
      key,
      held: have?.key === key ? have.row : undefined,
      wanted: wantKey === key ? want : undefined,
    };
    if (isSameJson(change.held, change.wanted)) continue;
    changes.push(change);
    if (changes.length < changesPerChunk) continue;
    yield changes;
    changes = [];
  }
  if (changes.length > 0) yield changes;
}

/** Keys are ASCII, so the order of JavaScript is that of bytes, `collate "C"`. */
const firstOf = (a: string | undefined, b: string | undefined): string => {
  if (a === undefined) return b ?? '';
  return b === undefined || a < b ? a : b;
};

/** Equal whatever the order of fields, which a database does not keep. */
const isSameJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const fields = Object.entries(a);
  if (fields.length !== Object.keys(b).length) return false;
  return fields.every(
    // A field that is absent is no value of JSON, and equals none.
    ([name, value]) => isSameJson(value, (b as Readonly<Record<string, unknown>>)[name]),
  );
};
