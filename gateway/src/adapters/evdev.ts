import { spawn } from 'node:child_process';
import { access, constants, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputEventBytes } from '@gatehouse/protocols';
import type { InputEventBytes } from '@gatehouse/protocols';
import { GatewayError } from '../errors.ts';
import type { KeyboardLine, KeyboardPorts, Log } from '../ports.ts';

const usbPort = /^usb:([0-9a-f]{4}):([0-9a-f]{4})$/;
/** Keys that a keyboard has and a power button lacks: KEY_Q, KEY_ENTER, KEY_A. */
const keyboardKeys = [16, 28, 30];
/** `kernel_ulong_t` of these has four bytes, and with it the time of an event. */
const arch32: readonly string[] = ['arm', 'ia32', 'mips', 'mipsel'];

/** For tests: other folders than those of the machine. */
export type EvdevPlaces = { readonly sysInput: string; readonly devInput: string };
const machine: EvdevPlaces = { sysInput: '/sys/class/input', devInput: '/dev/input' };

/**
 * Keyboards of Linux by their event nodes (evdev). The kernel goes on handing the keys to its
 * console as well: Node has no ioctl, so there is no EVIOCGRAB. See docs, "USB keyboard scanners".
 */
export const createKeyboardPorts = (log: Log, places: EvdevPlaces = machine): KeyboardPorts => ({
  eventBytes: eventBytesOf(process.arch),
  open: async (port) => {
    try {
      return await openNode(await nodeOf(port, places));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.debug('keyboard.open_failed', { port, why });
      throw new GatewayError('GW_SERIAL_OPEN', `${port}: ${why}`, { cause: error });
    }
  },
});

const eventBytesOf = (arch: string): InputEventBytes =>
  arch32.includes(arch) ? inputEventBytes[1] : inputEventBytes[0];

/** The event node of a port; of `usb:…` the only keyboard with these ids. */
const nodeOf = async (port: string, { sysInput, devInput }: EvdevPlaces): Promise<string> => {
  const [, vendor, product] = usbPort.exec(port) ?? [];
  if (vendor === undefined || product === undefined) return port;
  const names = (await readdir(sysInput)).filter((name) => /^event[0-9]+$/.test(name));
  const found: string[] = [];
  for (const name of names) {
    const device = join(sysInput, name, 'device');
    const ids = [await word(device, 'id/vendor'), await word(device, 'id/product')];
    if (ids.join(':') !== `${vendor}:${product}`) continue;
    if (isKeyboard(await word(device, 'capabilities/key'))) found.push(name);
  }
  const [first, ...others] = found;
  if (first === undefined) throw new Error('no keyboard with these ids is plugged in');
  if (others.length > 0) {
    throw new Error(`${found.length} keyboards have these ids: name one of ${devInput}/by-path`);
  }
  return join(devInput, first);
};

/** Empty where it cannot be read: it was unplugged in between. */
const word = async (device: string, file: string): Promise<string> => {
  try {
    return (await readFile(join(device, file), 'utf8')).trim();
  } catch {
    return '';
  }
};

/** Words in hexadecimal, the last one holds the lowest keys. */
const isKeyboard = (capabilities: string): boolean => {
  const lowest = BigInt(`0x0${capabilities.split(' ').at(-1) ?? ''}`);
  return keyboardKeys.every((key) => ((lowest >> BigInt(key)) & 1n) === 1n);
};

/** Of every Linux that has a shell; it hands on what it reads at once. */
const cat = '/bin/cat';
const complaintBytesMax = 1024;

/**
 * A read of an event node blocks until a key is pressed. In Node's own file streams each such read
 * holds a thread of the pool: with four scanners no file of the gateway is read any more, and the
 * process cannot even end. So `cat` waits for the keys, one small process for each scanner, and the
 * event loop waits for its pipe.
 */
const openNode = async (node: string): Promise<KeyboardLine> => {
  const found = await stat(node);
  if (found.isFile() || found.isDirectory()) throw new Error('is no event node');
  await access(node, constants.R_OK);
  const child = spawn(cat, [node], { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return wrap(child);
};

type Reading = ReturnType<typeof spawn> & {
  readonly stdout: NodeJS.ReadableStream;
  readonly stderr: NodeJS.ReadableStream;
};

const wrap = (child: Reading): KeyboardLine => {
  const closers: ((cause: string) => void)[] = [];
  let complaint = '';
  let cause: string | undefined;
  let closed: string | undefined;
  child.stderr.on('data', (chunk: Uint8Array) => {
    complaint = (complaint + new TextDecoder().decode(chunk)).slice(0, complaintBytesMax);
  });
  child.on('error', (error) => {
    cause ??= error.message;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      closed = cause ?? (complaint.trim() || 'the device is gone');
      for (const run of closers.splice(0)) run(closed);
      resolve();
    });
  });
  return {
    onData: (run) => void child.stdout.on('data', run),
    onClose: (run) => {
      if (closed === undefined) closers.push(run);
      else run(closed);
    },
    close: async () => {
      cause ??= 'closed by the gateway';
      child.kill();
      await ended;
    },
  };
};
