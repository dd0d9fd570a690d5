import type { Primitives } from '@gatehouse/protocols';

/** Everything that the cloud cannot compute by itself. `main.ts` makes the real ones. */
export type Ports = {
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly primitives: Pick<Primitives, 'sha256' | 'verify'>;
  readonly database: Database;
  readonly broker: Broker;
  readonly signer: Signer;
  readonly zstd: Zstd;
  readonly log: Log;
};

export type Cancel = () => void;

export type Clock = {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  readonly monoMs: () => number;
  readonly after: (delayMs: number, run: () => void) => Cancel;
};

export type LogFields = Readonly<Record<string, unknown>>;
/** Event name first, ids as fields; never a raw pass or key. */
export type Log = {
  readonly debug: (event: string, fields?: LogFields) => void;
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
};

export type Row = Readonly<Record<string, unknown>>;

/** What a statement runs on: the pool, or one transaction. */
export type Queryable = {
  /** `timestamptz` comes back as Date, `int8` as number (all ours are ≤ 2^53), `jsonb` parsed. */
  readonly query: <R extends Row = Row>(
    text: string,
    values?: readonly unknown[],
  ) => Promise<readonly R[]>;
};

export type Database = Queryable & {
  /** Read committed; rolled back when `run` throws. */
  readonly transaction: <T>(run: (tx: Queryable) => Promise<T>) => Promise<T>;
  /** Runs after commits anywhere that wrote the feed (LISTEN/NOTIFY); may run too often. */
  readonly onFeed: (run: () => void) => Cancel;
  readonly close: () => Promise<void>;
};

/** The longest message of either direction. */
export const messageBytesMax = 2 * 1024 * 1024;

/** The broker, embedded or outside: the same few words for both. */
export type Broker = {
  /** Messages of every gateway's `up` topics; the sender was authorised for the topic. */
  readonly onMessage: (run: (topic: string, payload: Uint8Array) => void) => void;
  /** Rejects where the broker is not there; a delivery is never proven by it. */
  readonly publish: (topic: string, payload: Uint8Array | string) => Promise<void>;
  /** Runs with the present state and on each change. */
  readonly onState: (run: (state: 'up' | 'down') => void) => void;
  /** Ends the connections of a gateway whose certificate was revoked (embedded broker only). */
  readonly disconnect: (gateway: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type Signer = {
  /** @returns a compact JWS (ES256) with `{alg, kid, typ}` */
  readonly sign: (
    use: 'policy' | 'revocation' | 'command' | 'time',
    typ: string,
    payload: unknown,
  ) => Promise<string>;
  /** The key list as the root signed it; its serial. */
  readonly keyList: () => { readonly serial: number; readonly jws: string };
};

export type Zstd = {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  /** Throws where the input is damaged or would inflate beyond `bytesMax`. */
  readonly inflate: (bytes: Uint8Array, bytesMax: number) => Uint8Array;
};
