import { toBase64Url } from '@gatehouse/protocols';
import type { Decision, NewEvent, Reason } from '@gatehouse/protocols';
import type { Claimed } from '../claim/claims.ts';
import type { EventBody } from '../events.ts';
import type { Keeper } from '../policy/keeper.ts';
import type { Outcome } from './decide.ts';
import type { Reader } from './doorway.ts';

export type DecisionEvents = (
  reader: Reader,
  outcome: Outcome,
  told: {
    readonly claimed: Claimed;
    /** Scans that were folded into this one. */
    readonly repeats: number;
  },
) => NewEvent;

/** The journal row of a decision, with the policy that it rests on. */
export const createDecisionEvents =
  (keeper: Pick<Keeper, 'held' | 'ageMs'>, event: (body: EventBody) => NewEvent): DecisionEvents =>
  (reader, outcome, { claimed, repeats }) => {
    const { policyEpoch, policyVersion } = keeper.held();
    const { denial: _, ...word } = claimed;
    const data: Decision = {
      ...outcome.row,
      reason: outcome.reason,
      side: reader.side,
      reader: reader.id,
      ...word,
      policy: { epoch: policyEpoch, version: policyVersion, ageMs: keeper.ageMs() },
      ...(repeats > 0 ? { repeats } : {}),
    };
    const evidence = evidenceOf(outcome);
    return event({
      kind: outcome.granted ? 'access.granted' : 'access.denied',
      door: reader.door,
      device: reader.id,
      data,
      ...(evidence === undefined ? {} : { evidence }),
    });
  };

/** The refusals in which the pass itself is the proof, at an exit too. */
const provenByPass: ReadonlySet<Reason> = new Set(['used', 'cloned', 'exit_used', 'exit_cloned']);

/** Kept for passes that were accepted and for those proofs; any other pass is nobody's business. */
const evidenceOf = ({ pass, nextMark, reason }: Outcome): string | undefined =>
  pass !== undefined && (nextMark !== undefined || provenByPass.has(reason))
    ? toBase64Url(pass.bytes)
    : undefined;
