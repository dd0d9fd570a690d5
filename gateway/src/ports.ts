import type { ModbusBlock, ModbusTable, SerialParameters } from '@gatehouse/device-profiles';
import type {
  EventRef,
  InputEventBytes,
  JournalClass,
  Lost,
  NewEvent,
  PolicyRow,
  Primitives,
  Stream,
  WireEvent,
} from '@gatehouse/protocols';

/** Everything that a gateway cannot compute by itself. `main.ts` makes the real ones. */
export type Ports = {
  readonly clock: Clock;
  /** What the machine says about its own clock; may take seconds. */
  readonly timeSigns: () => Promise<ClockSigns>;
  readonly random: (length: number) => Uint8Array;
  readonly primitives: Primitives;
  readonly pinHash: PinHash;
  readonly serial: SerialPorts;
  readonly modbus: ModbusPorts;
  /**
   * Absent where the box has none; a device that needs them is then refused by the
   * configuration.
   */
  readonly keyboards?: KeyboardPorts;
  readonly push?: PushServer;
  readonly journal: Journal;
  readonly policyStore: PolicyStore;
  readonly link: CloudLink;
  readonly claims: ClaimPorts;
  readonly http: CloudHttp;
  readonly zstd: Zstd;
  readonly jws: JwsVerifier;
  readonly log: Log;
};

export type Cancel = () => void;

export type Clock = {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Milliseconds since this run began; never goes back. */
  readonly monoMs: () => number;
  /** 8 hex digits, one per run. */
  readonly boot: string;
  readonly after: (delayMs: number, run: () => void) => Cancel;
};

/** Why a clock may be believed, as the box itself knows it. */
export type ClockSigns = {
  /** A time service says that it holds the clock. */
  readonly synchronised: boolean;
  /** A battery clock is there, and agrees with it. */
  readonly rtc: boolean;
};

export type LogFields = Readonly<Record<string, unknown>>;
/** Event name first, ids as fields; never a raw pass or key. */
export type Log = {
  readonly debug: (event: string, fields?: LogFields) => void;
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
};

/**
 * HMAC-SHA-256 by the pepper of scrypt(PIN, salt), see `pinScrypt`; 32 bytes. Slow on purpose, and
 * not on the event loop.
 */
export type PinHash = (what: {
  readonly pin: Uint8Array;
  readonly salt: Uint8Array;
  readonly pepper: Uint8Array;
}) => Promise<Uint8Array>;

export type SerialLine = {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly onData: (run: (chunk: Uint8Array) => void) => void;
  /** Runs once, whoever closed it. */
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};
export type SerialPorts = {
  /** @param port device path, or `tcp://host:port`; rejects where it cannot be opened */
  readonly open: (options: SerialParameters & { readonly port: string }) => Promise<SerialLine>;
};

type ModbusAsk = {
  readonly unit: number;
  readonly replyTimeoutMs: number;
};
export type ModbusReadAsk = ModbusAsk & {
  readonly table: ModbusTable;
  readonly address: number;
  /** Registers, or bits. */
  readonly count: number;
};
export type ModbusWriteAsk = ModbusAsk & {
  readonly table: 'coil' | 'holding';
  readonly address: number;
  readonly values: ModbusBlock;
  /** Function 15 or 16, also for one. */
  readonly multiple: boolean;
  /** Function 5 with this word, whatever `values` say: devices that take a time there. */
  readonly rawCoil?: number | undefined;
  /** Asked at the moment of sending; false = never sent, and the call rejects. */
  readonly mayStart?: (() => boolean) | undefined;
};
/** Every frame as it is on the wire. */
export type WireTap = (direction: 'in' | 'out', bytes: Uint8Array) => void;

/**
 * One Modbus line, one call at a time. A call rejects with GW_MODBUS where nothing or nonsense came
 * back, and with GW_MODBUS_EXCEPTION (its `cause` the exception's number) where the device refuses.
 */
export type ModbusLine = {
  /** As many as were asked for: registers as numbers, coils and inputs as booleans. */
  readonly read: (ask: ModbusReadAsk) => Promise<ModbusBlock>;
  readonly write: (ask: ModbusWriteAsk) => Promise<void>;
  /** How long the wire must rest before this unit may be asked. */
  readonly restMs?: (unit: number) => number;
  /** Absent where the line shows no frames. */
  readonly tap?: (run: WireTap) => void;
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};
export type ModbusPorts = {
  /** @param port device path (RTU) or `tcp://host:port` (Modbus TCP) */
  readonly open: (options: SerialParameters & { readonly port: string }) => Promise<ModbusLine>;
};

