import type { DeviceProfile, PushCodec } from '@gatehouse/device-profiles';
import type { SimClock } from '../ports.ts';
import type { PushHead } from './push-head.ts';
import { feedbackOf, peopleMax, readingEvents } from './reader.ts';
import type { Presented, Reader } from './reader.ts';
import { createTurns } from './turns.ts';

/** What lights where the answer does not say. */
const lampOf = { granted: 'green', denied: 'red', accepted: '' } as const;

/** The reading half of a head that asks: what it shows stands in the answer. */
export const createPushReader = (options: {
  readonly head: PushHead;
  readonly codec: PushCodec;
  readonly profile: DeviceProfile;
  readonly clock: SimClock;
}): Reader | undefined => {
  const { head, codec, profile, clock } = options;
  const events = readingEvents(profile, codec);
  if (Object.keys(events).length === 0) return undefined;
  let shown: ReturnType<Reader['shown']>;
  const turns = createTurns(peopleMax);
  const busy: Presented = { ok: false, why: 'busy' };
  return {
    reads: (kind) => events[kind] !== undefined,
    present: (kind, text) => {
      const reading = events[kind];
      if (reading === undefined) return Promise.resolve({ ok: false, why: 'no_feedback' });
      const { event, fields } = reading;
      return turns(async (): Promise<Presented> => {
        let sentMs = clock.monoMs();
        const told = await head.tell({ event, fields: { ...fields, [kind]: text } }, () => {
          sentMs = clock.monoMs();
        });
        if (!told.ok) return told;
        const feedback = { lamp: lampOf[told.outcome], ...feedbackOf(filled(told.args)) };
        shown = { ...feedback, atMs: clock.nowMs() };
        return { ok: true, feedback, withinMs: clock.monoMs() - sentMs };
      }, busy);
    },
    shown: () => shown,
    stop: () => undefined,
  };
};

/** An empty text in the answer is what nobody said. */
const filled = (args: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(args).flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]])),
  );
