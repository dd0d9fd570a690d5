import type { SerialCodec } from '@gatehouse/device-profiles';
import type { FrameDecoder, FrameOutput } from '@gatehouse/protocols';
import type { Cancel, Clock, Log, SerialLine, SerialPorts } from '../ports.ts';
import { characterMs } from './line-timing.ts';
import { createSharedLine } from './shared-line.ts';
import type { SharedLine } from './shared-line.ts';

/** A device that takes no bytes for so long has not had them. */
export const writeTimeoutMs = 2_000;

/** One device on the line. */
export type Peer = {
  /** @returns why this frame is none of its own; undefined = it was, and is dealt with */
  readonly take: (
    frame: Uint8Array,
    times: { monoMs: number; askedAtMs: number },
  ) => string | undefined;
  /** Bytes that are no frame, or a frame that is nobody's. */
  readonly onFault: (fault: string, bytes: Uint8Array | undefined, length: number) => void;
};

/** A line whose bytes are frames; several devices with different addresses may share it. */
export type FrameLine = SharedLine<SerialLine> & {
  readonly join: (peer: Peer) => Cancel;
  /** Every chunk as it came. */
  readonly hear: (run: (bytes: Uint8Array, monoMs: number) => void) => Cancel;
  /** Resolves when the bytes are surely on their way; rejects where the device takes none. */
  readonly send: (line: SerialLine, bytes: Uint8Array) => Promise<void>;
  /** This unit may still answer what it was asked: it is not asked again for so long. */
  readonly rest: (unit: string, ms: number) => void;
};

export type FrameLineOptions = {
  readonly port: string;
  /** Of the first device; all that share a line have the same framing. */
  readonly codec: Pick<SerialCodec, 'line' | 'framing' | 'createDecoder'>;
  readonly clock: Clock;
  readonly serial: SerialPorts;
  readonly log: Log;
};

export const createFrameLine = (options: FrameLineOptions): FrameLine => {
  const { port, codec, clock } = options;
  const peers = new Set<Peer>();
  const listeners = new Set<(bytes: Uint8Array, monoMs: number) => void>();
  const restUntilMs = new Map<string, number>();
  const charMs = characterMs(codec.line);
  const gapMs = codec.framing.kind === 'silence' ? codec.framing.silenceMs : 0;
  let quietUntilMs = -Infinity;
  let stopReading: Cancel = () => undefined;

  const hear = (output: FrameOutput, monoMs: number): void => {
    if (output.kind === 'fault') {
      for (const peer of peers) peer.onFault(output.fault, undefined, output.bytes);
      return;
    }
    const { bytes } = output;
    // What a device says by itself it saw before the first byte of it.
    const times = { monoMs, askedAtMs: monoMs - bytes.length * charMs };
    let fault: string | undefined;
    for (const peer of peers) {
      const why = peer.take(bytes, times);
      if (why === undefined) return;
      fault ??= why;
    }
    for (const peer of peers) peer.onFault(fault ?? 'unknown_message', bytes, bytes.length);
  };
  const shared = createSharedLine<SerialLine>({
    port,
    clock,
    log: options.log,
    open: () => options.serial.open({ port, ...codec.line }),
    onOpen: (line) => {
      restUntilMs.clear();
      // A new line begins with a new decoder: half of an old frame is no part of a new one.
      line.onData((bytes) => {
        for (const listener of listeners) listener(bytes, clock.monoMs());
      });
      stopReading = readFrames(line, codec.createDecoder(), clock, (output, monoMs) => {
        quietUntilMs = Math.max(quietUntilMs, monoMs + gapMs);
        hear(output, monoMs);
      });
    },
    onLost: () => stopReading(),
    restMs: (_, unit) => {
      const restMs = (restUntilMs.get(unit) ?? -Infinity) - clock.monoMs();
      return Math.max(0, restMs, quietUntilMs - clock.monoMs());
    },
  });
  return {
    ...shared,
    join: (peer) => {
      peers.add(peer);
      return () => void peers.delete(peer);
    },
    hear: (run) => {
      listeners.add(run);
      return () => void listeners.delete(run);
    },
    send: async (line, bytes) => {
      quietUntilMs = clock.monoMs() + bytes.length * charMs + gapMs;
      await within(clock, writeTimeoutMs, line.write(bytes));
    },
    rest: (unit, ms) => void restUntilMs.set(unit, clock.monoMs() + ms),
  };
};

const within = async (clock: Clock, ms: number, work: Promise<void>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => reject(new Error('the device takes no bytes')));
  try {
    await Promise.race([work, promise]);
  } finally {
    cancel();
  }
};

/** Bytes to frames, with the timer that gives up half a frame. */
const readFrames = (
  line: SerialLine,
  decoder: FrameDecoder,
  clock: Clock,
  onOutput: (output: FrameOutput, monoMs: number) => void,
): Cancel => {
  let cancel: Cancel = () => undefined;
  let dueMs: number | undefined;
  let isStopped = false;
  const handle = (outputs: readonly FrameOutput[], nowMs: number): void => {
    for (const output of outputs) if (!isStopped) onOutput(output, nowMs);
    wake();
  };
  const wake = (): void => {
    const wakeMs = decoder.wakeAtMs();
    if (isStopped || wakeMs === dueMs) return;
    cancel();
    dueMs = wakeMs;
    if (wakeMs === undefined) return;
    cancel = clock.after(Math.max(0, wakeMs - clock.monoMs()), () => {
      dueMs = undefined;
      handle(decoder.expire(clock.monoMs()), clock.monoMs());
    });
  };
  line.onData((chunk) => {
    if (isStopped) return;
    const nowMs = clock.monoMs();
    handle(decoder.push(chunk, nowMs), nowMs);
  });
  return () => {
    isStopped = true;
    cancel();
  };
};
