import { GatewayError } from '../errors.ts';
import type { KeyboardPorts } from '../ports.ts';

export type MemoryKeyboards = {
  readonly ports: KeyboardPorts;
  /** Every port that was opened, in order. */
  readonly opened: readonly string[];
  /** Keys come from all that are open. */
  readonly come: (events: Uint8Array) => void;
};

/** Keyboards of a 64-bit machine, without a kernel. */
export const createMemoryKeyboards = (): MemoryKeyboards => {
  const opened: string[] = [];
  const readers = new Set<(chunk: Uint8Array) => void>();
  return {
    opened,
    come: (events) => {
      for (const run of readers) run(events);
    },
    ports: {
      eventBytes: 24,
      open: (port) => {
        if (port === 'usb') return Promise.reject(new GatewayError('GW_SERIAL_OPEN', port));
        opened.push(port);
        const own = new Set<(chunk: Uint8Array) => void>();
        return Promise.resolve({
          onData: (run) => {
            own.add(run);
            readers.add(run);
          },
          onClose: () => undefined,
          close: () => {
            for (const run of own) readers.delete(run);
            return Promise.resolve();
          },
        });
      },
    },
  };
};
