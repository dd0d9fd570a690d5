import type { Cancel, Clock, Log, WireTap } from '../ports.ts';
import { createBus } from './bus.ts';
import type { Bus } from './bus.ts';
import { keepOpen } from './kept-open.ts';

export type LineUser = {
  /** Also at once where the line is open already. */
  readonly onOpen: () => void;
  readonly onLost: (cause: string) => void;
};

/** One line as the devices on it see it: opened for the first, closed after the last. */
export type SharedLine<L> = {
  readonly bus: Bus<L>;
  readonly use: (user: LineUser) => Cancel;
  /** The line of now; what another one says is over. */
  readonly line: () => L | undefined;
  /** Who looks at the frames of the exchange that runs. */
  readonly frames: { tap: WireTap | undefined };
  readonly stop: () => Promise<void>;
};

export type OpenLine = {
  readonly onClose: (run: (cause: string) => void) => void;
  readonly close: () => Promise<void>;
};

export type SharedLineOptions<L> = {
  readonly port: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly open: () => Promise<L>;
  readonly onOpen?: (line: L) => void;
  readonly onLost?: () => void;
  readonly restMs: (line: L, unit: string) => number;
};

export const createSharedLine = <L extends OpenLine>(
  options: SharedLineOptions<L>,
): SharedLine<L> => {
  const { port, clock, log } = options;
  const bus = createBus<L>({ clock, restMs: options.restMs });
  const users = new Set<LineUser>();
  let line: L | undefined;
  let lost: string | undefined;
  let stop: (() => Promise<void>) | undefined;
  const start = () =>
    keepOpen<L>({
      clock,
      open: options.open,
      onOpen: (opened) => {
        line = opened;
        lost = undefined;
        log.info('line.opened', { port });
        options.onOpen?.(opened);
        bus.setLine(opened);
        for (const user of users) user.onOpen();
      },
      onLost: (cause) => {
        line = undefined;
        lost = cause;
        log.info('line.lost', { port, cause });
        options.onLost?.();
        bus.setLine(undefined);
        for (const user of users) user.onLost(cause);
      },
    }).stop;
  const shut = async () => {
    const closing = stop;
    stop = undefined;
    line = undefined;
    lost = undefined;
    options.onLost?.();
    bus.setLine(undefined);
    await closing?.();
  };
  return {
    bus,
    line: () => line,
    frames: { tap: undefined },
    use: (user) => {
      users.add(user);
      if (line !== undefined) user.onOpen();
      else if (lost !== undefined) user.onLost(lost);
      stop ??= start();
      return () => {
        if (users.delete(user) && users.size === 0) void shut();
      };
    },
    stop: shut,
  };
};
