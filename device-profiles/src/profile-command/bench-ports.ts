import type { SerialParameters } from '../language/bindings.ts';

/** What the integrator's bench needs of the outside: lines, files, time, a person. */
export type BenchPorts = {
  /** Monotonic. */
  readonly nowMs: () => number;
  /** ISO 8601, UTC. */
  readonly date: () => string;
  /** @param port a serial port's path or `tcp://host:port` */
  readonly openLine: (port: string, line: SerialParameters) => Promise<OpenedLine>;
  /** From now on an interrupt asks and does not end us. */
  readonly interrupts: () => Interrupts;
  /**
   * A new file; undefined where it exists or cannot be made.
   * @param readers `owner` of what may hold secrets
   */
  readonly createFile: (path: string, readers: 'owner' | 'all') => Promise<NewFile | undefined>;
  /** Replaces a file; false where that fails. */
  readonly writeFile: (path: string, text: string) => Promise<boolean>;
  /** An answer of the person; undefined where there is none to ask, or the input has ended. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** @param config of firmware-sim, as YAML; with `ptys` each device gets a serial port too */
  readonly startSimulator: (config: string) => Promise<StartedSimulator>;
  /** A folder for serial ports that are not there; undefined where the machine can make none. */
  readonly ptyFolder: () => Promise<PtyFolder | undefined>;
};

export type Arrival = { readonly ms: number; readonly bytes: Uint8Array };

export type Line = {
  readonly write: (bytes: Uint8Array) => void;
  /** What has arrived; empty where nothing did in time, undefined where the line is gone. */
  readonly read: (waitMs: number) => Promise<readonly Arrival[] | undefined>;
  readonly close: () => Promise<void>;
};

export type OpenedLine =
  { readonly ok: true; readonly line: Line } | { readonly ok: false; readonly fault: string };

export type Interrupts = { readonly isAsked: () => boolean; readonly end: () => void };

export type NewFile = {
  readonly write: (text: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type StartedSimulator = {
  /** By id: where each device listens, and its serial port. */
  readonly devices: ReadonlyMap<
    string,
    { readonly listen: string; readonly pty: string | undefined }
  >;
  /**
   * What people and the world do to a device: the routes of its control port.
   * @returns false where the device cannot do that
   */
  readonly tell: (id: string, route: 'act' | 'present', body: object) => Promise<boolean>;
  readonly stop: () => Promise<void>;
};

export type PtyFolder = { readonly path: string; readonly remove: () => Promise<void> };