/** The keys of one keyboard, as `struct input_event` (protocols/src/hid). */
export type KeyboardLine = Pick<SerialLine, 'onData' | 'onClose' | 'close'>;
export type KeyboardPorts = {
  /** How large this machine's events are. */
  readonly eventBytes: InputEventBytes;
  /**
   * @param port an event node such as `/dev/input/by-id/…-event-kbd`, or `usb:vvvv:pppp`; rejects
   *   where there is none, and where several keyboards have these ids
   */
  readonly open: (port: string) => Promise<KeyboardLine>;
};

/** One request, whole and within its bounds. */
export type PushRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** By lower-case name; undefined where it is absent or stands there twice. */
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
};
export type PushAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** Of a refusal by method: those that are allowed. */
  readonly allow?: readonly string[] | undefined;
};
/** Answers of devices that ask us: they connect, we listen. */
export type PushServer = {
  /** Of the address on which it listens, for people. */
  readonly address: string;
  /**
   * Rejects where the address cannot be used.
   * @param handle never rejects; `onSent` hears whether the answer left whole
   */
  readonly open: (
    handle: (request: PushRequest) => Promise<{
      readonly answer: PushAnswer;
      readonly onSent?: ((isWhole: boolean) => void) | undefined;
    }>,
  ) => Promise<Pick<SerialLine, 'onClose' | 'close'>>;
};

/** The last accepted pass of a credential. */
export type Mark = {
  readonly credential: string;
  readonly counter: number;
  /** Bytes 0..16 of the pass. */
  readonly body: Uint8Array;
  readonly door: string;
  readonly atMs: number;
};

/** Of a door, or of a device: then `run` is the command's name in its profile. */
export type CommandEntry = {
  readonly id: string;
  readonly action: string;
  readonly actor: string;
} & ({ readonly door: string } | { readonly device: string; readonly run: string });

/** Wrong PINs of one number or at one reader, unix ms. */
export type PinTries = { readonly key: string; readonly at: readonly number[] };

/** One transaction: all of it is on disk when the promise resolves, or none of it. */
export type Append = {
  readonly events: readonly NewEvent[];
  /** Conditional upsert: a counter that is not above the stored one fails the whole append. */
  readonly mark?: Mark;
  readonly fenceMs?: number;
  /** In the place of those that were stored before. */
  readonly pinTries?: readonly PinTries[];
  readonly commandBegun?: CommandEntry;
  readonly commandEnded?: string;
};

export type Appended =
  | { readonly ok: true; readonly refs: readonly EventRef[] }
  | { readonly ok: false; readonly why: 'mark_not_above'; readonly held: Mark };

export type JournalOpened = {
  readonly epoch: string;
  /** False after a crash, and for a new or swapped journal. */
  readonly clean: boolean;
  readonly fenceMs: number;
  readonly marks: readonly Mark[];
  readonly pinTries?: readonly PinTries[];
  /** Begun and not ended: their outcome is unknown, they never run again. */
  readonly commandsOpen: readonly CommandEntry[];
};

export type StreamPosition = {
  readonly epoch: string;
  readonly stream: Stream;
  readonly oldest: number;
  readonly head: number;
  readonly acknowledged: number;
};

export type JournalSlice = {
  readonly from: number;
  readonly to: number;
  readonly events: readonly WireEvent[];
  readonly lost: readonly Lost[];
};

export type Journal = {
  readonly open: () => Promise<JournalOpened>;
  /** Rejects with GW_JOURNAL_FAILED when the disk refuses. */
  readonly append: (append: Append) => Promise<Appended>;
  readonly positions: () => Promise<readonly StreamPosition[]>;
  /** The next events above `after`, at most `eventsMax` and `bytesMax`; undefined = none. */
  readonly read: (options: {
    readonly epoch: string;
    readonly stream: Stream;
    readonly after: number;
    readonly eventsMax: number;
    readonly bytesMax: number;
  }) => Promise<JournalSlice | undefined>;
  readonly acknowledge: (epoch: string, stream: Stream, cursor: number) => Promise<void>;
  /** What exit and fire releases could not write: declared as lost with the next commit. */
  readonly declareLost: (
    stream: Stream,
    journalClass: JournalClass,
    count: number,
  ) => Promise<void>;
  readonly status: () => { readonly waiting: number; readonly fill: number };
  /** Called after each commit with the streams that grew. */
  readonly onAppended: (run: (streams: readonly Stream[]) => void) => void;
  /** Ends cleanly: the next start keeps the epoch and needs no fence. */
  readonly close: () => Promise<void>;
};

