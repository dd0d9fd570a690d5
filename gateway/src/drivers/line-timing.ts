import type { ModbusRead, SerialParameters } from '@gatehouse/device-profiles';

/** What a device takes to answer, before anything is measured. */
const turnaroundMs = 5;
const requestBytes = 8;
/** Unit, function, byte count, CRC. */
const replyHeadBytes = 5;
/** 3.5 characters before each frame: "MODBUS over Serial Line" V1.02 §2.5.1.1. */
const gapCharacters = 3.5;

/** Start bit, data, parity, stop. */
export const characterMs = ({ baud, dataBits, parity, stopBits }: SerialParameters): number =>
  ((1 + (dataBits ?? 8) + (parity === 'even' || parity === 'odd' ? 1 : 0) + (stopBits ?? 1)) *
    1000) /
  baud;

export const readReplyBytes = ({ table, count }: Pick<ModbusRead, 'table' | 'count'>): number => {
  const isBits = table === 'coil' || table === 'discrete';
  return replyHeadBytes + (isBits ? Math.ceil(count / 8) : 2 * count);
};

/** How long one read holds the wire; @param line undefined = Modbus TCP */
export const readCostMs = (read: ModbusRead, line: SerialParameters | undefined): number => {
  if (line === undefined) return turnaroundMs;
  const characters = requestBytes + readReplyBytes(read) + 2 * gapCharacters;
  return turnaroundMs + characters * characterMs(line);
};
