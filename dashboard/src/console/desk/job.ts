import type { CardHitView, ReplacementView } from '@gatehouse/protocols';

/** What the clerk is at. One field takes everything that is typed or scanned; Enter goes on. */
export type Job =
  | { readonly step: 'idle'; readonly choices: readonly CardHitView[]; readonly missed: string }
  | {
      readonly step: 'taken';
      readonly hit: CardHitView;
      /** Monotonic. */
      readonly sinceMs: number;
      /** The blank card on the reader, and nobody's. */
      readonly uid: string | null;
      /** Whose the card on the reader is, where it is somebody's. */
      readonly holder: CardHitView | null;
      readonly unread: string;
    }
  | { readonly step: 'given'; readonly replacement: ReplacementView };

export type JobInput =
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'found';
      readonly hits: readonly CardHitView[];
      readonly typed: string;
      readonly atMs: number;
    }
  | { readonly kind: 'blank'; readonly uid: string }
  | { readonly kind: 'held'; readonly holder: CardHitView }
  | { readonly kind: 'unread'; readonly typed: string }
  | { readonly kind: 'given'; readonly replacement: ReplacementView };

export const idleJob: Job = { step: 'idle', choices: [], missed: '' };

const taken = (hit: CardHitView, sinceMs: number): Job => ({
  ...{ step: 'taken', hit, sinceMs },
  ...{ uid: null, holder: null, unread: '' },
});

const onFound = (job: Job, { hits, typed, atMs }: Extract<JobInput, { kind: 'found' }>): Job => {
  const [only] = hits;
  if (only !== undefined && hits.length === 1) return taken(only, atMs);
  if (job.step === 'taken' && hits.length === 0) return { ...job, unread: typed };
  return { step: 'idle', choices: hits, missed: hits.length === 0 ? typed : '' };
};

const onReader = (job: Job, change: Partial<Extract<Job, { step: 'taken' }>>): Job =>
  job.step === 'taken' ? { ...job, uid: null, holder: null, unread: '', ...change } : job;

/** Pure: what the clerk sees after each thing that happens. */
export const nextJob = (job: Job, input: JobInput): Job => {
  if (input.kind === 'reset') return idleJob;
  if (input.kind === 'found') return onFound(job, input);
  if (input.kind === 'given') return { step: 'given', replacement: input.replacement };
  if (input.kind === 'blank') return onReader(job, { uid: input.uid });
  if (input.kind === 'held') return onReader(job, { holder: input.holder });
  return onReader(job, { unread: input.typed });
};

const separators = /[\s:-]/g;

/** A UID as a keyboard reader types it; undefined where it is something else. */
export const readUid = (typed: string): string | undefined => {
  const text = typed.replace(separators, '').toUpperCase();
  return /^(?:[0-9A-F]{2}){4,12}$/.test(text) ? text : undefined;
};
