import type { DeviceLiveView, DeviceValues, LiveFrame } from '@gatehouse/protocols';
import { deviceValuesIn } from './value-text.ts';

/** What the screen keeps of a wire while somebody looks. */
export type Wire = {
  readonly health: DeviceLiveView['health'] | null;
  readonly values: DeviceValues;
  readonly readings: DeviceValues;
  /** Newest first; numbered from the first that was seen. */
  readonly frames: readonly (LiveFrame & { readonly n: number })[];
  readonly seen: number;
  /** Frames that did not fit the way here. */
  readonly dropped: number;
};

export const framesMax = 300;

export const noWire: Wire = {
  health: null,
  values: {},
  readings: {},
  frames: [],
  seen: 0,
  dropped: 0,
};

const under = (values: DeviceLiveView['values'], head: string): DeviceValues =>
  deviceValuesIn(
    Object.entries(values)
      .filter(([path]) => path.startsWith(head))
      .map(([path, value]) => [path.slice(head.length), value] as const),
  );

export const withLive = (before: Wire, live: DeviceLiveView): Wire => {
  const fresh = live.frames.map((frame, i) => ({ ...frame, n: before.seen + i }));
  return {
    health: live.health,
    values: { ...before.values, ...under(live.values, 'state.') },
    readings: { ...before.readings, ...under(live.values, 'telemetry.') },
    frames: [...fresh.reverse(), ...before.frames].slice(0, framesMax),
    seen: before.seen + live.frames.length,
    dropped: before.dropped + live.dropped,
  };
};

/** `0103 0010` → `01 03 00 10`, in runs of eight bytes. */
export const hexGroups = (hex: string): readonly string[] => {
  const bytes = hex.match(/[0-9a-fA-F]{2}/g) ?? [];
  const runs = Array.from({ length: Math.ceil(bytes.length / 8) }, (_, i) =>
    bytes.slice(i * 8, i * 8 + 8).join(' '),
  );
  return runs.map((run) => run.toUpperCase());
};

/** One line a frame, oldest first: what goes into a ticket. */
export const framesAsText = (
  frames: Wire['frames'],
  timeOf: (atMs: number) => string,
  hidden: (bytes: number) => string,
): string =>
  [...frames]
    .reverse()
    .map(({ at, direction, hex, bytes, meaning, isFault }) => {
      const shown = hex === undefined ? hidden(bytes) : hexGroups(hex).join('  ');
      const arrow = direction === 'in' ? '<' : '>';
      return `${timeOf(at)} ${arrow} ${isFault ? '! ' : ''}${shown}  ; ${meaning}`;
    })
    .join('\n');
