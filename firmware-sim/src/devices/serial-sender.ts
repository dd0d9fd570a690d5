import type { SerialCodec } from '@gatehouse/device-profiles';
import type { SimClock } from '../ports.ts';
import type { LiveDevice } from './live-device.ts';
import type { Random } from './random.ts';
import { checksumPlace, planTransmission } from './transmission.ts';

/** More and the device loses what it wanted to say, as in its small memory. */
export const framesWaitingMax = 64;

export type SerialSender = {
  /**
   * One frame after another, each at the pace of the wire.
   * @param onPiece runs before each piece of it leaves
   * @returns when its last byte has left, or it was dropped
   */
  readonly send: (bytes: Uint8Array, onPiece?: () => void) => Promise<void>;
  readonly stop: () => void;
};

export const createSerialSender = (options: {
  readonly device: LiveDevice;
  readonly codec: Pick<SerialCodec, 'framing' | 'replyTimeoutMs'>;
  readonly clock: SimClock;
  readonly random: Random;
  /** Bits per second; undefined: each frame at once. */
  readonly baud: number | undefined;
  readonly write: (bytes: Uint8Array) => void;
}): SerialSender => {
  const { device, codec, clock, random, baud, write } = options;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  let stopped = false;
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.after(ms, resolve));
  const transmit = async (bytes: Uint8Array, onPiece?: () => void): Promise<void> => {
    const faults = device.faults();
    const checksumAt = checksumPlace(codec.framing, bytes.length);
    const { replyTimeoutMs } = codec;
    const plan = { bytes, baud, faults, random, checksumAt, replyTimeoutMs };
    for (const piece of planTransmission(plan)) {
      if (piece.afterMs > 0) await wait(piece.afterMs);
      if (stopped || !device.isPowered()) return;
      onPiece?.();
      write(piece.bytes);
    }
  };
  return {
    send: (bytes, onPiece) => {
      if (waiting >= framesWaitingMax || stopped) return Promise.resolve();
      const isFirst = waiting === 0;
      waiting += 1;
      // The first begins at once, within the call.
      const mine = isFirst ? transmit(bytes, onPiece) : last.then(() => transmit(bytes, onPiece));
      last = mine.finally(() => (waiting -= 1));
      return last;
    },
    stop: () => {
      stopped = true;
    },
  };
};
