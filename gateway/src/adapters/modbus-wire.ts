import { EventEmitter } from 'node:events';
import { crc16Modbus } from '@gatehouse/protocols';
import type { SerialLine, WireTap } from '../ports.ts';

/**
 * The two wires of Modbus, as a port that modbus-serial can drive. Its own ports match replies by 8
 * bits of the transaction id (TCP) or not at all (RTU), and do not report a reset connection.
 */
export type Wire = {
  /** Takes and gives RTU frames: unit, PDU, CRC. */
  readonly port: WirePort;
  /** The call in flight is over: nothing that comes from now on is its answer, or a later one's. */
  readonly giveUp: (replyTimeoutMs: number) => void;
  /** How long a call to this unit has to wait for the wire. */
  readonly restMs: (unit: number) => number;
  readonly tap: (run: WireTap) => void;
};

const exceptionBit = 0x80;
const exceptionBytes = 5;

/** Whole length of an answer by the function asked: "MODBUS Application Protocol" V1.1b3 §6. */
const replyBytes = (request: Uint8Array): number => {
  const fn = request[1] ?? 0;
  const count = ((request[4] ?? 0) << 8) | (request[5] ?? 0);
  if (fn <= 2) return 5 + Math.ceil(count / 8);
  // Writes are answered by an echo of address and value or count.
  return fn <= 4 ? 5 + 2 * count : 8;
};

type WirePort = EventEmitter & { readonly write: (frame: Buffer) => void };

const openPort = (write: (frame: Buffer) => void): WirePort =>
  Object.assign(new EventEmitter(), {
    isOpen: true,
    open: (done: () => void) => done(),
    write,
  });

const mbapBytes = 6;
/** Unit and PDU: "MODBUS Messaging on TCP/IP" V1.0b §4.1. */
const mbapLengthMax = 254;

/** Modbus TCP: an answer counts only under the transaction id of the call in flight. */
export const createTcpWire = (line: SerialLine): Wire => {
  let received = Buffer.alloc(0);
  let nextId = 1;
  let inFlight: number | undefined;
  let tap: WireTap | undefined;
  const port = openPort((frame) => {
    const message = Buffer.alloc(mbapBytes + frame.length - 2);
    message.writeUInt16BE(nextId, 0);
    message.writeUInt16BE(frame.length - 2, 4);
    frame.copy(message, mbapBytes, 0, frame.length - 2);
    inFlight = nextId;
    nextId = (nextId + 1) % 0x1_0000;
    tap?.('out', message);
    // A write that fails closes the line, which answers the call.
    line.write(message).catch(() => line.close());
  });
  const take = (message: Buffer) => {
    tap?.('in', message);
    if (message.readUInt16BE(0) !== inFlight) return;
    inFlight = undefined;
    const unitAndPdu = message.subarray(mbapBytes);
    const frame = Buffer.alloc(unitAndPdu.length + 2);
    unitAndPdu.copy(frame);
    frame.writeUInt16LE(crc16Modbus(unitAndPdu), unitAndPdu.length);
    port.emit('data', frame);
  };
  line.onData((chunk) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= mbapBytes) {
      const length = received.readUInt16BE(4);
      if (received.readUInt16BE(2) !== 0 || length < 2 || length > mbapLengthMax) {
        // Where the next message begins is unknown: only a new connection helps.
        received = Buffer.alloc(0);
        void line.close();
        return;
      }
      if (received.length < mbapBytes + length) return;
      const message = received.subarray(0, mbapBytes + length);
      received = received.subarray(mbapBytes + length);
      take(message);
    }
  });
  return {
    port,
    giveUp: () => {
      inFlight = undefined;
    },
    restMs: () => 0,
    tap: (run) => {
      tap = run;
    },
  };
};

const rtuBytesMax = 512;
/** The fixed gap above 19200 baud: "MODBUS over Serial Line" V1.02 §2.5.1.1. */
const gapMsMin = 2;
/** 3.5 characters of 11 bits, in whole milliseconds as timers count. */
export const rtuGapMs = (baud: number): number =>
  Math.max(gapMsMin, Math.ceil((3.5 * 11 * 1000) / baud));
/** Bytes that nobody asked for may be the first of more. */
const chatterRestMs = 100;

/**
 * Modbus RTU has no transaction id: a reply counts only while its own call is in flight, and only
 * of the unit and function that were asked. After a lost reply that unit is not asked again until
 * nothing has come for a whole reply timeout; other units may be. A device that answers later than
 * twice the timeout breaks this, and the reply timeout of its profile is wrong.
 */
export const createRtuWire = (
  line: SerialLine,
  options: { readonly baud: number; readonly now: () => number },
): Wire => {
  const { now } = options;
  const gapMs = rtuGapMs(options.baud);
  let received = Buffer.alloc(0);
  let request: Buffer | undefined;
  let quietUntilMs = 0;
  let tap: WireTap | undefined;
  /** By unit: whose reply may still come, and until when. */
  const late = new Map<number, { readonly untilMs: number; readonly replyTimeoutMs: number }>();
  const port = openPort((frame) => {
    received = Buffer.alloc(0);
    request = frame;
    late.delete(frame[0] ?? 0);
    tap?.('out', frame);
    line.write(frame).catch(() => line.close());
  });
  const hearUnasked = (chunk: Uint8Array) => {
    tap?.('in', chunk);
    const awaited = [...late].filter(([, { untilMs }]) => untilMs > now());
    const restMs = awaited.length > 0 ? gapMs : chatterRestMs;
    quietUntilMs = Math.max(quietUntilMs, now() + restMs);
    for (const [unit, { replyTimeoutMs }] of awaited) {
      late.set(unit, { untilMs: now() + replyTimeoutMs, replyTimeoutMs });
    }
  };
  line.onData((chunk) => {
    if (request === undefined) {
      hearUnasked(chunk);
      return;
    }
    received = Buffer.concat([received, chunk]).subarray(-rtuBytesMax);
    const reply = findReply(received, request);
    if (reply === undefined) return;
    request = undefined;
    quietUntilMs = now() + gapMs;
    tap?.('in', reply);
    port.emit('data', reply);
  });
  return {
    port,
    giveUp: (replyTimeoutMs) => {
      if (request === undefined) return;
      if (received.length > 0) tap?.('in', received);
      late.set(request[0] ?? 0, { untilMs: now() + replyTimeoutMs, replyTimeoutMs });
      quietUntilMs = now() + gapMs;
      request = undefined;
    },
    restMs: (unit) =>
      Math.max(0, quietUntilMs - now(), (late.get(unit)?.untilMs ?? -Infinity) - now()),
    tap: (run) => {
      tap = run;
    },
  };
};

/** The first frame that answers this request; line noise before it is skipped. */
const findReply = (received: Buffer, request: Buffer): Buffer | undefined => {
  const fn = request[1] ?? 0;
  for (let from = 0; from + exceptionBytes <= received.length; from += 1) {
    const code = received[from + 1] ?? 0;
    if (received[from] !== request[0] || (code & ~exceptionBit) !== fn) continue;
    const length = code === fn ? replyBytes(request) : exceptionBytes;
    if (from + length > received.length) continue;
    const frame = received.subarray(from, from + length);
    if (frame.readUInt16LE(length - 2) === crc16Modbus(frame.subarray(0, -2))) return frame;
  }
  return undefined;
};
