import type { Side } from '@gatehouse/protocols';
import type { Recorder } from './record.ts';
import type { Timeline } from './timeline.ts';

/** Looks at the relays themselves: how long they are on, and by what. */
export type OutputWatch = {
  readonly changed: (
    side: Side,
    on: boolean,
    output: { readonly timedUntilMs: number; readonly coil: boolean } | undefined,
  ) => void;
  /** The gateway could reach the controller during the last `ms`. */
  readonly reached: (ms: number) => void;
};

/** A relay may outlast its pulse by this much. */
const marginMs = 1_000;
/** Read, seen as overdue after a second, written off; twice that where the first is lost. */
const writeOffWithinMs = 5_000;

type Watched = {
  /** Time with a coil on that no pulse explains, in which the gateway could have ended it. */
  coilMs: number;
  coil: boolean;
  pulseUntilMs: number;
  told: boolean;
};

/** @param pulseMsMax the longest release that the policy gives */
export const createOutputWatch = (
  { nowMs }: Pick<Timeline, 'nowMs'>,
  recorder: Pick<Recorder, 'fault'>,
  pulseMsMax: number,
): OutputWatch => {
  const fresh = (): Watched => ({ coilMs: 0, coil: false, pulseUntilMs: -Infinity, told: false });
  const outputs: Readonly<Record<Side, Watched>> = { entry: fresh(), exit: fresh() };
  const tell = (side: Side, what: string): void => {
    const output = outputs[side];
    if (!output.told) recorder.fault('door returns to locked', `${side} output ${what}`);
    output.told = true;
  };
  return {
    changed: (side, on, relay) => {
      const output = outputs[side];
      output.coil = on && relay?.coil === true;
      output.pulseUntilMs = Math.max(output.pulseUntilMs, relay?.timedUntilMs ?? -Infinity);
      if (!output.coil) output.coilMs = 0;
      const leftMs = (relay?.timedUntilMs ?? 0) - nowMs();
      if (leftMs > pulseMsMax) tell(side, `on for ${leftMs} ms, ${pulseMsMax} allowed`);
    },
    reached: (ms) => {
      for (const side of ['entry', 'exit'] as const) {
        const output = outputs[side];
        if (!output.coil || nowMs() <= output.pulseUntilMs + marginMs) continue;
        output.coilMs += ms;
        if (output.coilMs > writeOffWithinMs) tell(side, 'left on by a coil');
      }
    },
  };
};
