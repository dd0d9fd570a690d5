import type { Clock } from '../ports.ts';
import type { DeviceDriver, TappedFrame } from './driver.ts';

type About = { readonly meaning: string; readonly isShown: boolean; readonly isFault?: boolean };

/** Who looks at the frames of one device; nothing is made while nobody does. */
export type FrameTap = {
  readonly listen: DeviceDriver['tap'];
  readonly isOpen: () => boolean;
  readonly show: (direction: TappedFrame['direction'], bytes: Uint8Array, about: About) => void;
  /** What came and is no frame, or did not come at all. */
  readonly fault: (meaning: string, length: number) => void;
};

export const createFrameTap = (clock: Clock): FrameTap => {
  let tap: ((frame: TappedFrame) => void) | undefined;
  return {
    listen: (run) => {
      tap = run;
    },
    isOpen: () => tap !== undefined,
    show: (direction, bytes, { meaning, isShown, isFault = false }) => {
      const monoMs = clock.monoMs();
      const { length } = bytes;
      tap?.({ monoMs, direction, bytes: isShown ? bytes : undefined, length, meaning, isFault });
    },
    fault: (meaning, length) => {
      const none = { bytes: undefined, length };
      tap?.({ monoMs: clock.monoMs(), direction: 'in', ...none, meaning, isFault: true });
    },
  };
};
