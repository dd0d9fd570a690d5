import { isGatewayId, parseTopic, silentAfterMs } from '@gatehouse/protocols';
import type { UpTopic } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Snapshots } from '../policy/snapshot.ts';
import type { Cancel, Ports } from '../ports.ts';
import { createDownlink } from './downlink.ts';
import { createHandlers } from './handlers.ts';
import type { Handler } from './handlers.ts';
import type { Looks } from './looks.ts';
import { createLanes } from './lanes.ts';
import { recordSilence } from './status.ts';
import { createTwinFeed } from './twin-feed.ts';

export type FleetOptions = {
  readonly ports: Pick<
    Ports,
    'broker' | 'clock' | 'database' | 'log' | 'random' | 'signer' | 'zstd'
  >;
  readonly snapshots: Snapshots;
  readonly looks: Looks;
};

/** The cloud's end of every gateway's link: see docs/link.md. */
export type Fleet = {
  readonly start: () => void;
  /** Resolves when what had arrived is done. */
  readonly stop: () => Promise<void>;
};

/** A gateway keeps at most eight batches on their way; what falls out it sends again. */
const bounds = { tasksMax: 64, bytesMax: 16 * 1024 * 1024, parallelMax: 5 };
const lookForSilenceMs = 2_000;

export const createFleet = ({ ports, snapshots, looks }: FleetOptions): Fleet => {
  const { broker, clock, database, log } = ports;
  const lanes = createLanes(bounds);
  const twin = createTwinFeed(ports);
  const downlink = createDownlink({ ...ports, snapshots });
  const heardMs = new Map<string, number>();
  const heard = (gateway: string): void => void heardMs.set(gateway, clock.monoMs());
  const handlers = createHandlers({ ports, twin, downlink, looks, heard });
  let cancelSilence: Cancel = () => undefined;
  let stopped = false;

  const receive = (topic: string, payload: Uint8Array): void => {
    const parsed = parseTopic(topic);
    if (stopped || parsed?.direction !== 'up' || !isGatewayId(parsed.gateway)) return;
    const { gateway, name } = parsed;
    if (!isUpTopic(name, handlers)) return;
    const handler = handlers[name];
    if (payload.length > handler.bytesMax) {
      log.warn('fleet.too_long', { gateway, name, bytes: payload.length });
      return;
    }
    const handle = (): Promise<void> =>
      handler.handle(gateway, payload).catch((error: unknown) => {
        tellFailure(ports, { gateway, name, error });
      });
    if (handler.isPassing === true) return void handle();
    const taken = lanes.add(gateway, payload.length, handle);
    if (!taken) log.warn('fleet.dropped', { gateway, name });
  };

  const lookForSilence = async (): Promise<void> => {
    const since = clock.monoMs() - silentAfterMs;
    const lately = [...heardMs].filter(([, at]) => at >= since).map(([gateway]) => gateway);
    const silent = await database.transaction((tx) =>
      recordSilence(tx, clock.nowMs() - silentAfterMs, lately),
    );
    for (const gateway of silent) {
      log.info('fleet.silent', { gateway });
      twin.noteLater(gateway);
    }
  };
  const keepLooking = (): void => {
    cancelSilence = clock.after(lookForSilenceMs, () => {
      void lookForSilence()
        .catch((error: unknown) => {
          log.info('fleet.not_looked', { error });
        })
        .then(() => {
          if (!stopped) keepLooking();
        });
    });
  };

  return {
    start: () => {
      broker.onMessage(receive);
      downlink.start();
      keepLooking();
    },
    stop: async () => {
      stopped = true;
      cancelSilence();
      await lanes.idle();
      await downlink.stop();
      await twin.stop();
    },
  };
};

const isUpTopic = (name: string, handlers: Readonly<Record<UpTopic, Handler>>): name is UpTopic =>
  Object.hasOwn(handlers, name);

const tellFailure = (
  { log }: Pick<Ports, 'log'>,
  fields: { readonly gateway: string; readonly name: string; readonly error: unknown },
): void => {
  const isAway = fields.error instanceof CloudError && fields.error.code === 'CL_DATABASE';
  // The gateway keeps and repeats whatever matters, so this harms nothing by itself.
  if (isAway) log.warn('fleet.not_stored', fields);
  else log.error('fleet.failed', fields);
};
