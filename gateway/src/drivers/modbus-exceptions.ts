import { GatewayError } from '../errors.ts';

/** "MODBUS Application Protocol" V1.1b3 §7. */
const names: Readonly<Record<number, string>> = {
  1: 'illegal_function',
  2: 'illegal_data_address',
  3: 'illegal_data_value',
  4: 'server_device_failure',
  5: 'acknowledge',
  6: 'server_device_busy',
  8: 'memory_parity_error',
  10: 'gateway_path_unavailable',
  11: 'gateway_target_failed',
};

/** The name of the exception by which a call was answered; undefined where it was not answered. */
export const exceptionName = (error: unknown): string | undefined => {
  const isException = error instanceof GatewayError && error.code === 'GW_MODBUS_EXCEPTION';
  if (!isException || typeof error.cause !== 'number') return undefined;
  const name = names[error.cause] ?? `exception_${error.cause}`;
  // These two are the word of a gateway on the way: the device itself said nothing.
  return name.startsWith('gateway_') ? undefined : name;
};

/** The request was taken and is being worked on. */
export const isAcknowledge = (name: string): boolean => name === 'acknowledge';
