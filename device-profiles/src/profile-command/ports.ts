import type { ModelFile } from '../adapters/model-files.ts';
import type { BenchPorts } from './bench-ports.ts';

/** What the command needs of the outside. */
export type CommandPorts = {
  /** Lines for people, or the one JSON document that was asked for. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Every profile that ships with the product. */
  readonly models: () => Promise<readonly ModelFile[]>;
  /** @returns undefined where the file cannot be read */
  readonly read: (path: string) => Promise<string | undefined>;
  /**
   * Runs a simulator until it ends or is interrupted.
   * @param config of firmware-sim, as YAML
   * @returns its exit code
   */
  readonly simulate: (config: string) => Promise<number>;
  /** Against the folder that the person is in. */
  readonly absolute: (path: string) => string;
  /** Lines, files, time and a person: of the commands that work with a device on a desk. */
  readonly bench: BenchPorts;
};

/** One row of the table of subcommands. */
export type Subcommand = {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  readonly what: string;
  /** @returns the exit code: 0 good, 1 something is wrong with a profile, 2 asked wrongly */
  readonly run: (ports: CommandPorts, args: readonly string[]) => Promise<number>;
};

export const exitCodes = { good: 0, faulty: 1, usage: 2 } as const;
