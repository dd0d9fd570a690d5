import type {
  ClaimPorts,
  Clock,
  Journal,
  ModbusPorts,
  Ports as GatewayPorts,
} from '@gatehouse/gateway';
import type { Database } from '@gatehouse/cloud';
import { createRandom, seedFor } from '../devices/random.ts';
import type { Random } from '../devices/random.ts';
import type { Recorder } from './record.ts';
import type { Signing } from './signing.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** Ports as a test breaks them on purpose, each outside of what the recorder sees. */
export type Breakage = {
  readonly journal?: (port: Journal) => Journal;
  readonly modbus?: (port: ModbusPorts) => ModbusPorts;
  readonly clock?: (port: Clock) => Clock;
  readonly claims?: (port: ClaimPorts) => ClaimPorts;
  readonly database?: (port: Database) => Database;
  readonly primitives?: (port: GatewayPorts['primitives']) => GatewayPorts['primitives'];
  /** The head at the way out is configured as one at the way in. */
  readonly exitHeadIsEntry?: boolean;
};

/** What every part of one campus shares. */
export type World = {
  readonly seed: number;
  readonly timeline: Timeline;
  /** A generator of its own for each name, so that a new part leaves the others as they were. */
  readonly random: (name: string) => Random;
  readonly trace: Trace;
  readonly recorder: Recorder;
  readonly signing: Signing;
  readonly breakage: Breakage;
};

export const randomOf =
  (seed: number) =>
  (name: string): Random =>
    createRandom(seedFor(seed, name));

type Say = (event: string, fields?: Readonly<Record<string, unknown>>) => void;
type Log = { readonly debug: Say; readonly info: Say; readonly warn: Say; readonly error: Say };

/** What a program says goes into the trace, as far as the machine has no word in it. */
export const logOf = (trace: Trace, who: string): Log => {
  const say: Say = (event, fields = {}) => trace.add(`${who} ${event}`, plain(fields));
  return { debug: (event) => trace.fine(`${who} ${event}`), info: say, warn: say, error: say };
};

const plain = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value),
    ),
  );
