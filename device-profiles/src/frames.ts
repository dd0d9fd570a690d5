import type { FrameDecoder, FrameFault } from '@gatehouse/protocols';

/** Longer than any decoder waits for the rest of a frame. */
const silenceMs = 3_600_000;

export type Heard =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'fault'; readonly fault: FrameFault };

/** What a line of exactly these bytes and a long silence holds. */
export const heard = (decoder: FrameDecoder, bytes: Uint8Array): readonly Heard[] => [
  ...decoder.push(bytes, 0),
  ...decoder.expire(silenceMs),
];
