import { EventEmitter } from 'node:events';
import { crc16Modbus } from '@gatehouse/protocols';

/**
 * Function 5 with a word that is neither on nor off: some relay boards take a time there, and
 * modbus-serial knows no such call. Functions 5 and 6 have one form (address and a word, echoed): a
 * register is written and its function changed between the library and the wire; the library's
 * checks of length and echo hold for both.
 */
export type RawCoils = {
  /** For modbus-serial, in the place of the wire's own port. */
  readonly port: EventEmitter;
  /** What `send` writes as a register goes out as a coil, until its promise is settled. */
  readonly asCoil: <T>(send: () => Promise<T>) => Promise<T>;
};

const other: Readonly<Record<number, number>> = { 5: 6, 6: 5 };
const exceptionBit = 0x80;

const withOtherFunction = (frame: Buffer): Buffer => {
  const fn = frame[1] ?? 0;
  const changed = Buffer.from(frame);
  changed[1] = (other[fn & ~exceptionBit] ?? fn) | (fn & exceptionBit);
  changed.writeUInt16LE(crc16Modbus(changed.subarray(0, -2)), changed.length - 2);
  return changed;
};

type Writable = EventEmitter & { readonly write: (frame: Buffer) => void };

export const createRawCoils = (wire: Writable): RawCoils => {
  let isRaw = false;
  const port = Object.assign(new EventEmitter(), {
    isOpen: true,
    open: (done: () => void) => done(),
    write: (frame: Buffer) => wire.write(isRaw ? withOtherFunction(frame) : frame),
  });
  wire.on('data', (frame: Buffer) => {
    port.emit('data', isRaw ? withOtherFunction(frame) : frame);
  });
  return {
    port,
    asCoil: async (send) => {
      isRaw = true;
      try {
        return await send();
      } finally {
        isRaw = false;
      }
    },
  };
};
