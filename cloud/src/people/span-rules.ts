import { visitDaysMax } from '@gatehouse/protocols';
import type { AffiliationKind } from '@gatehouse/protocols';

/** Unix milliseconds; the end is the first moment after it. Null: nobody has said until when. */
export type Span = { readonly fromMs: number; readonly toMs: number | null };
export type ClosedSpan = { readonly fromMs: number; readonly toMs: number };

const dayMs = 24 * 60 * 60 * 1000;
/** A day may have 25 hours where clocks are put back. */
const visitMsMax = visitDaysMax * dayMs + 60 * 60 * 1000;

/** Whether an affiliation of this kind may be made now with these ends. */
export const isAffiliationSpan = (
  kind: AffiliationKind,
  { fromMs, toMs }: Span,
  nowMs: number,
): boolean => {
  if (toMs === null) return kind !== 'visitor';
  if (toMs <= fromMs || toMs <= nowMs) return false;
  // From today where it begins later: no visit is written down years ahead.
  return kind !== 'visitor' || toMs - Math.min(fromMs, nowMs) <= visitMsMax;
};

/** What a card of an affiliation may last: what was asked for, else what the affiliation does. */
export const cardSpan = (
  affiliation: Span,
  wish: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
  nowMs: number,
): ClosedSpan | undefined => {
  const fromMs = wish.fromMs ?? affiliation.fromMs;
  const toMs = wish.toMs ?? affiliation.toMs;
  if (toMs === null || toMs <= fromMs || toMs <= nowMs) return undefined;
  const isWithin =
    fromMs >= affiliation.fromMs && (affiliation.toMs === null || toMs <= affiliation.toMs);
  return isWithin ? { fromMs, toMs } : undefined;
};
