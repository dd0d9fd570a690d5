import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, begun } from './command-steps.ts';
import type { CommandProgress, CommandState, CommandStep } from './command-steps.ts';

/** `gateway:sent`, `cloud:expired`, `gateway:failed/door_not_ready` */
const step = (text: string, at: number): CommandStep & { failure?: string } => {
  const [by, what = ''] = text.split(':');
  const [state, failure] = what.split('/');
  return {
    by: by === 'cloud' ? 'cloud' : 'gateway',
    state: state as CommandState,
    at,
    ...(failure === undefined ? {} : { failure }),
  };
};

const after = (steps: readonly string[]): CommandProgress =>
  steps.reduce<CommandProgress>(
    (progress, text, i) => advance(progress, step(text, i + 1)),
    begun(0),
  );

const at = 'gateway:at_gateway';
const sent = 'gateway:sent';
const confirmed = 'gateway:confirmed';
const failed = 'gateway:failed/unlock_failed';

/** What came, in the order in which it came; where that leaves the command; the steps shown. */
const lives: readonly (readonly [readonly string[], string, string])[] = [
  [[], 'accepted', 'accepted'],
  [[at], 'at_gateway', 'accepted at_gateway'],
  [[at, sent], 'sent', 'accepted at_gateway sent'],
  [[at, sent, confirmed], 'confirmed', 'accepted at_gateway sent confirmed'],
  [[confirmed, at, sent], 'confirmed', 'accepted at_gateway sent confirmed'],
  [[sent, at], 'sent', 'accepted at_gateway sent'],
  [[at, at, sent, sent], 'sent', 'accepted at_gateway sent'],
  [[at, sent, failed], 'failed unlock_failed', 'accepted at_gateway sent failed'],
  [['gateway:failed/other_session'], 'failed other_session', 'accepted failed'],
  [['gateway:expired'], 'expired', 'accepted expired'],
  [['cloud:expired'], 'expired', 'accepted expired'],
  [['cloud:failed/gateway_offline'], 'failed gateway_offline', 'accepted failed'],
  [['cloud:failed/gateway_offline', 'cloud:expired'], 'failed gateway_offline', 'accepted failed'],
  // The truth, late.
  [['cloud:expired', at], 'at_gateway', 'accepted at_gateway'],
  [['cloud:expired', at, sent, confirmed], 'confirmed', 'accepted at_gateway sent confirmed'],
  [['cloud:expired', confirmed], 'confirmed', 'accepted confirmed'],
  [['cloud:expired', 'gateway:expired'], 'expired', 'accepted expired'],
  [['cloud:failed/gateway_offline', confirmed], 'confirmed', 'accepted confirmed'],
  [['cloud:expired', failed], 'failed unlock_failed', 'accepted failed'],
  // What the gateway said first about the end stands.
  [[confirmed, failed], 'confirmed', 'accepted confirmed'],
  [[failed, confirmed], 'failed unlock_failed', 'accepted failed'],
  [[confirmed, 'cloud:expired'], 'confirmed', 'accepted confirmed'],
];

describe('the life of a command', () => {
  it.each(lives)('%j is %s', (steps, state, shown) => {
    const progress = after(steps);
    expect(`${progress.state} ${progress.failure ?? ''}`.trim()).toBe(state);
    expect(progress.steps.map((each) => each.state).join(' ')).toBe(shown);
  });

  it('gives the same object back where nothing changed', () => {
    const progress = after([at, sent, confirmed]);
    expect(advance(progress, step(sent, 9))).toBe(progress);
    expect(advance(progress, step('cloud:expired', 9))).toBe(progress);
  });

  it('ends as the gateway says, in whatever order and however often it hears it', () => {
    const stream = fc.shuffledSubarray([at, sent, at, sent, 'cloud:expired', 'cloud:expired']);
    fc.assert(
      fc.property(stream, fc.nat(6), fc.constantFrom(confirmed, failed), (steps, place, end) => {
        const progress = after([...steps.slice(0, place), end, ...steps.slice(place)]);
        expect(progress.state).toBe(end === confirmed ? 'confirmed' : 'failed');
        expect(progress.steps.filter(({ by }) => by === 'cloud')).toHaveLength(1);
        const states = progress.steps.map((each) => each.state);
        expect(new Set(states).size).toBe(states.length);
      }),
    );
  });
});
