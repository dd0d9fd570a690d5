import { crc16Modbus } from '@gatehouse/protocols';
import { pduBytesMax } from './modbus-pdu.ts';

/** A request with what its answer needs to find the way back. */
export type ModbusFrame = {
  readonly unit: number;
  readonly pdu: Uint8Array;
  /** Wraps the answer of this request. */
  readonly answer: (pdu: Uint8Array) => Uint8Array;
  /** RTU ends in one; TCP has its own below. */
  readonly hasChecksum: boolean;
};

export type ModbusDecoder = {
  /** @returns undefined where the peer does not speak this protocol and is to be dropped */
  readonly push: (chunk: Uint8Array, nowMs: number) => readonly ModbusFrame[] | undefined;
};

const mbapBytes = 7;

/** MODBUS Messaging on TCP/IP V1.0b §3.1: transaction, protocol 0, length, unit, PDU. */
export const createTcpDecoder = (): ModbusDecoder => {
  let held = new Uint8Array();
  const push = (chunk: Uint8Array): readonly ModbusFrame[] | undefined => {
    const all = new Uint8Array([...held, ...chunk]);
    const view = new DataView(all.buffer);
    const frames: ModbusFrame[] = [];
    let at = 0;
    while (all.length - at >= mbapBytes) {
      const length = view.getUint16(at + 4);
      if (view.getUint16(at + 2) !== 0 || length < 2 || length > 1 + pduBytesMax) return undefined;
      if (all.length - at < 6 + length) break;
      const transaction = view.getUint16(at);
      const unit = all[at + 6] ?? 0;
      const pdu = all.slice(at + mbapBytes, at + 6 + length);
      const answer = (reply: Uint8Array): Uint8Array => tcpFrame(transaction, unit, reply);
      frames.push({ unit, pdu, answer, hasChecksum: false });
      at += 6 + length;
    }
    held = all.slice(at);
    return frames;
  };
  return { push };
};

const tcpFrame = (transaction: number, unit: number, pdu: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(mbapBytes + pdu.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, transaction);
  view.setUint16(4, 1 + pdu.length);
  view.setUint8(6, unit);
  frame.set(pdu, mbapBytes);
  return frame;
};

/** The line is silent for 3.5 characters between frames; an operating system adds its own. */
const frameGapMs = 20;
const rtuBytesMin = 4;
const rtuBytesMax = pduBytesMax + 3;

/** MODBUS over Serial Line V1.02 §2.5.1: unit, PDU, CRC with its low byte first. */
export const createRtuDecoder = (): ModbusDecoder => {
  let held = new Uint8Array();
  let lastMs = 0;
  const push = (chunk: Uint8Array, nowMs: number): readonly ModbusFrame[] => {
    const all = nowMs - lastMs >= frameGapMs ? chunk : new Uint8Array([...held, ...chunk]);
    lastMs = nowMs;
    // Longer than any frame: kept as noise, so that only silence begins a new frame.
    held = all.slice(0, rtuBytesMax + 1);
    if (held.length < rtuBytesMin || held.length > rtuBytesMax) return [];
    const [low, high] = held.subarray(-2);
    const body = held.slice(0, -2);
    if (crc16Modbus(body) !== (((high ?? 0) << 8) | (low ?? 0))) return [];
    held = new Uint8Array();
    const unit = body[0] ?? 0;
    const answer = (reply: Uint8Array): Uint8Array => rtuFrame(unit, reply);
    return [{ unit, pdu: body.subarray(1), answer, hasChecksum: true }];
  };
  return { push };
};

const rtuFrame = (unit: number, pdu: Uint8Array): Uint8Array => {
  const body = Uint8Array.of(unit, ...pdu);
  const crc = crc16Modbus(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
};
