import { createListener } from '../capture/listener.ts';
import type { LineEvent, ModbusMode } from '../capture/listener.ts';
import type { PlainCodec } from '../compiled.ts';
import type { Line } from '../profile-command/bench-ports.ts';
import { bytesOfHex } from '../vectors/report.ts';

export type Said = Extract<LineEvent, { readonly kind: 'said' }>;

/** One device on one line: what is asked, and what it says. */
export type Conversation = {
  /**
   * @returns the first thing that `isAnswer`, and all that came until then; undefined where
   *   nothing did in time
   */
  readonly ask: (
    bytes: Uint8Array | undefined,
    isAnswer: (said: Said) => boolean,
    withinMs: number,
  ) => Promise<Said | undefined>;
  /** All that it said, in order. */
  readonly heard: readonly Said[];
  readonly faults: ReadonlyMap<string, number>;
  readonly isGone: () => boolean;
};

/** More than a certification ever hears. */
const heardMax = 10_000;

export const createConversation = (
  line: Line,
  codec: PlainCodec,
  { mode, nowMs }: { readonly mode: ModbusMode; readonly nowMs: () => number },
): Conversation => {
  const listener = createListener(codec, mode);
  const heard: Said[] = [];
  const faults = new Map<string, number>();
  let isGone = false;
  const count = (fault: string): void => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  const take = (events: readonly LineEvent[]): readonly Said[] => {
    const said: Said[] = [];
    for (const event of events) {
      if (event.kind === 'fault') count(event.fault);
      if (event.kind !== 'said') continue;
      for (const fault of event.meaning.faults) count(fault);
      // A device that is not answered says it again and again.
      if (event.meaning.answer !== undefined) line.write(bytesOfHex(event.meaning.answer));
      said.push(event);
    }
    if (heard.length < heardMax) heard.push(...said);
    return said;
  };
  return {
    heard,
    faults,
    isGone: () => isGone,
    ask: async (bytes, isAnswer, withinMs) => {
      const startMs = nowMs();
      if (bytes !== undefined) {
        // Of Modbus: a reply is read by the request that it answers.
        if (codec.transport === 'modbus') listener.push({ ms: startMs, from: 'gateway', bytes });
        line.write(bytes);
      }
      for (;;) {
        const leftMs = startMs + withinMs - nowMs();
        if (leftMs <= 0) return undefined;
        const wakeMs = (listener.wakeAtMs() ?? Infinity) - nowMs();
        const arrivals = await line.read(Math.max(1, Math.min(leftMs, wakeMs)));
        if (arrivals === undefined) {
          isGone = true;
          return undefined;
        }
        const events = arrivals.flatMap((one) => listener.push({ ...one, from: 'device' }));
        const answer = take([...events, ...listener.expire(nowMs())]).find(isAnswer);
        if (answer !== undefined) return answer;
      }
    },
  };
};
