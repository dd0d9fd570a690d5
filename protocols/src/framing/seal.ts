import type { FrameFault, FrameFraming, Framing } from './framing.ts';
import { checksumRanges, hexBytes, layoutOf } from './layout.ts';

const terminators = {
  cr: Uint8Array.of(0x0d),
  lf: Uint8Array.of(0x0a),
  crlf: Uint8Array.of(0x0d, 0x0a),
} as const;

/**
 * Why a frame of these bytes cannot be sent: too many, fewer than the framing has, or more than
 * its length can say; a line that holds its own end.
 * @param bytes as `sealFrame` takes them
 */
export const sealFault = (framing: Framing, bytes: Uint8Array): FrameFault | undefined => {
  if (framing.kind === 'lines') {
    if (bytes.length > framing.lineBytesMax) return 'too_long';
    return bytes.includes(0x0d) || bytes.includes(0x0a) ? 'not_text' : undefined;
  }
  if (bytes.length > framing.frameBytesMax) return 'too_long';
  if (framing.kind === 'silence') return bytes.length === 0 ? 'bad_length' : undefined;
  const { bytesMin, bytes: fixed, length } = layoutOf(framing);
  if (bytes.length < bytesMin || (fixed ?? bytes.length) !== bytes.length) return 'bad_length';
  if (length === undefined) return undefined;
  const told = bytes.length - length.adds;
  return told < 0 || told >= 256 ** length.size ? 'bad_length' : undefined;
};

/**
 * What goes on the wire: start, length, checksum and end filled in, escaped, or a line with its
 * terminator (CR where the framing names none).
 * @param bytes the whole frame with its head and tail, whatever stands there; a line without its
 *   terminator
 * @throws RangeError where `sealFault` names a fault
 */
export const sealFrame = (framing: Framing, bytes: Uint8Array): Uint8Array => {
  const fault = sealFault(framing, bytes);
  if (fault !== undefined) throw new RangeError(`no frame of ${bytes.length} bytes: ${fault}`);
  if (framing.kind === 'silence') return bytes.slice();
  if (framing.kind === 'lines') return joined(bytes, terminators[framing.sends ?? 'cr']);
  const layout = layoutOf(framing);
  const frame = bytes.slice();
  frame.set(layout.start);
  frame.set(layout.end, frame.length - layout.behindEnd - layout.end.length);
  layout.length?.write(frame, frame.length - layout.length.adds);
  if (layout.checksum !== undefined) {
    const { covered, stands } = checksumRanges(layout.checksum, frame);
    const sum = layout.checksum.of(covered);
    if (sum === undefined) throw new RangeError('the checksum covers digits that are none');
    stands.set(sum);
  }
  return framing.escape === undefined ? frame : escaped(framing, frame);
};

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
};

/** How bytes inside a frame are hidden. */
export type Escape = {
  readonly mark: number;
  /** 0: what follows the mark stands as it is. */
  readonly flip: number;
  /** Never alone inside a frame. */
  readonly special: ReadonlySet<number>;
};

export const escapeOf = (framing: FrameFraming): Escape | undefined => {
  if (framing.escape === undefined) return undefined;
  const { start, end } = layoutOf(framing);
  const [mark = 0] = hexBytes(framing.escape.mark) ?? [];
  const [flip = 0] = hexBytes(framing.escape.flip) ?? [];
  const special = new Set([mark, ...start.subarray(0, 1), ...end.subarray(0, 1)]);
  return { mark, flip, special };
};

const escaped = (framing: FrameFraming, frame: Uint8Array): Uint8Array => {
  const { start, end, behindEnd } = layoutOf(framing);
  const escape = escapeOf(framing);
  const insideTo = end.length === 0 ? frame.length : frame.length - behindEnd - end.length;
  const bytes: number[] = [...start];
  for (const byte of frame.subarray(start.length, insideTo)) {
    if (escape?.special.has(byte) === true) bytes.push(escape.mark, byte ^ escape.flip);
    else bytes.push(byte);
  }
  return Uint8Array.from([...bytes, ...frame.subarray(insideTo)]);
};
