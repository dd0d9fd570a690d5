import type { LineScannerProfile } from '@gatehouse/device-profiles';
import { createLineDecoder, fill, reasonRow, type Language } from '@gatehouse/protocols';
import type { Cancel, Clock, Log, SerialLine, SerialPorts } from '../ports.ts';
import { keepOpen } from './kept-open.ts';
import { createSlidingCount } from './sliding-count.ts';

/** A person shows one code; a head that sends more than this is broken or attacked. */
export const codesPerSecondMax = 20;
/** More faults than this within `noiseWindowMs` and the reader counts as noisy. */
export const faultsMax = 5;
export const noiseWindowMs = 10_000;
export const quietAfterMs = 60_000;

export type LineScannerOptions = {
  readonly deviceId: string;
  /** Device path or `tcp://host:port`. */
  readonly port: string;
  readonly profile: LineScannerProfile;
  readonly clock: Clock;
  readonly serial: SerialPorts;
  readonly language: Language;
  /** @param monoMs when the bytes arrived that ended the line */
  readonly onCode: (text: string, monoMs: number) => void;
  /** The line is open, also for the first time. */
  readonly onOpen?: () => void;
  /** @param detail undefined = cleared */
  readonly onCondition: (code: 'serial_lost' | 'reader_noisy', detail: string | undefined) => void;
  readonly log: Log;
};

export type LineScanner = {
  readonly start: () => void;
  /** Lamp, tone and text of a reason code; a head that cannot be reached shows nothing. */
  readonly show: (reason: string) => void;
  readonly stop: () => Promise<void>;
};

/** A scanner head on a serial line. What it sends is never logged: it may be a pass. */
export const createLineScanner = (options: LineScannerOptions): LineScanner => {
  const { deviceId, port, profile, clock, log, onCondition } = options;
  const noise = createNoise(options);
  const codes = createSlidingCount({ countMax: codesPerSecondMax, windowMs: 1000 });
  let display: Display | undefined;
  let isLost = false;
  let stopReading: Cancel = () => undefined;
  let keeping: { readonly stop: () => Promise<void> } | undefined;

  const hear = (text: string, monoMs: number) => {
    if (codes.add(monoMs)) options.onCode(text, monoMs);
    else noise.count('too_many');
  };
  const onOpen = (line: SerialLine) => {
    log.info('scanner.opened', { device: deviceId, port });
    display = createDisplay(line, () => log.debug('scanner.not_shown', { device: deviceId }));
    stopReading = readLines({ line, profile, clock, onText: hear, onFault: noise.count });
    if (isLost) onCondition('serial_lost', undefined);
    isLost = false;
    options.onOpen?.();
  };
  const onLost = (cause: string) => {
    log.info('scanner.lost', { device: deviceId, port, cause });
    stopReading();
    display = undefined;
    isLost = true;
    onCondition('serial_lost', port);
  };
  return {
    start: () => {
      const open = () => options.serial.open({ port, baud: profile.serial.baud });
      keeping ??= keepOpen({ clock, open, onOpen, onLost });
    },
    show: (reason) => {
      const row = reasonRow(reason);
      if (row === undefined || profile.feedback === undefined) {
        if (row === undefined) log.warn('scanner.reason_unknown', { device: deviceId, reason });
        return;
      }
      const { lamp, tone } = row;
      display?.show(fill(profile.feedback, { lamp, tone, text: row.display[options.language] }));
    },
    stop: async () => {
      stopReading();
      noise.stop();
      display = undefined;
      await keeping?.stop();
      keeping = undefined;
    },
  };
};

/** Bytes to lines, with the timer that drops a half line. A new line begins with a new decoder. */
const readLines = (options: {
  readonly line: SerialLine;
  readonly profile: LineScannerProfile;
  readonly clock: Clock;
  readonly onText: (text: string, monoMs: number) => void;
  readonly onFault: (fault: string) => void;
}): Cancel => {
  const { clock } = options;
  const decoder = createLineDecoder(options.profile.serial);
  let cancel: Cancel | undefined;
  let stopped = false;
  const handle = (outputs: ReturnType<typeof decoder.push>, nowMs: number) => {
    for (const output of outputs) {
      if (output.kind === 'line') options.onText(output.text, nowMs);
      else options.onFault(output.fault);
    }
  };
  const wake = () => {
    const dueMs = decoder.wakeAtMs();
    if (cancel !== undefined || dueMs === undefined) return;
    cancel = clock.after(dueMs - clock.monoMs(), () => {
      cancel = undefined;
      handle(decoder.expire(clock.monoMs()), clock.monoMs());
      wake();
    });
  };
  options.line.onData((chunk) => {
    if (stopped) return;
    const nowMs = clock.monoMs();
    handle(decoder.push(chunk, nowMs), nowMs);
    wake();
  });
  return () => {
    stopped = true;
    cancel?.();
  };
};

/** The condition `reader_noisy`: raised above a rate of faults, cleared after a quiet time. */
const createNoise = ({
  clock,
  onCondition,
}: Pick<LineScannerOptions, 'clock' | 'onCondition'>): {
  readonly count: (fault: string) => void;
  readonly stop: () => void;
} => {
  const faults = createSlidingCount({ countMax: faultsMax, windowMs: noiseWindowMs });
  let lastFaultMs = 0;
  let raised = false;
  let cancel: Cancel = () => undefined;
  const watch = (waitMs: number) => {
    cancel = clock.after(waitMs, () => {
      const leftMs = lastFaultMs + quietAfterMs - clock.monoMs();
      if (leftMs > 0) {
        watch(leftMs);
        return;
      }
      raised = false;
      onCondition('reader_noisy', undefined);
    });
  };
  return {
    count: (fault) => {
      lastFaultMs = clock.monoMs();
      if (faults.add(lastFaultMs) || raised) return;
      raised = true;
      onCondition('reader_noisy', fault);
      watch(quietAfterMs);
    },
    stop: () => cancel(),
  };
};

type Display = { readonly show: (text: string) => void };

/** One write at a time; of what comes meanwhile only the newest is shown. */
const createDisplay = (line: SerialLine, onFailed: () => void): Display => {
  let next: string | undefined;
  let writing = false;
  const pump = async () => {
    writing = true;
    while (next !== undefined) {
      const bytes = new TextEncoder().encode(`${next}\r\n`);
      next = undefined;
      await line.write(bytes).catch(onFailed);
    }
    writing = false;
  };
  return {
    show: (text) => {
      next = text;
      if (!writing) void pump();
    },
  };
};
