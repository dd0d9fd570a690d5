import { downTopic } from '@gatehouse/protocols';
import type { DownTopic, Held } from '@gatehouse/protocols';
import { revocationHead, revocationsAfter } from '../access/revocations.ts';
import { deltaChain } from '../policy/delta-chain.ts';
import type { Snapshots } from '../policy/snapshot.ts';
import type { Broker, Cancel, Clock, Database, Log, Signer } from '../ports.ts';

export type DownlinkOptions = {
  readonly database: Database;
  readonly broker: Broker;
  readonly signer: Signer;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
  readonly log: Log;
};

/** Sends each connected gateway the signed things that it lacks. */
export type Downlink = {
  /** A new session, after its hello. */
  readonly begin: (gateway: string, session: string, held: Held) => void;
  /** What it holds by its last beat. */
  readonly hold: (gateway: string, session: string, held: Held) => void;
  readonly end: (gateway: string) => void;
  readonly start: () => void;
  /** Resolves when nothing is being sent. */
  readonly stop: () => Promise<void>;
};

/** A beat that was on its way when we sent does not mean that the message was lost. */
const patienceMs = 3_000;
/** A large snapshot on a slow line takes a while; it is not announced again meanwhile. */
const snapshotPatienceMs = 20_000;
/** Changes that come together go out together; the first goes at once. */
const pokeEveryMs = 200;
const revocationsPerRead = 200;

type Sent = Held & { readonly untilMs: number };

type Line = {
  session: string;
  held: Held;
  /** Where it stands once it has taken what we sent, and how long we believe so. */
  sent: Sent | undefined;
  running: boolean;
  again: boolean;
};

const newLine = (session: string, held: Held): Line => ({
  session,
  held,
  sent: undefined,
  running: false,
  again: false,
});

export const createDownlink = (options: DownlinkOptions): Downlink => {
  const { database, clock, log } = options;
  const lines = new Map<string, Line>();
  let running = 0;
  let sleepers: (() => void)[] = [];
  let stopped = false;

  /** One run at a time for each gateway; a wish during a run makes another. */
  const supply = async (gateway: string, line: Line): Promise<void> => {
    line.again = true;
    if (line.running) return;
    line.running = true;
    running += 1;
    while (line.again && !stopped && lines.get(gateway) === line) {
      line.again = false;
      await sendMissing(options, gateway, line).catch((error: unknown) => {
        // The next beat shows what is missing still.
        log.info('downlink.not_sent', { gateway, error });
      });
    }
    line.running = false;
    running -= 1;
    if (running === 0) for (const wake of sleepers.splice(0)) wake();
  };

  const begin = (gateway: string, line: Line): void => {
    lines.set(gateway, line);
    void supply(gateway, line);
  };

  const poke = async (): Promise<void> => {
    const newest = await readNewest(options);
    for (const [gateway, line] of lines) {
      if (lacks(placeOf(line, clock.monoMs()), newest(gateway))) void supply(gateway, line);
    }
  };

  let cancelFeed: Cancel = () => undefined;
  const poker = createPoker(clock, () => {
    if (lines.size > 0) {
      poke().catch((error: unknown) => {
        log.info('downlink.not_looked', { error });
      });
    }
  });

  return {
    begin: (gateway, session, held) => {
      begin(gateway, newLine(session, held));
    },
    hold: (gateway, session, held) => {
      const line = lines.get(gateway);
      if (line?.session !== session) return begin(gateway, newLine(session, held));
      line.held = held;
      return void supply(gateway, line);
    },
    end: (gateway) => void lines.delete(gateway),
    start: () => {
      cancelFeed = database.onFeed(poker.poke);
    },
    stop: async () => {
      stopped = true;
      cancelFeed();
      poker.stop();
      if (running > 0) await new Promise<void>((resolve) => void sleepers.push(resolve));
      sleepers = [];
    },
  };
};

/** The first poke runs at once, those that follow closely run together. */
const createPoker = (
  { after }: Pick<Clock, 'after'>,
  run: () => void,
): { readonly poke: () => void; readonly stop: () => void } => {
  let cancel: Cancel | undefined;
  let again = false;
  const rest = (): void => {
    cancel = undefined;
    if (again) poke();
  };
  const poke = (): void => {
    again = cancel !== undefined;
    if (again) return;
    cancel = after(pokeEveryMs, rest);
    run();
  };
  return {
    poke,
    stop: () => {
      cancel?.();
    },
  };
};

