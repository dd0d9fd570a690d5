import type { ModbusRead } from '../compiled.ts';
import { modbusTables } from '../language/bindings.ts';
import type { ModbusBinding, ModbusTable } from '../language/bindings.ts';

/** "MODBUS Application Protocol" V1.1b3 §6.1 to 6.4: what one reply can carry. */
export const modbusReadMax: Readonly<Record<ModbusTable, number>> = {
  coil: 2000,
  discrete: 2000,
  holding: 125,
  input: 125,
};

/** The most that one read of this device asks for. */
export const blockMaxOf = (poll: ModbusBinding['poll'], table: ModbusTable): number =>
  Math.min(poll.blockMax ?? modbusReadMax[table], modbusReadMax[table]);

/** What must come in one reply: a value, or a list of values. */
export type Span = ModbusRead;

/**
 * As few requests as the device allows: neighbours of one table and rhythm are read together,
 * also over `gapMax` addresses that nobody needs. The fastest rhythm comes first, then by address.
 */
export const planReads = (
  spans: readonly Span[],
  poll: ModbusBinding['poll'],
): readonly ModbusRead[] => {
  const gapMax = poll.gapMax ?? 0;
  const reads: ModbusRead[] = [];
  for (const span of spans.toSorted(byRhythm)) {
    const last = reads.at(-1);
    const joined = last === undefined ? undefined : join(last, span, gapMax);
    if (joined !== undefined && joined.count <= blockMaxOf(poll, span.table)) {
      reads[reads.length - 1] = joined;
    } else {
      reads.push(span);
    }
  }
  return reads;
};

const byRhythm = (a: Span, b: Span): number =>
  a.everyMs - b.everyMs ||
  modbusTables.indexOf(a.table) - modbusTables.indexOf(b.table) ||
  a.address - b.address ||
  a.count - b.count;

const join = (read: ModbusRead, span: Span, gapMax: number): ModbusRead | undefined => {
  const isSame = read.table === span.table && read.everyMs === span.everyMs;
  const end = read.address + read.count;
  if (!isSame || span.address > end + gapMax) return undefined;
  return { ...read, count: Math.max(end, span.address + span.count) - read.address };
};
