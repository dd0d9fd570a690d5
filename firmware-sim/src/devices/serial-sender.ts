import type { SimClock } from '../ports.ts';
import type { LiveDevice } from './live-device.ts';
import type { Piece } from './transmission.ts';

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
  readonly clock: SimClock;
  /** How one frame travels, as its wire and its faults are now. */
  readonly plan: (bytes: Uint8Array) => readonly Piece[];
  readonly write: (bytes: Uint8Array) => void;
}): SerialSender => {
  const { device, clock, plan, write } = options;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  let stopped = false;
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.after(ms, resolve));
  const transmit = async (bytes: Uint8Array, onPiece?: () => void): Promise<void> => {
    for (const piece of plan(bytes)) {
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
