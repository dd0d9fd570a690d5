import type { Arrival, BenchPorts, Line } from '../profile-command/bench-ports.ts';
import type { CommandPorts } from '../profile-command/ports.ts';
import type { ModelFile } from '../adapters/model-files.ts';

/** A desk with time of its own: what a device does is a function, and nobody waits for anything. */
export type Desk = {
  readonly models?: readonly ModelFile[];
  readonly files?: Readonly<Record<string, string>>;
  /** What the device says by itself, and when. */
  readonly says?: readonly Arrival[];
  /** What it says to what is written, after so long. */
  readonly answers?: (bytes: Uint8Array) => Arrival | undefined;
  /** When the line goes, and when somebody presses Ctrl-C. */
  readonly goneAtMs?: number;
  readonly interruptAtMs?: number;
  readonly typed?: readonly string[];
  readonly refuses?: string;
};

export type FakeDesk = {
  readonly ports: CommandPorts;
  readonly out: string[];
  readonly wrong: string[];
  readonly files: Map<string, string>;
  /** Hexadecimal, in order. */
  readonly written: string[];
  readonly closed: () => number;
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const createDesk = (desk: Desk): FakeDesk => {
  const [out, wrong, written]: string[][] = [[], [], []];
  const files = new Map(Object.entries(desk.files ?? {}));
  const typed = [...(desk.typed ?? [])];
  let nowMs = 1_000;
  let closed = 0;
  const startMs = nowMs;
  const queue = (desk.says ?? []).map(({ ms, bytes }) => ({ ms: startMs + ms, bytes }));
  const line: Line = {
    write: (bytes) => {
      written?.push(hex(bytes));
      const answer = desk.answers?.(bytes);
      if (answer === undefined) return;
      queue.push({ ms: nowMs + answer.ms, bytes: answer.bytes });
      queue.sort((a, b) => a.ms - b.ms);
    },
    read: (waitMs) => {
      const next = Math.min(queue[0]?.ms ?? Infinity, nowMs + Math.max(1, waitMs));
      nowMs = Math.max(nowMs, next);
      const goneMs = startMs + (desk.goneAtMs ?? Infinity);
      const some = queue.splice(0, queue.filter(({ ms }) => ms <= nowMs).length);
      return Promise.resolve(some.length === 0 && nowMs >= goneMs ? undefined : some);
    },
    close: () => {
      closed += 1;
      return Promise.resolve();
    },
  };
  const bench: BenchPorts = {
    nowMs: () => nowMs,
    date: () => '2026-11-22T03:04:05.000Z',
    openLine: (port) =>
      Promise.resolve(
        desk.refuses === undefined
          ? { ok: true, line }
          : { ok: false, fault: `${port}: ${desk.refuses}` },
      ),
    interrupts: () => ({
      isAsked: () => nowMs >= startMs + (desk.interruptAtMs ?? Infinity),
      end: () => undefined,
    }),
    createFile: (path) => {
      if (files.has(path)) return Promise.resolve(undefined);
      files.set(path, '');
      return Promise.resolve({
        write: (text) => {
          files.set(path, `${files.get(path) ?? ''}${text}`);
          return Promise.resolve();
        },
        close: () => {
          closed += 1;
          return Promise.resolve();
        },
      });
    },
    writeFile: (path, text) => {
      files.set(path, text);
      return Promise.resolve(true);
    },
    ask: (question) => {
      out?.push(question);
      return Promise.resolve(typed.shift());
    },
    startSimulator: () => Promise.reject(new Error('no simulator on this desk')),
    ptyFolder: () => Promise.resolve(undefined),
  };
  const ports: CommandPorts = {
    print: (text) => void out?.push(text),
    complain: (text) => void wrong?.push(text),
    models: () => Promise.resolve(desk.models ?? []),
    read: (path) => Promise.resolve(files.get(path)),
    simulate: () => Promise.resolve(0),
    absolute: (path) => path,
    bench,
  };
  return {
    ports,
    out: out ?? [],
    wrong: wrong ?? [],
    files,
    written: written ?? [],
    closed: () => closed,
  };
};
