import type { PassMark } from '@gatehouse/protocols';
import type { Mark } from '../ports.ts';

/**
 * The last accepted pass of each credential, in memory: what the scan path reads. A mark is placed
 * here before it is committed, so that the same pass at a second reader finds it taken.
 */
export type Marks = {
  readonly of: (credential: string) => PassMark | undefined;
  readonly load: (marks: readonly Mark[]) => void;
  readonly reserve: (credential: string, mark: PassMark) => void;
  /** Gives a reservation back whose commit failed, unless a later mark stands there. */
  readonly release: (credential: string, mark: PassMark, before: PassMark | undefined) => void;
  /** The journal knew a higher one. */
  readonly learn: (mark: Mark) => void;
};

const fromJournal = ({ counter, body, door, atMs }: Mark): PassMark => ({
  counter,
  body,
  doorId: door,
  atMs,
});

/** The row that is stored with the decision. */
export const journalMark = (
  credential: string,
  { counter, body, doorId, atMs }: PassMark,
): Mark => ({ credential, counter, body, door: doorId, atMs });

export const createMarks = (): Marks => {
  const marks = new Map<string, PassMark>();
  const learn = (mark: Mark): void => {
    const held = marks.get(mark.credential);
    if (held === undefined || held.counter < mark.counter) {
      marks.set(mark.credential, fromJournal(mark));
    }
  };
  return {
    of: (credential) => marks.get(credential),
    load: (all) => {
      all.forEach(learn);
    },
    reserve: (credential, mark) => {
      marks.set(credential, mark);
    },
    release: (credential, mark, before) => {
      if (marks.get(credential) !== mark) return;
      if (before === undefined) marks.delete(credential);
      else marks.set(credential, before);
    },
    learn,
  };
};
