import { downTopic, watchesMax } from '@gatehouse/protocols';
import type { DeviceLiveView, Live, Watch } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Broker, Cancel, Clock, Database, Log } from '../ports.ts';

/** Said again while at least one browser looks; each lasts a little longer than two of these. */
export const watchEveryMs = 20_000;
export const watchForMs = 45_000;
/** Browsers of this process that look at devices. */
export const lookersMax = 200;

export type Looks = {
  /**
   * Lets the gateway tell of this device until the returned function is called.
   * @throws CloudError CL_TOO_MANY
   */
  readonly look: (
    at: { readonly gateway: string; readonly device: string },
    onLive: (view: DeviceLiveView) => void,
  ) => Cancel;
  /** Anybody looks at anything of this gateway. */
  readonly isLooking: (gateway: string) => boolean;
  /** What a gateway told. */
  readonly hear: (gateway: string, live: Live) => void;
  /** A new session: the gateway knows of no watch. */
  readonly begin: (gateway: string, session: string) => void;
  readonly stop: () => void;
};

type Look = {
  readonly gateway: string;
  readonly device: string;
  readonly onLive: Set<(view: DeviceLiveView) => void>;
  cancel: Cancel;
};

export type LooksOptions = {
  readonly broker: Pick<Broker, 'publish'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly database: Pick<Database, 'query'>;
  readonly log: Log;
};

const keyOf = (gateway: string, device: string): string => `${gateway}/${device}`;

const viewOf = ({ at, values, health, frames, dropped }: Live): DeviceLiveView => ({
  at: new Date(at).toISOString(),
  values,
  health,
  frames,
  dropped,
});

/** Which devices browsers of this process look at. A gateway tells of nothing else. */
export const createLooks = (options: LooksOptions): Looks => {
  const { clock } = options;
  const looks = new Map<string, Look>();
  const say = createSay(options);

  const repeat = (look: Look): void => {
    void say(look, watchForMs);
    look.cancel = clock.after(watchEveryMs, () => repeat(look));
  };
  const end = (look: Look): void => {
    look.cancel();
    looks.delete(keyOf(look.gateway, look.device));
    void say(look, 0);
  };
  const of = (gateway: string): readonly Look[] =>
    [...looks.values()].filter((look) => look.gateway === gateway);

  const begin = (gateway: string, device: string): Look => {
    if (of(gateway).length >= watchesMax) throw new CloudError('CL_TOO_MANY', 'looks');
    const look: Look = { gateway, device, onLive: new Set(), cancel: () => undefined };
    looks.set(keyOf(gateway, device), look);
    repeat(look);
    return look;
  };

  return {
    look: ({ gateway, device }, onLive) => {
      const lookers = [...looks.values()].reduce((sum, look) => sum + look.onLive.size, 0);
      if (lookers >= lookersMax) throw new CloudError('CL_TOO_MANY', 'looks');
      const look = looks.get(keyOf(gateway, device)) ?? begin(gateway, device);
      look.onLive.add(onLive);
      return () => {
        const isLast = look.onLive.delete(onLive) && look.onLive.size === 0;
        if (isLast) end(look);
      };
    },
    isLooking: (gateway) => of(gateway).length > 0,
    hear: (gateway, live) => {
      const view = viewOf(live);
      for (const tell of looks.get(keyOf(gateway, live.device))?.onLive ?? []) tell(view);
    },
    begin: (gateway, session) => {
      for (const look of of(gateway)) void say(look, watchForMs, session);
    },
    stop: () => {
      for (const { cancel } of looks.values()) cancel();
      looks.clear();
    },
  };
};

/** Says a watch to the session that is there; what does not arrive is said again soon. */
const createSay = ({ broker, database, log }: LooksOptions) => {
  const sessionOf = async (gateway: string): Promise<string | undefined> => {
    const [row] = await database.query<{ session: string }>(
      'select session from gateway_status where gateway = $1 and online',
      [gateway],
    );
    return row?.session;
  };
  return async ({ gateway, device }: Look, forMs: number, known?: string): Promise<void> => {
    try {
      const session = known ?? (await sessionOf(gateway));
      if (session === undefined) return;
      const watch: Watch = { session, device, forMs };
      await broker.publish(downTopic(gateway, 'watch'), JSON.stringify(watch));
    } catch (error) {
      log.info('watch.not_said', { gateway, device, error });
    }
  };
};
