import type { SerialPorts } from '../ports.ts';

export type MemorySerial = {
  readonly ports: SerialPorts;
  /** What the gateway wrote, as text. */
  readonly written: string[];
  readonly opens: () => number;
  /** Bytes come from the device. */
  readonly come: (text: string) => void;
  readonly drop: (cause: string) => void;
  canOpen: boolean;
  /** How the device takes a write. */
  write: (text: string) => Promise<void>;
};

/** One serial line in memory; opening it again gives a fresh one. */
export const createMemorySerial = (): MemorySerial => {
  let opens = 0;
  let heard: ((chunk: Uint8Array) => void)[] = [];
  const closers: ((cause: string) => void)[] = [];
  const drop = (cause: string) => {
    heard = [];
    for (const run of closers.splice(0)) run(cause);
  };
  const memory: MemorySerial = {
    ports: {
      open: ({ port }) => {
        opens += 1;
        if (!memory.canOpen) return Promise.reject(new Error(`${port}: no such device`));
        return Promise.resolve({
          write: (bytes) => {
            const text = new TextDecoder().decode(bytes);
            memory.written.push(text);
            return memory.write(text);
          },
          onData: (run) => void heard.push(run),
          onClose: (run) => void closers.push(run),
          close: () => {
            drop('closed by the gateway');
            return Promise.resolve();
          },
        });
      },
    },
    written: [],
    opens: () => opens,
    come: (text) => {
      for (const run of heard) run(new TextEncoder().encode(text));
    },
    drop,
    canOpen: true,
    write: () => Promise.resolve(),
  };
  return memory;
};
