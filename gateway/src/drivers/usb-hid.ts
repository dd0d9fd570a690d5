import type { Model, UsbHidCodec } from '@gatehouse/device-profiles';
import { GatewayError } from '../errors.ts';
import type { Clock, KeyboardPorts, Log, SerialPorts } from '../ports.ts';
import type { DeviceDriver, DriverEvents } from './driver.ts';
import { createSerialDevice } from './serial-device.ts';
import { createFrameLine } from './serial-line.ts';

export type UsbHidOptions = {
  readonly deviceId: string;
  /** An event node, `usb:vvvv:pppp`, or `usb`: by the ids of the profile. */
  readonly port: string;
  readonly codec: UsbHidCodec;
  readonly model: Model;
  readonly keyboards: KeyboardPorts;
  readonly clock: Clock;
  readonly log: Log;
} & DriverEvents;

/** A scanner that is a keyboard: a line of text whose bytes are keys. Nothing is sent to it. */
export const createUsbHid = (options: UsbHidOptions): DeviceDriver => {
  const { codec, keyboards, clock, log } = options;
  const port =
    options.port === 'usb' && codec.usb !== undefined ? `usb:${codec.usb}` : options.port;
  const { eventBytes } = keyboards;
  const lines = codec.on(eventBytes);
  const serial = keysOnly(keyboards);
  const line = createFrameLine({ port, codec: lines, serial, clock, log });
  return {
    ...createSerialDevice({ ...options, port, codec: lines, line }),
    hear: (run) => line.hear((bytes, monoMs) => run({ kind: 'keys', bytes, eventBytes, monoMs })),
  };
};

const keysOnly = (keyboards: KeyboardPorts): SerialPorts => ({
  open: async ({ port }) => ({
    ...(await keyboards.open(port)),
    write: () => Promise.reject(new GatewayError('GW_NOT_SENT', 'a keyboard takes nothing')),
  }),
});
