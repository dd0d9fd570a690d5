import type { FrameFraming, Framing } from './framing.ts';
import { hexBytes, layoutOf } from './layout.ts';
import type { ChecksumPlace, Layout } from './layout.ts';

type Check = (framing: FrameFraming) => string | undefined;
type LayoutCheck = (layout: Layout, framing: FrameFraming) => string | undefined;

const patternBytesMax = 8;

const hexIsSound: Check = ({ start, end, escape }) => {
  for (const [name, text] of Object.entries({ start, end, ...escape })) {
    if (text === undefined) continue;
    const bytes = hexBytes(text);
    if (bytes === undefined || bytes.length === 0) return `${name} is no hexadecimal bytes`;
    if (bytes.length > patternBytesMax) return `${name} has more than ${patternBytesMax} bytes`;
  }
  return undefined;
};

const isDelimited: Check = ({ start, end, length, bytes }) => {
  if (start === undefined && end === undefined && length === undefined && bytes === undefined) {
    return 'at least one of start, length, end and bytes is needed';
  }
  return end === undefined && length === undefined && bytes === undefined
    ? 'nothing says where a frame ends: give length, end or bytes'
    : undefined;
};

const escapeIsSound: Check = ({ escape, start, end }) => {
  if (escape === undefined) return undefined;
  if (start === undefined) return 'escape needs a start';
  if (hexBytes(escape.mark)?.length !== 1) return 'escape.mark is one byte';
  if (escape.flip === undefined) return undefined;
  const [flip = 0, ...others] = hexBytes(escape.flip) ?? [];
  if (others.length > 0 || flip === 0) return 'escape.flip is one byte and not 00';
  const [mark = 0] = hexBytes(escape.mark) ?? [];
  const specials = [mark, ...(hexBytes(start) ?? []), ...(hexBytes(end) ?? [])];
  return specials.some((byte) => specials.includes(byte ^ flip))
    ? 'escape.flip turns a byte that must not stand in a frame into another one'
    : undefined;
};

const lengthIsSound: LayoutCheck = ({ length, start, geometry }) => {
  if (length === undefined) return undefined;
  if (length.at < start.length) return 'length.at lies inside start';
  return length.adds < geometry.tail - 255 ? 'length.adds leaves no room for the tail' : undefined;
};

const sizesFit: LayoutCheck = ({ bytes, bytesMin, bytesMax }) => {
  if (bytesMin > bytesMax) return `frameBytesMax is below the smallest frame, ${bytesMin} bytes`;
  if (bytes === undefined) return undefined;
  if (bytes > bytesMax) return 'bytes is above frameBytesMax';
  return bytes < bytesMin ? `bytes is below what the frame itself has, ${bytesMin}` : undefined;
};

/** Checked on the smallest and on a large frame: offsets count from both ends. */
const checksumFits = (check: ChecksumPlace, size: number): string | undefined => {
  const placed = (offset: number): number => (offset < 0 ? size + offset : offset);
  const at = placed(check.at);
  const from = placed(check.from);
  const to = check.to === 0 ? size : placed(check.to);
  if (at < 0 || at + check.size > size) return `checksum.at lies outside a frame of ${size} bytes`;
  if (from < 0 || to > size || from > to) {
    return `checksum.from and checksum.to do not fit a frame of ${size} bytes`;
  }
  return from < at + check.size && at < to ? 'the checksum would cover itself' : undefined;
};

const checksumIsSound: LayoutCheck = ({ checksum, bytes, bytesMin, bytesMax }) => {
  if (checksum === undefined) return undefined;
  return checksumFits(checksum, bytes ?? bytesMin) ?? checksumFits(checksum, bytes ?? bytesMax);
};

const endIsKnown: LayoutCheck = ({ checksum, start, end, behindEnd, bytesMin }, framing) => {
  if (end.length === 0 || framing.escape !== undefined) return undefined;
  if (checksum !== undefined && checksum.at < 0 && behindEnd === 0) {
    const isBefore = checksum.at === -(checksum.size + end.length);
    if (!isBefore) return 'the checksum stands beside the end or at a fixed place';
  }
  return bytesMin < start.length + end.length ? 'start and end overlap' : undefined;
};

const checks: readonly Check[] = [hexIsSound, isDelimited, escapeIsSound];
const layoutChecks: readonly LayoutCheck[] = [lengthIsSound, checksumIsSound, sizesFit, endIsKnown];

/**
 * What is wrong with a framing that fits its schema, in words for whoever wrote it; undefined
 * where frames can be told apart by it.
 */
export const framingFault = (framing: Framing): string | undefined => {
  if (framing.kind !== 'frames') return undefined;
  for (const check of checks) {
    const fault = check(framing);
    if (fault !== undefined) return fault;
  }
  const layout = layoutOf(framing);
  for (const check of layoutChecks) {
    const fault = check(layout, framing);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
