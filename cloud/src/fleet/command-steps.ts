import type { CommandView } from '@gatehouse/protocols';

export type CommandState = CommandView['state'];

/** Who says so: what the gateway says of its own door stands above what the cloud concluded. */
export type CommandStep = {
  readonly state: CommandState;
  /** Unix milliseconds. */
  readonly at: number;
  readonly by: 'cloud' | 'gateway';
};

export type CommandProgress = {
  readonly state: CommandState;
  /** A CommandFailure code where the state is `failed`; newer gateways may know others. */
  readonly failure: string | null;
  /** In the order of the life cycle, one for each state. */
  readonly steps: readonly CommandStep[];
};

/** The gateway's events, by their kind, and the state that each means. */
export const commandEvents: Readonly<Record<string, CommandState>> = {
  'command.accepted': 'at_gateway',
  'command.sent': 'sent',
  'command.confirmed': 'confirmed',
  'command.expired': 'expired',
  'command.failed': 'failed',
};

const rank: Readonly<Record<CommandState, number>> = {
  accepted: 0,
  at_gateway: 1,
  sent: 2,
  confirmed: 3,
  expired: 3,
  failed: 3,
};

export const isFinal = (state: CommandState): boolean => rank[state] === 3;

export const begun = (at: number): CommandProgress => ({
  state: 'accepted',
  failure: null,
  steps: [{ state: 'accepted', at, by: 'cloud' }],
});

/**
 * One more step. Events may come twice, late or out of order: a step that is known changes nothing,
 * an earlier one is filled in, the first end that the gateway tells stands, and it replaces an end
 * that the cloud concluded from silence.
 * @returns the same progress where nothing changed
 */
export const advance = (
  progress: CommandProgress,
  step: CommandStep & { readonly failure?: string },
): CommandProgress => {
  const end = progress.steps.find(({ state }) => isFinal(state));
  // The cloud concludes only where nobody has told.
  if (end !== undefined && (step.by === 'cloud' || isFinal(step.state))) {
    if (end.by === 'gateway' || step.by === 'cloud') return progress;
  }
  if (progress.steps.some(({ state, by }) => state === step.state && by === step.by)) {
    return progress;
  }
  const isTruth = step.by === 'gateway';
  const kept = progress.steps.filter(
    ({ state, by }) => state !== step.state && !(isTruth && by === 'cloud' && isFinal(state)),
  );
  const { state, at, by } = step;
  const steps = [...kept, { state, at, by }].toSorted((a, b) => rank[a.state] - rank[b.state]);
  const last = steps.at(-1)?.state ?? progress.state;
  const failure = step.state === 'failed' ? (step.failure ?? null) : progress.failure;
  return { state: last, failure: last === 'failed' ? failure : null, steps };
};
