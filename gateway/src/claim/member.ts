import {
  claimWaitMs,
  parseClaimAnswer,
  passAgeMaxMs,
  passAheadMaxMs,
  toBase64Url,
  uuidv7,
} from '@gatehouse/protocols';
import type { ClaimAsk, ClaimVerdict, Pass } from '@gatehouse/protocols';
import { createNamedTimers } from '../downlink/named-timers.ts';
import type { NamedTimers } from '../downlink/named-timers.ts';
import type { ClaimRow } from '../policy/roster.ts';
import type { ClaimConnection, Ports } from '../ports.ts';

export const backOffMinMs = 250;
export const backOffMaxMs = 10_000;
/** How long the authority may be away before somebody is told. */
export const silentAfterMs = 5_000;
/** So many asks in a row without an answer are silence too, however open the connection is. */
export const missesMax = 3;
/** Asks that wait for their answer; a scan beyond is decided alone. */
export const pendingMax = 256;
/** Uses that the authority has not heard of, while their passes could be shown elsewhere. */
export const untoldMax = 500;
const untoldMs = passAgeMaxMs + passAheadMaxMs;

export type MemberOptions = {
  readonly ports: Pick<Ports, 'clock' | 'random' | 'claims' | 'log'>;
  readonly gateway: string;
  readonly group: ClaimRow;
  /** The authority was found or lost. */
  readonly onState: (isReachable: boolean) => void;
};

export type Use = { readonly pass: Pass; readonly audience: string; readonly door: string };
/** `verdict` is undefined where the authority was silent. */
export type Asked = { readonly claimId: string; readonly verdict: ClaimVerdict | undefined };

/** Asks the authority of its group for each use of a pass, and never waits for long. */
export type Member = {
  readonly claim: (use: Use) => Promise<Asked>;
  readonly stop: () => Promise<void>;
};

type Untold = { readonly ask: ClaimAsk; readonly monoMs: number };

type Parts = {
  readonly options: MemberOptions;
  readonly timers: NamedTimers;
  readonly pending: Map<string, (verdict: ClaimVerdict | undefined) => void>;
  untold: readonly Untold[];
  connection: ClaimConnection | undefined;
  isReachable: boolean;
  misses: number;
  backOffMs: number;
  /** Why there is no connection. */
  cause: string;
  stopped: boolean;
};

export const createMember = (options: MemberOptions): Member => {
  const parts: Parts = {
    options,
    timers: createNamedTimers(options.ports.clock),
    pending: new Map(),
    untold: [],
    connection: undefined,
    isReachable: false,
    misses: 0,
    backOffMs: backOffMinMs,
    cause: '',
    stopped: false,
  };
  awaitAuthority(parts);
  void connect(parts);
  return {
    claim: (use) => claim(parts, use),
    stop: async () => {
      parts.stopped = true;
      parts.timers.cancelAll();
      forgetPending(parts);
      await parts.connection?.close().catch(() => undefined);
    },
  };
};

const claim = async (parts: Parts, { pass, audience, door }: Use): Promise<Asked> => {
  const { clock, random } = parts.options.ports;
  const claimId = uuidv7(clock.nowMs(), random(10));
  const ask: ClaimAsk = { claimId, pass: toBase64Url(pass.bytes), audience, door };
  const verdict = await verdictOf(parts, ask);
  if (verdict === undefined) keepUntold(parts, ask);
  return { claimId, verdict };
};

const verdictOf = (parts: Parts, ask: ClaimAsk): Promise<ClaimVerdict | undefined> => {
  const { connection, pending, options } = parts;
  if (connection === undefined || pending.size >= pendingMax) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const cancel = options.ports.clock.after(claimWaitMs, () => {
      settle(undefined);
      missed(parts);
    });
    const settle = (verdict: ClaimVerdict | undefined): void => {
      cancel();
      pending.delete(ask.claimId);
      resolve(verdict);
    };
    pending.set(ask.claimId, settle);
    connection.ask(JSON.stringify(ask));
  });
};

