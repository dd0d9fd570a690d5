import type { ModbusBlock, ModbusTable } from '@gatehouse/device-profiles';
import { GatewayError } from '../errors.ts';
import type { Log, ModbusLine, ModbusPorts, ModbusReadAsk, ModbusWriteAsk } from '../ports.ts';
import { createRtuWire, createTcpWire, type Wire } from './modbus-wire.ts';
import { createRawCoils } from './raw-coils.ts';
import type { RawCoils } from './raw-coils.ts';
import { createSerialPorts } from './serial.ts';

/**
 * So many lost replies in a row and the line is closed: a new connection may reach what this one
 * does not, long before TCP itself gives up.
 */
const lostInARowMax = 10;

/** Modbus TCP (`tcp://host:port`) and RTU (device path) by `modbus-serial`. */
export const createModbusPorts = (log: Log): ModbusPorts => {
  const serial = createSerialPorts(log);
  return {
    open: async (options) => {
      const { port, baud } = options;
      const { default: modbus } = await import('modbus-serial');
      const line = await serial.open(options).catch((error: unknown) => {
        throw failure(`${port} cannot be opened`, error);
      });
      const now = () => performance.now();
      const wire = port.startsWith('tcp://')
        ? createTcpWire(line)
        : createRtuWire(line, { baud, now });
      const coils = createRawCoils(wire.port);
      const client = new modbus.default(coils.port);
      client.on('error', (error) => log.debug('modbus.error', { port, why: String(error) }));
      client.open();
      const calls = createCalls({ client, wire, coils }, () => void line.close());
      const runs: ((cause: string) => void)[] = [];
      let closed: string | undefined;
      line.onClose((cause) => {
        closed = cause;
        calls.close(cause);
        for (const run of runs.splice(0)) run(cause);
      });
      return {
        read: calls.read,
        write: calls.write,
        restMs: wire.restMs,
        tap: wire.tap,
        onClose: (run) => {
          if (closed === undefined) runs.push(run);
          else run(closed);
        },
        close: line.close,
      };
    },
  };
};

/** The number of a Modbus exception: then the device answered, if only to refuse. */
const exceptionOf = (error: unknown): number | undefined => {
  const has = typeof error === 'object' && error !== null && 'modbusCode' in error;
  return has && typeof error.modbusCode === 'number' ? error.modbusCode : undefined;
};

const failure = (what: string, error: unknown): GatewayError => {
  // The errors of modbus-serial are no instances of Error.
  const named = typeof error === 'object' && error !== null && 'message' in error;
  const why = `${what}: ${String(named ? error.message : error)}`;
  const exception = exceptionOf(error);
  return exception === undefined
    ? new GatewayError('GW_MODBUS', why, { cause: error })
    : new GatewayError('GW_MODBUS_EXCEPTION', why, { cause: exception });
};

type Bits = { readonly data: boolean[] };
type Registers = { readonly data: number[] };
/** What the calls need of a modbus-serial client. */
type Client = {
  readonly setID: (unit: number) => void;
  readonly setTimeout: (ms: number) => void;
  readonly readDiscreteInputs: (from: number, count: number) => Promise<Bits>;
  readonly readCoils: (from: number, count: number) => Promise<Bits>;
  readonly readHoldingRegisters: (from: number, count: number) => Promise<Registers>;
  readonly readInputRegisters: (from: number, count: number) => Promise<Registers>;
  readonly writeRegister: (
    address: number,
    value: number,
  ) => Promise<{ address: number; value: number }>;
  readonly writeCoil: (
    address: number,
    on: boolean,
  ) => Promise<{ address: number; state: boolean }>;
  readonly writeRegisters: (address: number, values: number[]) => Promise<Written>;
  readonly writeCoils: (address: number, values: boolean[]) => Promise<Written>;
};
type Written = { readonly address: number; readonly length: number };

