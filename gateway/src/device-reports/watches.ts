import { framesPerLiveMax, liveEveryMs, toHex, watchesMax } from '@gatehouse/protocols';
import type { Live, LiveFrame, Watch } from '@gatehouse/protocols';
import type { TappedFrame } from '../drivers/driver.ts';
import type { Cancel, Clock, Log } from '../ports.ts';
import type { FieldDevices } from './field-devices.ts';

/** A device that says nothing is told of all the same: that is what somebody looks for. */
export const quietEveryMs = 1_000;
const hexBytesMax = 512;
const meaningCharsMax = 120;

export type WatchesOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly devices: Pick<FieldDevices, 'values' | 'health' | 'watch'>;
  readonly has: (device: string) => boolean;
  /** The session of the open connection; a watch of another one is nothing. */
  readonly session: () => string | undefined;
  readonly publish: (live: Live) => Promise<void>;
};

export type Watches = {
  readonly onWatch: (watch: Watch) => void;
  /** The connection is lost, or the gateway stops: nobody looks any more. */
  readonly endAll: () => void;
};

type Look = {
  readonly device: string;
  untap: Cancel;
  cancelEnd: Cancel;
  cancelSend: Cancel;
  /** Monotonic, of the message that waits to be sent. */
  sendAtMs: number;
  sentAtMs: number;
  frames: LiveFrame[];
  dropped: number;
  /** A line that takes nothing must not pile up what it does not take. */
  isSending: boolean;
  ended: boolean;
};

const newLook = (device: string): Look => ({
  device,
  untap: () => undefined,
  cancelEnd: () => undefined,
  cancelSend: () => undefined,
  sendAtMs: Infinity,
  sentAtMs: -Infinity,
  frames: [],
  dropped: 0,
  isSending: false,
  ended: false,
});

/** What a frame shows; of a secret one there are no bytes to show. */
const liveFrame = (frame: TappedFrame, at: number): LiveFrame => ({
  at,
  direction: frame.direction,
  meaning: frame.meaning.slice(0, meaningCharsMax),
  isFault: frame.isFault,
  bytes: frame.length,
  ...(frame.bytes === undefined ? {} : { hex: toHex(frame.bytes.subarray(0, hexBytesMax)) }),
});

/** The newest: who looks wants to see what is. */
const keep = (look: Look, frame: LiveFrame): void => {
  look.frames.push(frame);
  if (look.frames.length <= framesPerLiveMax) return;
  look.frames.shift();
  look.dropped += 1;
};

/** Tells of single devices while somebody looks at them, and not a moment longer. */
export const createWatches = (options: WatchesOptions): Watches => {
  const { clock, devices } = options;
  const looks = new Map<string, Look>();

  const end = (look: Look): void => {
    look.ended = true;
    looks.delete(look.device);
    for (const cancel of [look.untap, look.cancelEnd, look.cancelSend]) cancel();
  };

  const sendAt = (look: Look, atMs: number): void => {
    if (look.ended || look.sendAtMs <= atMs) return;
    look.cancelSend();
    look.sendAtMs = atMs;
    look.cancelSend = clock.after(Math.max(0, atMs - clock.monoMs()), () => {
      look.sendAtMs = Infinity;
      void send(look);
    });
  };

  const send = async (look: Look): Promise<void> => {
    const session = options.session();
    if (look.isSending || session === undefined) return;
    look.isSending = true;
    look.sentAtMs = clock.monoMs();
    const live = liveOf(options, look, session);
    look.frames = [];
    look.dropped = 0;
    // A line that breaks ends the session, and with it the look.
    await options.publish(live).catch(() => undefined);
    look.isSending = false;
    const hasMore = look.frames.length > 0;
    sendAt(look, look.sentAtMs + (hasMore ? liveEveryMs : quietEveryMs));
  };

  const onFrame = (look: Look, frame: TappedFrame): void => {
    const agoMs = clock.monoMs() - frame.monoMs;
    keep(look, liveFrame(frame, Math.round(clock.nowMs() - agoMs)));
    if (!look.isSending) sendAt(look, look.sentAtMs + liveEveryMs);
  };

  const begin = (device: string): Look | undefined => {
    if (looks.size >= watchesMax || !options.has(device)) {
      options.log.info('watch.refused', { device, looks: looks.size });
      return undefined;
    }
    const look = newLook(device);
    looks.set(device, look);
    look.untap = devices.watch(device, (frame) => onFrame(look, frame));
    sendAt(look, clock.monoMs());
    return look;
  };

  return {
    onWatch: ({ session, device, forMs }) => {
      if (session !== options.session()) return;
      const known = looks.get(device);
      if (forMs === 0) return known && end(known);
      const look = known ?? begin(device);
      if (look === undefined) return;
      look.cancelEnd();
      look.cancelEnd = clock.after(forMs, () => end(look));
    },
    endAll: () => {
      for (const look of [...looks.values()]) end(look);
    },
  };
};

const isTold = ([path]: readonly [string, unknown]): boolean =>
  path.startsWith('state.') || path.startsWith('telemetry.');

const liveOf = ({ clock, devices }: WatchesOptions, look: Look, session: string): Live => ({
  session,
  device: look.device,
  at: clock.nowMs(),
  values: Object.fromEntries(Object.entries(devices.values(look.device)).filter(isTold)),
  health: devices.health(look.device),
  frames: look.frames,
  dropped: look.dropped,
});