/** What a gateway holds, or will when it has taken what was sent lately. */
const placeOf = ({ held, sent }: Line, monoMs: number): Held => {
  if (sent === undefined || monoMs > sent.untilMs) return held;
  const policy = isAbove(
    [sent.policyEpoch, sent.policyVersion],
    [held.policyEpoch, held.policyVersion],
  );
  const revocation = isAbove(
    [sent.revocationEpoch, sent.revocation],
    [held.revocationEpoch, held.revocation],
  );
  const { policyEpoch, policyVersion } = policy ? sent : held;
  const { revocationEpoch, revocation: n } = revocation ? sent : held;
  const keysSerial = Math.max(sent.keysSerial, held.keysSerial);
  return { keysSerial, policyEpoch, policyVersion, revocationEpoch, revocation: n };
};

const isAbove = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);

const lacks = (place: Held, newest: Held): boolean =>
  place.keysSerial < newest.keysSerial ||
  isAbove([newest.policyEpoch, newest.policyVersion], [place.policyEpoch, place.policyVersion]) ||
  isAbove([newest.revocationEpoch, newest.revocation], [place.revocationEpoch, place.revocation]);

const readNewest = async ({
  database,
  signer,
}: DownlinkOptions): Promise<(gateway: string) => Held> => {
  const heads = await database.query<{ gateway: string; policy_epoch: number; version: number }>(
    'select gateway, policy_epoch, version from policy_head where version > 0',
  );
  const byGateway = new Map(heads.map((head) => [head.gateway, head]));
  const { policyEpoch: revocationEpoch, n: revocation } = await revocationHead(database);
  const keysSerial = signer.keyList().serial;
  return (gateway) => ({
    keysSerial,
    policyEpoch: byGateway.get(gateway)?.policy_epoch ?? 0,
    policyVersion: byGateway.get(gateway)?.version ?? 0,
    revocationEpoch,
    revocation,
  });
};

type Sending = {
  readonly options: DownlinkOptions;
  readonly send: (name: DownTopic, jws: string) => Promise<void>;
  /** Said after each message, so that a failure half-way repeats only the rest. */
  readonly sent: (place: Partial<Held>, patience?: number) => void;
};

const sendMissing = async (
  options: DownlinkOptions,
  gateway: string,
  line: Line,
): Promise<void> => {
  const { clock, broker } = options;
  const start = placeOf(line, clock.monoMs());
  let reached = start;
  const sending: Sending = {
    options,
    send: (name, jws) => broker.publish(downTopic(gateway, name), jws),
    sent: (place, patience = patienceMs) => {
      reached = { ...reached, ...place };
      const untilMs = clock.monoMs() + patience;
      line.sent = { ...reached, untilMs: Math.max(untilMs, line.sent?.untilMs ?? 0) };
    },
  };
  await sendKeys(sending, start);
  await sendRevocations(sending, start);
  await sendPolicy(sending, gateway, start);
};

const sendKeys = async ({ options, send, sent }: Sending, place: Held): Promise<void> => {
  const { serial, jws } = options.signer.keyList();
  if (serial <= place.keysSerial) return;
  await send('keys', jws);
  sent({ keysSerial: serial });
};

const sendRevocations = async ({ options, send, sent }: Sending, place: Held): Promise<void> => {
  let from = { policyEpoch: place.revocationEpoch, n: place.revocation };
  let entries: Awaited<ReturnType<typeof revocationsAfter>>;
  do {
    entries = await revocationsAfter(options.database, from, revocationsPerRead);
    for (const { policyEpoch, n, jws } of entries) {
      await send('revocation', jws);
      from = { policyEpoch, n };
      sent({ revocationEpoch: policyEpoch, revocation: n });
    }
  } while (entries.length === revocationsPerRead);
};

const sendPolicy = async (
  { options, send, sent }: Sending,
  gateway: string,
  place: Held,
): Promise<void> => {
  const chain = await deltaChain(options.database, gateway, place);
  if (chain.kind === 'current') return;
  if (chain.kind === 'deltas') {
    for (const { jws, to } of chain.deltas) {
      await send('delta', jws);
      sent({ policyEpoch: place.policyEpoch, policyVersion: to });
    }
    return;
  }
  const manifest = await options.snapshots.manifest(gateway);
  if (manifest === undefined) return;
  await send('manifest', manifest.jws);
  const { policyEpoch, version } = manifest.head;
  sent({ policyEpoch, policyVersion: version }, snapshotPatienceMs);
};
