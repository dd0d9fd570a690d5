import type { BatchHeader, Lost, WireEvent } from '@gatehouse/protocols';
import { fromBase64Url } from '@gatehouse/protocols';
import { jsonbText } from '../storable.ts';

/** An event as the columns of `event` take it; JSON as text. */
export type EventColumns = {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly door: string | null;
  readonly device: string | null;
  readonly person: string | null;
  readonly card: string | null;
  readonly clock: string;
  readonly data: string;
  /** What a newer gateway says beside all this. */
  readonly rest: string | null;
};

export type EvidenceColumns = {
  readonly seq: number;
  readonly at: string;
  readonly pass: Uint8Array;
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const uuidOf = (value: unknown): string | null =>
  typeof value === 'string' && uuid.test(value) ? value : null;

/** @throws RangeError where `at` is no date, or a field is nested too deeply to be written */
export const eventColumns = (event: WireEvent): EventColumns => {
  const { seq, at, kind, door, device, clock, data, evidence: _evidence, ...rest } = event;
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    door: door ?? null,
    device: device ?? null,
    // A command has an actor where a passage has a person: both are who did it.
    person: uuidOf(data['person']) ?? uuidOf(data['actor']),
    card: uuidOf(data['card']),
    clock: jsonbText(clock),
    data: jsonbText(data),
    rest: Object.keys(rest).length === 0 ? null : jsonbText(rest),
  };
};

/** The passes of those events that carry one. */
export const evidenceColumns = (events: readonly WireEvent[]): readonly EvidenceColumns[] =>
  events.flatMap(({ seq, at, evidence }) => {
    const pass = evidence === undefined ? undefined : fromBase64Url(evidence);
    return pass === undefined ? [] : [{ seq, at: new Date(at).toISOString(), pass }];
  });

/**
 * What the gateway owns up to within the part of the batch that is new. A hole that reaches beyond
 * is cut to it; one in which an event stands after all is none.
 */
export const declaredGaps = (
  { from, to, lost }: Pick<BatchHeader, 'from' | 'to' | 'lost'>,
  events: readonly WireEvent[],
): readonly Lost[] =>
  lost
    .map((hole) => ({ ...hole, from: Math.max(hole.from, from), to: Math.min(hole.to, to) }))
    .filter((hole) => hole.from <= hole.to)
    .filter((hole) => !events.some(({ seq }) => seq >= hole.from && seq <= hole.to));
