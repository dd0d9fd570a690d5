import type { Outgoing, SerialCodec } from '@gatehouse/device-profiles';
import type { Clock, Log, SerialLine } from '../ports.ts';
import type { StepResult } from './command-runner.ts';
import type { FrameTap } from './frame-tap.ts';
import { characterMs } from './line-timing.ts';
import type { FrameLine } from './serial-line.ts';

/** One device asked one thing at a time. */
export type Conversation = {
  /** Sends, and waits for the answer where there is one; never rejects. */
  readonly ask: (out: Outgoing, meaning: string, on: SerialLine) => Promise<StepResult>;
  /**
   * A message came.
   * @returns when that was sent which it answers; undefined = it answers nothing
   */
  readonly hear: (message: string, refuses: string | undefined) => number | undefined;
  /** The line is gone: nothing answers any more. */
  readonly lose: () => void;
};

type Asked = {
  readonly reply: string;
  readonly sentMs: number;
  readonly settle: (result: StepResult) => void;
};

export const createConversation = (options: {
  readonly deviceId: string;
  readonly codec: Pick<SerialCodec, 'line' | 'replyTimeoutMs'>;
  readonly line: FrameLine;
  readonly tap: FrameTap;
  readonly clock: Clock;
  readonly log: Log;
}): Conversation => {
  const { deviceId, codec, line, tap, clock } = options;
  let asked: Asked | undefined;

  const answer = async (out: Outgoing, coming: Promise<StepResult>): Promise<StepResult> => {
    const { bytes, replyTimeoutMs = codec.replyTimeoutMs } = out;
    const wireMs = bytes.length * characterMs(codec.line);
    const cancel = clock.after(wireMs + replyTimeoutMs, () => {
      asked?.settle({ kind: 'unanswered' });
    });
    const result = await coming;
    cancel();
    // A late answer must not pass for the answer to what is asked next.
    if (result.kind === 'unanswered') line.rest(deviceId, replyTimeoutMs);
    return result;
  };
  return {
    ask: async (out, meaning, on) => {
      const { bytes, reply, isShown } = out;
      const { promise, resolve } = Promise.withResolvers<StepResult>();
      const settle = (result: StepResult): void => {
        asked = undefined;
        resolve(result);
      };
      if (tap.isOpen()) tap.show('out', bytes, { meaning, isShown });
      if (reply !== undefined) asked = { reply, sentMs: clock.monoMs(), settle };
      try {
        await line.send(on, bytes);
      } catch (error) {
        settle({ kind: 'unanswered' });
        const why = error instanceof Error ? error.message : String(error);
        options.log.debug('device.not_written', { device: deviceId, meaning, why });
        return { kind: 'unanswered' };
      }
      return reply === undefined ? { kind: 'answered' } : answer(out, promise);
    },
    hear: (message, refuses) => {
      if (asked === undefined || (asked.reply !== message && refuses === undefined)) {
        return undefined;
      }
      const { sentMs, settle } = asked;
      settle(refuses === undefined ? { kind: 'answered' } : { kind: 'refused', code: refuses });
      return sentMs;
    },
    lose: () => asked?.settle({ kind: 'unanswered' }),
  };
};
