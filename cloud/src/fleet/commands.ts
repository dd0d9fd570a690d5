import { commandTtlMsMax, downTopic, signedTypes, uuidv7 } from '@gatehouse/protocols';
import type { Command, CommandView, FeedItem } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Cancel, Ports, Queryable } from '../ports.ts';
import {
  beginCommand,
  commandViews,
  failCommand,
  overdueCommands,
  stepCommand,
} from './command-rows.ts';
import type { Target, Wish } from './command-rows.ts';
import { commandEvents } from './command-steps.ts';

export type CommandPorts = Pick<
  Ports,
  'broker' | 'clock' | 'database' | 'log' | 'primitives' | 'random' | 'signer'
>;

export type UnlockWish = Omit<Wish, 'target' | 'ttlMs'> & {
  readonly door: string;
  /** Default 5 s. */
  readonly ttlMs?: number;
};
export type RunWish = Omit<Wish, 'target'> & Extract<Target, { device: string }>;

export type Commands = {
  /** Expires what nobody answered, from now on and from before. */
  readonly start: () => void;
  readonly stop: () => void;
  /**
   * Opens a door once. Everything that happens afterwards comes by the feed, `command.changed`.
   * Where the gateway is not there, the view that comes back is `failed` with `gateway_offline`.
   * @throws CloudError CL_NOT_FOUND for a door that is not
   */
  readonly sendUnlock: (wish: UnlockWish) => Promise<CommandView>;
  /**
   * Runs a command of a device once; as with `sendUnlock`.
   * @throws CloudError CL_NOT_FOUND for a device that is not
   */
  readonly sendRun: (wish: RunWish) => Promise<CommandView>;
};

/** Name of the consumer that follows what gateways tell of commands. */
export const commandsConsumer = 'commands';

const ttlMsDefault = 5_000;
/** For the way of an outcome through journal, batch and ingest. */
const answerMs = 3_000;
const sweepEveryMs = 15_000;

export const createCommands = (ports: CommandPorts): Commands => {
  const { broker, clock, database, log, signer } = ports;
  const timers = new Set<Cancel>();
  let stopped = false;

  const later = (delayMs: number, name: string, run: () => Promise<unknown>): void => {
    if (stopped) return;
    const cancel = clock.after(delayMs, () => {
      timers.delete(cancel);
      run().catch((error: unknown) => {
        log.info('commands.not_swept', { name, error });
      });
    });
    timers.add(cancel);
  };

  const expire = (id: string): Promise<boolean> =>
    database.transaction((tx) =>
      stepCommand(tx, id, { state: 'expired', at: clock.nowMs(), by: 'cloud' }),
    );
  /** Those of an earlier run, and those whose timer met a database that was away. */
  const sweep = async (): Promise<void> => {
    later(sweepEveryMs, 'sweep', sweep);
    const before = new Date(clock.nowMs() - commandTtlMsMax - answerMs);
    for (const id of await overdueCommands(database, before)) await expire(id);
  };

  const send = async (command: Command): Promise<void> => {
    const { gateway, id } = command;
    try {
      const jws = await signer.sign('command', signedTypes.command, command);
      await broker.publish(downTopic(gateway, 'command'), jws);
    } catch (error) {
      log.warn('command.not_sent', { gateway, command: id, error });
      await database.transaction((tx) => failCommand(tx, id, clock.nowMs(), 'gateway_offline'));
    }
  };

  const order = async (wish: Wish): Promise<CommandView> => {
    const id = uuidv7(clock.nowMs(), ports.random(10));
    // Written first: an order that nobody remembers must not open a door.
    const command = await database.transaction((tx) => beginCommand(tx, ports, { ...wish, id }));
    if (command !== undefined) {
      later(command.ttlMs + confirmMs(wish.target) + answerMs, 'expire', () => expire(id));
      await send(command);
    }
    const [view] = await commandViews(database, [id]);
    if (view === undefined) throw new CloudError('CL_NOT_FOUND', id);
    return view;
  };

  return {
    start: () => {
      later(0, 'sweep', sweep);
    },
    stop: () => {
      stopped = true;
      for (const cancel of timers) cancel();
    },
    sendUnlock: ({ door, ttlMs = ttlMsDefault, ...wish }) =>
      order({ ...wish, ttlMs, target: { door } }),
    sendRun: ({ device, run, args, confirmWithinMs, ...wish }) =>
      order({ ...wish, target: { device, run, args, confirmWithinMs } }),
  };
};

const confirmMs = (target: Target): number =>
  'door' in target ? 0 : (target.confirmWithinMs ?? 0);

type EventRow = {
  readonly kind: string;
  readonly at: Date;
  readonly data: { readonly command?: unknown; readonly reason?: unknown };
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Takes what a batch tells of commands into their rows. A `handle` of `runConsumer`. */
export const followCommands = async (tx: Queryable, { what }: FeedItem): Promise<void> => {
  if (what.kind !== 'batch') return;
  const rows = await tx.query<EventRow>(
    `select kind, coalesce(at_corrected, at) as at, data from event
     where gateway = $1 and epoch = $2 and stream = $3 and seq between $4 and $5
       and kind = any ($6) order by seq`,
    [what.gateway, what.epoch, what.stream, what.from, what.to, Object.keys(commandEvents)],
  );
  for (const { kind, at, data } of rows) {
    const state = commandEvents[kind];
    const { command: id, reason } = data;
    if (state === undefined || typeof id !== 'string' || !uuid.test(id)) continue;
    const failure = typeof reason === 'string' ? { failure: reason } : {};
    await stepCommand(tx, id, { state, at: at.getTime(), by: 'gateway', ...failure }, what.gateway);
  }
};