/** The connection is gone or we are: who waits decides alone, now. */
const forgetPending = ({ pending }: Parts): void => {
  for (const settle of [...pending.values()]) settle(undefined);
};

const missed = (parts: Parts): void => {
  parts.misses += 1;
  if (parts.misses === missesMax) silent(parts, `no answer within ${claimWaitMs} ms`);
};

const keepUntold = (parts: Parts, ask: ClaimAsk): void => {
  const monoMs = parts.options.ports.clock.monoMs();
  parts.untold = [...freshUntold(parts), { ask, monoMs }].slice(-untoldMax);
};

/** Passes are evidence: none is kept longer than it could be shown. */
const freshUntold = ({ untold, options }: Parts): readonly Untold[] => {
  const nowMs = options.ports.clock.monoMs();
  return untold.filter(({ monoMs }) => nowMs - monoMs <= untoldMs);
};

/** What we let in alone moves the marks of the others, as long as it could be shown to them. */
const tellUntold = (parts: Parts, connection: ClaimConnection): void => {
  for (const { ask } of freshUntold(parts)) connection.ask(JSON.stringify(ask));
  parts.untold = [];
};

const reachable = (parts: Parts): void => {
  parts.misses = 0;
  parts.timers.cancel('silent');
  if (parts.isReachable) return;
  parts.isReachable = true;
  parts.options.onState(true);
};

const silent = (parts: Parts, detail: string): void => {
  parts.timers.cancel('silent');
  parts.isReachable = false;
  parts.options.ports.log.info('claim.silent', { group: parts.options.group.id, detail });
  parts.options.onState(false);
};

/** From now on it has its time to be found, if it had none running. */
const awaitAuthority = (parts: Parts): void => {
  if (parts.timers.waits('silent')) return;
  parts.timers.set('silent', silentAfterMs, () => silent(parts, parts.cause));
};

const onAnswer = (parts: Parts, payload: Uint8Array): void => {
  const answer = parseClaimAnswer(payload);
  const settle = answer && parts.pending.get(answer.claimId);
  if (answer === undefined || settle === undefined) return;
  reachable(parts);
  settle(answer.verdict);
};

const connect = async (parts: Parts): Promise<void> => {
  const { ports, gateway, group } = parts.options;
  const { id, authority, host, port } = group;
  try {
    const connection = await ports.claims.connect({
      ...{ group: id, member: gateway, authority, host, port },
    });
    if (parts.stopped) return await connection.close();
    adopt(parts, connection);
  } catch (error) {
    lost(parts, error instanceof Error ? error.message : 'connect failed');
  }
};

const adopt = (parts: Parts, connection: ClaimConnection): void => {
  const isThis = (): boolean => parts.connection === connection;
  parts.connection = connection;
  parts.backOffMs = backOffMinMs;
  connection.onClose((cause) => {
    if (isThis()) lost(parts, cause);
  });
  connection.onAnswer((payload) => {
    if (isThis()) onAnswer(parts, payload);
  });
  parts.options.ports.log.info('claim.connected', { authority: parts.options.group.authority });
  reachable(parts);
  tellUntold(parts, connection);
};

const lost = (parts: Parts, cause: string): void => {
  const { timers, options } = parts;
  const wasConnected = parts.connection !== undefined;
  parts.connection = undefined;
  forgetPending(parts);
  if (parts.stopped) return;
  if (wasConnected) options.ports.log.info('claim.lost', { cause });
  parts.cause = cause;
  if (parts.isReachable) awaitAuthority(parts);
  // Spread, so that a hundred members do not come back in one moment.
  const spread = 0.75 + (options.ports.random(1)[0] ?? 0) / 512;
  timers.set('retry', Math.round(parts.backOffMs * spread), () => void connect(parts));
  parts.backOffMs = Math.min(parts.backOffMs * 2, backOffMaxMs);
};
