import type { PlainCodec } from '../compiled.ts';
import type { ModbusMode } from './listener.ts';

/** Modbus TCP where a network address is named and the device speaks it; else frames with CRC. */
export const modeFor = (port: string, codec: PlainCodec | undefined): ModbusMode =>
  port.startsWith('tcp://') && codec?.transport === 'modbus' && codec.modes.includes('tcp')
    ? 'tcp'
    : 'rtu';
