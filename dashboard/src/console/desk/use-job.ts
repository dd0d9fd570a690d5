import type { CardHitView, QueueItemView } from '@gatehouse/protocols';
import { useReducer, useState } from 'react';
import { monotonicMs } from '../../adapters/clock.ts';
import { cardRoutes } from '../../api/card-routes.ts';
import { idleJob, nextJob, readUid } from './job.ts';
import type { Job } from './job.ts';

export type JobHold = {
  readonly job: Job;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Enter in the field, with what stood in it. */
  readonly enter: (typed: string) => void;
  readonly take: (hit: CardHitView) => void;
  readonly reset: () => void;
  readonly undo: () => void;
};

const isMissed = ({ state }: QueueItemView): boolean => state === 'missed';

const isNumberOf = (hit: CardHitView, typed: string): boolean =>
  hit.number === typed.trim().toUpperCase();

/** One question at a time, and what went wrong with the last one. */
const useAsking = () => {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = async (run: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await run();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const forget = (): void => {
    setError(null);
  };
  return { isBusy, error, ask, forget };
};

/** The job, and what Enter asks the server at each step. */
export const useJob = (queue: readonly QueueItemView[]): JobHold => {
  const [job, dispatch] = useReducer(nextJob, idleJob);
  const { isBusy, error, ask, forget } = useAsking();

  const found = (hits: readonly CardHitView[], typed: string): void => {
    dispatch({ kind: 'found', hits, typed, atMs: monotonicMs() });
  };
  const takeNext = (): void => {
    const next = queue.find(({ state }) => state === 'waiting') ?? queue.find(isMissed);
    if (next !== undefined) found([next.hit], '');
  };
  const search = async (typed: string): Promise<void> => {
    const hits = await cardRoutes.find(typed);
    const exact = hits.filter((hit) => isNumberOf(hit, typed));
    found(exact.length > 0 ? exact : hits, typed);
  };
  /** A number can look like a UID: it is one where somebody has that number. */
  const readCard = async (typed: string, uid: string): Promise<void> => {
    const hits = /^\d+$/.test(typed.trim()) ? await cardRoutes.find(typed) : [];
    const next = hits.filter((hit) => isNumberOf(hit, typed));
    if (next.length > 0) {
      found(next, typed);
      return;
    }
    const { holder } = await cardRoutes.uid(uid);
    dispatch(holder === null ? { kind: 'blank', uid } : { kind: 'held', holder });
  };
  const give = async (card: string, uid: string, sinceMs: number): Promise<void> => {
    const tookMs = Math.min(3_600_000, Math.round(monotonicMs() - sinceMs));
    const replacement = await cardRoutes.replace({ card, uid, tookMs });
    dispatch({ kind: 'given', replacement });
  };
  const enter = (typed: string): void => {
    if (isBusy) return;
    const uid = readUid(typed);
    if (job.step === 'taken' && uid !== undefined) void ask(() => readCard(typed, uid));
    else if (typed.trim() !== '') void ask(() => search(typed.trim()));
    else if (job.step !== 'taken') takeNext();
    else if (job.uid !== null) {
      const { hit, uid: blank, sinceMs } = job;
      void ask(() => give(hit.card, blank, sinceMs));
    }
  };
  const undo = (): void => {
    if (job.step !== 'given' || job.replacement.undone) return;
    const { id } = job.replacement;
    void ask(async () => {
      dispatch({ kind: 'given', replacement: await cardRoutes.undo(id) });
    });
  };
  return {
    ...{ job, isBusy, error, enter, undo },
    take: (hit) => {
      found([hit], '');
    },
    reset: () => {
      forget();
      dispatch({ kind: 'reset' });
    },
  };
};
