export type Cancel = () => void;

export type SimClock = {
  /** Unix milliseconds. */
  readonly nowMs: () => number;
  /** Never goes back. */
  readonly monoMs: () => number;
  readonly after: (delayMs: number, run: () => void) => Cancel;
};

/** Whoever is at the other end of a device's wire: the gateway. */
export type Peer = {
  /** Best effort: a peer that stops reading is dropped when its queue is full. */
  readonly write: (bytes: Uint8Array) => void;
  readonly close: () => void;
};
export type PeerHandlers = {
  readonly onData: (chunk: Uint8Array) => void;
  /** Once, whoever closed it. */
  readonly onClose: () => void;
};
export type Accept = (peer: Peer) => PeerHandlers;

export type Listener = {
  /** `tcp://127.0.0.1:7301`, `http://127.0.0.1:7300` or the path of a pty. */
  readonly address: string;
  readonly close: () => Promise<void>;
};

export type HttpRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
};
export type HttpReply = { readonly status: number; readonly body: unknown };

/** What a head asks by HTTP. */
export type HeadRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly withinMs: number;
};
export type HeadAnswer = { readonly status: number; readonly body: string };

export type SimPorts = {
  readonly clock: SimClock;
  /**
   * Port 0 takes a free one.
   * @throws SimError SIM_PORT_TAKEN, SIM_LISTEN
   */
  readonly listenTcp: (options: {
    readonly host: string;
    readonly port: number;
    readonly accept: Accept;
  }) => Promise<Listener>;
  /** @throws SimError SIM_PTY */
  readonly openPty: (options: {
    readonly path: string;
    readonly accept: Accept;
  }) => Promise<Listener>;
  /** @throws SimError SIM_PORT_TAKEN, SIM_LISTEN */
  readonly serveHttp: (options: {
    readonly host: string;
    readonly port: number;
    readonly handle: (request: HttpRequest) => Promise<HttpReply>;
  }) => Promise<Listener>;
  /** Rejects where nobody answers in time. */
  readonly askHttp: (request: HeadRequest) => Promise<HeadAnswer>;
};
