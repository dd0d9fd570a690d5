import type { ModbusBlock, ModbusTable } from '@gatehouse/device-profiles';
import { rtuGapMs } from '../adapters/modbus-wire.ts';
import { characterMs, readReplyBytes } from '../drivers/line-timing.ts';
import { GatewayError } from '../errors.ts';
import type { Clock, ModbusLine, ModbusPorts } from '../ports.ts';

export type SimulatedUnit = {
  /** From the last byte of a request to the first of its answer. */
  readonly turnaroundMs: number;
  isDead: boolean;
};

/** One exchange on the wire, as it went. */
export type SimulatedExchange = {
  readonly unit: number;
  readonly what: ModbusTable | 'write';
  readonly fromMs: number;
  readonly toMs: number;
  readonly isAnswered: boolean;
};

export type SimulatedRtu = {
  readonly ports: ModbusPorts;
  readonly exchanges: readonly SimulatedExchange[];
};

const writeBytes = 8;
const requestBytes = 8;

/** An RTU line in virtual time: bytes take their time, units think, dead ones say nothing. */
export const createSimulatedRtu = (
  clock: Clock,
  baud: number,
  units: ReadonlyMap<number, SimulatedUnit>,
): SimulatedRtu => {
  const exchanges: SimulatedExchange[] = [];
  const charMs = characterMs({ baud });
  const gapMs = rtuGapMs(baud);
  const lateUntilMs = new Map<number, number>();
  let quietUntilMs = 0;
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const exchange = async (
    unit: number,
    replyTimeoutMs: number,
    { what, replyBytes }: { what: SimulatedExchange['what']; replyBytes: number },
  ): Promise<void> => {
    const fromMs = clock.monoMs();
    const at = units.get(unit);
    const isAnswered = at?.isDead === false;
    const answerMs = (at?.turnaroundMs ?? 0) + replyBytes * charMs;
    await wait(requestBytes * charMs + (isAnswered ? answerMs : replyTimeoutMs));
    const toMs = clock.monoMs();
    exchanges.push({ unit, what, fromMs, toMs, isAnswered });
    quietUntilMs = toMs + gapMs;
    if (isAnswered) return;
    lateUntilMs.set(unit, toMs + replyTimeoutMs);
    throw new GatewayError('GW_MODBUS', 'Timed out');
  };
  const line: ModbusLine = {
    read: async ({ unit, table, count, replyTimeoutMs }) => {
      const replyBytes = readReplyBytes({ table, count });
      await exchange(unit, replyTimeoutMs, { what: table, replyBytes });
      const isBits = table === 'coil' || table === 'discrete';
      const block: ModbusBlock = isBits
        ? new Array<boolean>(count).fill(false)
        : new Array<number>(count).fill(0);
      return block;
    },
    write: async ({ unit, replyTimeoutMs, mayStart }) => {
      if (mayStart?.() === false) throw new GatewayError('GW_MODBUS', 'not sent: too late');
      await exchange(unit, replyTimeoutMs, { what: 'write', replyBytes: writeBytes });
    },
    restMs: (unit) => {
      const untilMs = Math.max(quietUntilMs, lateUntilMs.get(unit) ?? 0);
      return Math.max(0, untilMs - clock.monoMs());
    },
    onClose: () => undefined,
    close: () => Promise.resolve(),
  };
  return { ports: { open: () => Promise.resolve(line) }, exchanges };
};
