import { GatewayError } from '../errors.ts';
import type { Log, ModbusLine, ModbusPorts } from '../ports.ts';
import { createRtuWire, createTcpWire, type Wire } from './modbus-wire.ts';
import { createSerialPorts } from './serial.ts';

/** Calls that wait for one line; a further one is refused at once. */
const callsWaitingMax = 128;
/**
 * So many lost replies in a row and the line is closed: a new connection may reach what this one
 * does not, long before TCP itself gives up.
 */
const lostInARowMax = 10;

type Call = {
  readonly what: string;
  readonly isWrite: boolean;
  readonly mayStart: () => boolean;
  readonly run: () => Promise<void>;
  readonly fail: (error: unknown) => void;
};

/** Modbus TCP (`tcp://host:port`) and RTU (device path, 8N1) by `modbus-serial`. */
export const createModbusPorts = (log: Log): ModbusPorts => {
  const serial = createSerialPorts(log);
  return {
    open: async ({ port, baud, replyTimeoutMs }) => {
      const { default: modbus } = await import('modbus-serial');
      const line = await serial.open({ port, baud }).catch((error: unknown) => {
        throw failure(`${port} cannot be opened`, error);
      });
      const now = () => performance.now();
      const wire = port.startsWith('tcp://')
        ? createTcpWire(line)
        : createRtuWire(line, { baud, replyTimeoutMs, now });
      const client = new modbus.default(wire.port);
      client.setTimeout(replyTimeoutMs);
      client.on('error', (error) => log.debug('modbus.error', { port, why: String(error) }));
      client.open();
      const queue = createQueue(wire, () => void line.close());
      const runs: ((cause: string) => void)[] = [];
      let closed: string | undefined;
      line.onClose((cause) => {
        closed = cause;
        queue.close(cause);
        for (const run of runs.splice(0)) run(cause);
      });
      return {
        ...createCalls(client, queue.call),
        onClose: (run) => {
          if (closed === undefined) runs.push(run);
          else run(closed);
        },
        close: line.close,
      };
    },
  };
};

const failure = (what: string, error: unknown): GatewayError => {
  // The errors of modbus-serial are no instances of Error.
  const named = typeof error === 'object' && error !== null && 'message' in error;
  const why = String(named ? error.message : error);
  return new GatewayError('GW_MODBUS', `${what}: ${why}`, { cause: error });
};

/** Whether the device answered, if only to refuse: then nothing of this call is still to come. */
const isAnswer = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'modbusCode' in error;

type Enqueue = <T>(options: {
  readonly what: string;
  readonly isWrite: boolean;
  readonly mayStart?: (() => boolean) | undefined;
  readonly run: () => Promise<T>;
}) => Promise<T>;

/** One call at a time; a write goes before every read that waits. */
const createQueue = (
  wire: Wire,
  giveUpLine: () => void,
): { call: Enqueue; close: (cause: string) => void } => {
  const waiting: Call[] = [];
  let inFlight: Call | undefined;
  let pumping = false;
  let closed: string | undefined;
  let lostInARow = 0;
  const lose = () => {
    wire.giveUp();
    lostInARow += 1;
    if (lostInARow >= lostInARowMax) giveUpLine();
  };
  const takeNext = (): Call | undefined => {
    const write = waiting.findIndex((call) => call.isWrite);
    return waiting.splice(Math.max(0, write), 1)[0];
  };
  const pump = async () => {
    if (pumping) return;
    pumping = true;
    while (waiting.length > 0) {
      const quietMs = wire.quietMs();
      if (quietMs > 0) {
        await new Promise((resolve) => void setTimeout(resolve, Math.ceil(quietMs)));
        continue;
      }
      inFlight = takeNext();
      if (inFlight === undefined) break;
      if (inFlight.mayStart()) await inFlight.run();
      else inFlight.fail(new Error('not sent: too late'));
      inFlight = undefined;
    }
    pumping = false;
  };
  const call: Enqueue = ({ what, isWrite, mayStart = () => true, run }) =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(failure(what, error));
      if (closed !== undefined || waiting.length >= callsWaitingMax) {
        fail(new Error(closed ?? 'too many calls wait for this line'));
        return;
      }
      const settle = async () => {
        try {
          resolve(await run());
          lostInARow = 0;
        } catch (error) {
          if (isAnswer(error)) lostInARow = 0;
          else lose();
          fail(error);
        }
      };
      waiting.push({ what, isWrite, mayStart, run: settle, fail });
      void pump();
    });
  const close = (cause: string) => {
    closed = cause;
    // modbus-serial would let the call in flight run into its timeout.
    inFlight?.fail(new Error(cause));
    for (const { fail } of waiting.splice(0)) fail(new Error(cause));
  };
  return { call, close };
};

/** What the calls need of a modbus-serial client. */
type Client = {
  readonly setID: (unit: number) => void;
  readonly readDiscreteInputs: (from: number, count: number) => Promise<{ data: boolean[] }>;
  readonly readCoils: (from: number, count: number) => Promise<{ data: boolean[] }>;
  readonly writeRegister: (
    address: number,
    value: number,
  ) => Promise<{ address: number; value: number }>;
  readonly writeCoil: (
    address: number,
    on: boolean,
  ) => Promise<{ address: number; state: boolean }>;
};

const expectEcho = (same: boolean) => {
  if (!same) throw new Error('another echo came');
};

type Calls = Omit<ModbusLine, 'onClose' | 'close'>;

const createCalls = (client: Client, call: Enqueue): Calls => {
  // The unit is a property of the client, not of its calls: set it in the same breath.
  const bits =
    (name: 'readDiscreteInputs' | 'readCoils'): Calls['readCoils'] =>
    (unit, from, count) =>
      call({
        what: `${name} of unit ${unit}`,
        isWrite: false,
        run: async () => {
          client.setID(unit);
          const { data } = await client[name](from, count);
          if (data.length < count) throw new Error(`${data.length} of ${count} bits came`);
          return data.slice(0, count);
        },
      });
  return {
    readDiscreteInputs: bits('readDiscreteInputs'),
    readCoils: bits('readCoils'),
    writeRegister: (unit, address, value, mayStart) =>
      call({
        what: `writeRegister of unit ${unit}`,
        isWrite: true,
        mayStart,
        run: async () => {
          client.setID(unit);
          const echo = await client.writeRegister(address, value);
          expectEcho(echo.address === address && echo.value === value);
        },
      }),
    writeCoil: (unit, address, on) =>
      call({
        what: `writeCoil of unit ${unit}`,
        isWrite: true,
        run: async () => {
          client.setID(unit);
          const echo = await client.writeCoil(address, on);
          expectEcho(echo.address === address && echo.state === on);
        },
      }),
  };
};
