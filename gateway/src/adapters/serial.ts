import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SerialParameters } from '@gatehouse/device-profiles';
import type { SerialPort } from 'serialport';
import { GatewayError } from '../errors.ts';
import type { Log, SerialLine, SerialPorts } from '../ports.ts';

const connectTimeoutMs = 5_000;
const keepAliveAfterMs = 10_000;
/** What may wait for a device that takes nothing; a write beyond it is refused. */
const waitingBytesMax = 64 * 1024;

/**
 * Serial lines: a device path by `serialport`, `tcp://host:port` (serial to Ethernet converters) by
 * node:net. `serialport` is loaded when the first device path is opened, and not before.
 */
export const createSerialPorts = (log: Log): SerialPorts => ({
  open: async ({ port, ...parameters }) => {
    try {
      const opening = /^(rtu\+)?tcp:/.test(port)
        ? openTcp(port.replace(/^rtu\+/, ''))
        : openDevice(port, parameters);
      return wrap(await opening);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.debug('serial.open_failed', { port, why });
      throw new GatewayError('GW_SERIAL_OPEN', `${port}: ${why}`, { cause: error });
    }
  },
});

type Opened = { readonly stream: Duplex; readonly shut: () => void };

const openTcp = (port: string): Promise<Opened> => {
  const { hostname, port: digits } = new URL(port);
  if (hostname === '' || digits === '') throw new Error('not of the form tcp://host:port');
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(digits),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveAfterMs,
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.once('error', refuse);
    socket.setTimeout(connectTimeoutMs, () => {
      refuse(new Error(`no connection within ${connectTimeoutMs} ms`));
    });
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.off('error', refuse);
      resolve({ stream: socket, shut: () => socket.destroy() });
    });
  });
};

/**
 * On Linux a read from a device that was pulled out returns nothing, for ever: serialport reads on
 * without end and never says that it is gone. Asking for the baud rate fails then; where even the
 * first answer fails (not every system has it) nobody asks.
 */
const lookEveryMs = 1_000;
const watchHangup = async (device: SerialPort, onGone: (error: Error) => void) => {
  const look = () => device.port?.getBaudRate();
  try {
    await look();
  } catch {
    return;
  }
  const timer = setInterval(() => {
    if (device.isOpen && !device.closing) look()?.catch(onGone);
  }, lookEveryMs);
  timer.unref();
  device.once('close', () => clearInterval(timer));
};

const openDevice = async (path: string, line: SerialParameters): Promise<Opened> => {
  const serialport = await import('serialport');
  const device = new serialport.SerialPort({
    path,
    baudRate: line.baud,
    dataBits: line.dataBits ?? 8,
    parity: line.parity ?? 'none',
    stopBits: line.stopBits ?? 1,
    // Dropping DTR on close would reset many scanner heads and converters.
    hupcl: false,
    autoOpen: false,
  });
  await new Promise<void>((resolve, reject) => {
    device.open((error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  const shut = () => {
    // Closing a port that is closed, or closing twice, is an error there; here it is done.
    if (device.isOpen && !device.closing) device.close(() => undefined);
  };
  await watchHangup(device, (error) => device.emit('error', error));
  return { stream: device, shut };
};

const wrap = ({ stream, shut }: Opened): SerialLine => {
  const runs: ((cause: string) => void)[] = [];
  /** serialport leaves writes of a lost device unanswered: the close answers them. */
  const writing = new Set<(error: Error) => void>();
  let closed: string | undefined;
  let cause = 'closed by the other side';
  stream.on('error', (error) => {
    cause = error.message;
    shut();
  });
  // serialport ends without closing when a read returns nothing: a closed line either way.
  stream.on('end', shut);
  stream.on('close', (error: unknown) => {
    if (closed !== undefined) return;
    closed = error instanceof Error ? error.message : cause;
    for (const reject of writing) reject(new Error(closed));
    writing.clear();
    for (const run of runs.splice(0)) run(closed);
  });
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        const full = stream.writableLength + bytes.length > waitingBytesMax;
        if (closed !== undefined || full) {
          reject(new Error(full ? 'the device takes no bytes' : 'the line is closed'));
          return;
        }
        writing.add(reject);
        stream.write(bytes, (error) => {
          writing.delete(reject);
          if (error) reject(error);
          else resolve();
        });
      }),
    onData: (run) => void stream.on('data', run),
    onClose: (run) => {
      if (closed === undefined) runs.push(run);
      else run(closed);
    },
    close: () =>
      new Promise((resolve) => {
        if (closed !== undefined) {
          resolve();
          return;
        }
        cause = 'closed by the gateway';
        stream.once('close', () => resolve());
        shut();
      }),
  };
};
