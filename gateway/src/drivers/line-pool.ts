import type { Cancel, Clock, Log, ModbusLine, ModbusPorts } from '../ports.ts';
import { keepOpen } from './kept-open.ts';

/** 9600 and 19200 are what every RTU device must offer: "MODBUS over Serial Line" V1.02 §3.3. */
const baudDefault = 9600;

export type LineUser = {
  /** Also at once where the line is open already. */
  readonly onOpen: (line: ModbusLine) => void;
  readonly onLost: (cause: string) => void;
};
/** One Modbus line as the doors on it see it. */
export type SharedLine = { readonly use: (user: LineUser) => Cancel };

export type LinePool = {
  /** Doors that name the same port get the same line; the first one's options open it. */
  readonly share: (options: {
    readonly port: string;
    readonly baud?: number | undefined;
    readonly replyTimeoutMs: number;
  }) => SharedLine;
  readonly stop: () => Promise<void>;
};

type Entry = {
  readonly users: Set<LineUser>;
  line: ModbusLine | undefined;
  lost: string | undefined;
  stop: (() => Promise<void>) | undefined;
};

/** A line is opened for its first user and closed after its last. */
export const createLinePool = (ports: {
  readonly modbus: ModbusPorts;
  readonly clock: Clock;
  readonly log: Log;
}): LinePool => {
  const entries = new Map<string, Entry>();
  const start = (
    entry: Entry,
    options: { readonly port: string; readonly baud: number; readonly replyTimeoutMs: number },
  ) =>
    keepOpen({
      clock: ports.clock,
      open: () => ports.modbus.open(options),
      onOpen: (line) => {
        entry.line = line;
        entry.lost = undefined;
        ports.log.info('modbus.opened', { port: options.port });
        for (const user of entry.users) user.onOpen(line);
      },
      onLost: (cause) => {
        entry.line = undefined;
        entry.lost = cause;
        ports.log.info('modbus.lost', { port: options.port, cause });
        for (const user of entry.users) user.onLost(cause);
      },
    }).stop;
  const shut = async (entry: Entry) => {
    const { stop } = entry;
    entry.stop = undefined;
    entry.line = undefined;
    entry.lost = undefined;
    await stop?.();
  };
  return {
    share: ({ port, baud = baudDefault, replyTimeoutMs }) => {
      const entry = entries.get(port) ?? {
        users: new Set<LineUser>(),
        line: undefined,
        lost: undefined,
        stop: undefined,
      };
      entries.set(port, entry);
      return {
        use: (user) => {
          entry.users.add(user);
          entry.stop ??= start(entry, { port, baud, replyTimeoutMs });
          if (entry.line !== undefined) user.onOpen(entry.line);
          else if (entry.lost !== undefined) user.onLost(entry.lost);
          return () => {
            if (entry.users.delete(user) && entry.users.size === 0) void shut(entry);
          };
        },
      };
    },
    stop: async () => {
      await Promise.all([...entries.values()].map(shut));
    },
  };
};