const reads = {
  coil: 'readCoils',
  discrete: 'readDiscreteInputs',
  holding: 'readHoldingRegisters',
  input: 'readInputRegisters',
} as const satisfies Readonly<Record<ModbusTable, keyof Client>>;

const numbers = (values: ModbusBlock): number[] => values.map(Number);
const bits = (values: ModbusBlock): boolean[] => values.map(Boolean);

/** One row a function: 5 and 6, 15 and 16. @returns whether the echo is that of this call */
const writes: Readonly<
  Record<
    ModbusWriteAsk['table'],
    Readonly<
      Record<'one' | 'many', (client: Client, at: number, values: ModbusBlock) => Promise<boolean>>
    >
  >
> = {
  coil: {
    one: async (client, at, values) => {
      const [on = false] = bits(values);
      const { address, state } = await client.writeCoil(at, on);
      return address === at && state === on;
    },
    many: async (client, at, values) => {
      const { address, length } = await client.writeCoils(at, bits(values));
      return address === at && length === values.length;
    },
  },
  holding: {
    one: async (client, at, values) => {
      const [first = 0] = numbers(values);
      const { address, value } = await client.writeRegister(at, first);
      return address === at && value === first;
    },
    many: async (client, at, values) => {
      const { address, length } = await client.writeRegisters(at, numbers(values));
      return address === at && length === values.length;
    },
  },
};

type Calls = Pick<ModbusLine, 'read' | 'write'> & { readonly close: (cause: string) => void };

type Parts = { readonly client: Client; readonly wire: Wire; readonly coils: RawCoils };

const createCalls = ({ client, wire, coils }: Parts, giveUpLine: () => void): Calls => {
  let failInFlight: ((error: unknown) => void) | undefined;
  let closed: string | undefined;
  let lostInARow = 0;
  const lose = (replyTimeoutMs: number) => {
    wire.giveUp(replyTimeoutMs);
    lostInARow += 1;
    if (lostInARow >= lostInARowMax) giveUpLine();
  };
  const call = async <T>(
    ask: ModbusReadAsk | ModbusWriteAsk,
    what: string,
    run: () => Promise<T>,
  ): Promise<T> => {
    const { unit, replyTimeoutMs } = ask;
    const named = `${what} of unit ${unit}`;
    if (closed !== undefined) throw failure(named, new Error(closed));
    if (failInFlight !== undefined) throw failure(named, new Error('another call is in flight'));
    if ('mayStart' in ask && ask.mayStart?.() === false) {
      throw failure(named, new Error('not sent: too late'));
    }
    // Unit and timeout are properties of the client, not of its calls: set in the same breath.
    client.setID(unit);
    client.setTimeout(replyTimeoutMs);
    try {
      // modbus-serial would let the call in flight of a lost line run into its timeout.
      const lost = Promise.withResolvers<never>();
      failInFlight = lost.reject;
      const value = await Promise.race([run(), lost.promise]);
      lostInARow = 0;
      return value;
    } catch (error) {
      if (exceptionOf(error) === undefined) lose(replyTimeoutMs);
      else lostInARow = 0;
      throw failure(named, error);
    } finally {
      failInFlight = undefined;
    }
  };
  return {
    read: (ask) =>
      call(ask, reads[ask.table], async () => {
        const { data } = await client[reads[ask.table]](ask.address, ask.count);
        if (data.length < ask.count) throw new Error(`${data.length} of ${ask.count} came`);
        return data.slice(0, ask.count);
      }),
    write: (ask) =>
      call(ask, `write ${ask.table} ${ask.address}`, async () => {
        const { address, values, rawCoil } = ask;
        const count = ask.multiple || values.length > 1 ? 'many' : 'one';
        const isEcho = await (rawCoil === undefined
          ? writes[ask.table][count](client, address, values)
          : coils.asCoil(() => writes.holding.one(client, address, [rawCoil])));
        if (!isEcho) throw new Error('another echo came');
      }),
    close: (cause) => {
      closed = cause;
      failInFlight?.(new Error(cause));
    },
  };
};
