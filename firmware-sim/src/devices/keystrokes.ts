import { eventTypes, formatInputEvent, keyValues, synCodes } from '@gatehouse/protocols';
import type { InputEvent, InputEventBytes } from '@gatehouse/protocols';
import { faultRates } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Piece } from './transmission.ts';

/** A full-speed keyboard is asked once a millisecond; several reports are written together. */
const reportMs = 1;
const reportsPerPiece = 8;
/** A slow scanner; far within the silence that ends half a line. */
const slowReportMs = 15;
const strangeRate = 0.3;
/** linux/input-event-codes.h: types nothing. */
const keyF5 = 63;

/**
 * How typed keys travel: report by report, never in half events, because the kernel hands over
 * whole ones. So the faults of a wire are others here: a keyboard that loses events says so by
 * SYN_DROPPED, a noisy one presses a key that types nothing, a truncated one stops in the middle.
 */
export const planKeys = (options: {
  /** Whole events, as `createTyping` gives them. */
  readonly bytes: Uint8Array;
  readonly eventBytes: InputEventBytes;
  readonly faults: Faults;
  readonly random: Random;
}): readonly Piece[] => {
  const { bytes, eventBytes, faults, random } = options;
  if (faults.silent) return [];
  const whole = reportsOf(bytes, eventBytes);
  const short =
    faults.truncated && random.next() < faultRates.truncated
      ? whole.slice(0, random.below(whole.length))
      : whole;
  const strange = faults.noisy && random.next() < strangeRate ? strangeKey(eventBytes) : [];
  const dropped = droppedReport(eventBytes);
  const sent = [...strange, ...short].map((report) =>
    faults.lossy && random.next() < faultRates.lossyByte ? dropped : report,
  );
  const size = faults.slow ? 1 : reportsPerPiece;
  const stepMs = faults.slow ? slowReportMs : reportMs;
  return Array.from({ length: Math.ceil(sent.length / size) }, (_, index) => {
    const reports = sent.slice(index * size, (index + 1) * size);
    return { afterMs: reports.length * stepMs, bytes: Buffer.concat(reports) };
  });
};

const reportsOf = (bytes: Uint8Array, eventBytes: InputEventBytes): readonly Uint8Array[] => {
  const reports: Uint8Array[] = [];
  let from = 0;
  for (let at = eventBytes; at <= bytes.length; at += eventBytes) {
    // An event of type 0 and code 0 ends a report: type and code stand before the value.
    const isEnd = bytes.subarray(at - 8, at - 4).every((byte) => byte === 0);
    if (!isEnd && at < bytes.length) continue;
    reports.push(bytes.subarray(from, at));
    from = at;
  }
  return reports;
};

const report: InputEvent = { type: eventTypes.syn, code: synCodes.report, value: 0 };
const written = (size: InputEventBytes, ...events: readonly InputEvent[]): Uint8Array =>
  Buffer.concat(events.map((event) => formatInputEvent(event, size)));

const droppedReport = (size: InputEventBytes): Uint8Array =>
  written(size, { type: eventTypes.syn, code: synCodes.dropped, value: 0 }, report);

const strangeKey = (size: InputEventBytes): readonly Uint8Array[] =>
  [keyValues.pressed, keyValues.released].map((value) =>
    written(size, { type: eventTypes.key, code: keyF5, value }, report),
  );
