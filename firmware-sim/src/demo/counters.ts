import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The counters of simulated phones: each code that a phone makes takes the next one, for good. */
export type Counters = {
  /** @param codes how many it makes; the last of them is what is shown */
  readonly take: (credential: string, codes: number) => number;
};

const read = (file: string): ReadonlyMap<string, number> => {
  const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof kept !== 'object' || kept === null) throw new Error(`${file} is damaged: remove it`);
  return new Map(
    Object.entries(kept).map(([credential, counter]) => [credential, Number(counter)]),
  );
};

/**
 * Saved before a code is shown, as a real phone does: a new run goes on above the last one, and the
 * numbers say how many codes a phone really made.
 * @returns undefined for data of an older release, whose phones count by the clock
 */
export const openCounters = (
  dataDir: string,
  data: { readonly isNew: boolean },
): Counters | undefined => {
  const file = join(dataDir, 'phone-counters.json');
  const isThere = existsSync(file);
  if (!isThere && !data.isNew) return undefined;
  const counters = new Map(isThere ? read(file) : []);
  const save = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(counters)), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  save();
  return {
    take: (credential, codes) => {
      const counter = (counters.get(credential) ?? 0) + codes;
      counters.set(credential, counter);
      save();
      return counter;
    },
  };
};