/** Which state a policy store holds. */
export type PolicyHead = {
  readonly policyEpoch: number;
  readonly version: number;
  /** 64 hex digits, see `digestText`. */
  readonly state: string;
};

/** What became of the custom versions of one profile on this box. */
export type ProfileKept = {
  readonly id: string;
  /** The last that went well: what goes on where a later one is refused. */
  readonly inForce?: { readonly version: string; readonly text: string };
  /** Tried and taken back: not tried again until the cloud sends another text. */
  readonly refused?: { readonly version: string; readonly sha256: string; readonly why: string };
};

/** The signed things that a gateway keeps, as they came. */
export type SignedKept = {
  readonly keys?: string;
  readonly revocations: readonly string[];
  readonly profiles: readonly ProfileKept[];
  /** The last signed thing that was seen, unix ms. */
  readonly floorMs?: number;
};

export type PolicyStore = {
  /** Hands the rows over in chunks, so that 140,000 cards never stand in memory twice. */
  readonly load: (
    take: (rows: readonly PolicyRow[]) => void,
  ) => Promise<{ readonly policy: PolicyHead | undefined; readonly signed: SignedKept }>;
  /** A new file, then one rename; the old one is kept beside it. */
  readonly replace: (
    head: PolicyHead,
    chunks: AsyncIterable<readonly PolicyRow[]> | Iterable<readonly PolicyRow[]>,
  ) => Promise<void>;
  /** One transaction. */
  readonly apply: (
    head: PolicyHead,
    change: {
      readonly put: readonly PolicyRow[];
      readonly del: readonly { readonly section: string; readonly key: string }[];
    },
  ) => Promise<void>;
  readonly saveKeys: (jws: string) => Promise<void>;
  /** Adds to the end of the list. */
  readonly addRevocations: (jws: readonly string[]) => Promise<void>;
  /** In the place of what was kept of the same profile. */
  readonly keepProfile: (kept: ProfileKept) => Promise<void>;
  readonly saveFloor: (atMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type LinkConnection = {
  /** Resolves when the broker has it, which proves nothing about the cloud. */
  readonly publish: (topic: string, payload: Uint8Array | string) => Promise<void>;
  readonly onMessage: (run: (topic: string, payload: Uint8Array) => void) => void;
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};
export type CloudLink = {
  /** Connects once, subscribed to `subscribe` when it resolves; never reconnects by itself. */
  readonly connect: (options: {
    readonly clientId: string;
    readonly subscribe: string;
    readonly will: { readonly topic: string; readonly payload: string };
  }) => Promise<LinkConnection>;
};

/** The authority's end of a claim group. */
export type ClaimServer = {
  /** Where that member is connected; lost otherwise, which is silence. */
  readonly answer: (member: string, payload: string) => void;
  readonly close: () => Promise<void>;
};
/** A member's end. */
export type ClaimConnection = {
  readonly ask: (payload: string) => void;
  readonly onAnswer: (run: (payload: Uint8Array) => void) => void;
  /** Runs once, whoever closed it. */
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};
/** Between the gateways of a claim group: at most once, and who is at the other end is proven. */
export type ClaimPorts = {
  /** Rejects where the port cannot be had. */
  readonly serve: (options: {
    readonly group: string;
    readonly port: number;
    readonly members: readonly string[];
    readonly onAsk: (member: string, payload: Uint8Array) => void;
  }) => Promise<ClaimServer>;
  /** Connects once and hears answers when it resolves; never reconnects by itself. */
  readonly connect: (options: {
    readonly group: string;
    readonly member: string;
    readonly authority: string;
    readonly host: string;
    readonly port: number;
  }) => Promise<ClaimConnection>;
};

export type CloudHttp = {
  /** GET from the cloud's gateway listener with the gateway's certificate. */
  readonly get: (path: string, bytesMax: number) => Promise<Uint8Array>;
};

export type Zstd = {
  readonly compress: (bytes: Uint8Array) => Uint8Array;
  /** Throws where the input is damaged or would inflate beyond `bytesMax`. */
  readonly inflate: (bytes: Uint8Array, bytesMax: number) => Uint8Array;
};

export type JwsVerifier = {
  /** The payload of a compact JWS (ES256) with this typ, or undefined where it does not verify. */
  readonly verify: (options: {
    readonly jws: string;
    readonly typ: string;
    readonly key: (kid: string) => Readonly<Record<string, unknown>> | undefined;
  }) => Promise<{ readonly kid: string; readonly payload: unknown } | undefined>;
};
