import { fromHex, toHex } from '@gatehouse/protocols';
import Type from 'typebox';
import Value from 'typebox/value';
import type { Chunk, ModbusMode } from './listener.ts';

/**
 * A recorded line: one JSON object a line. The first says what was recorded, then come chunks as
 * they arrived, and the last says why it ended. See docs/profiles.md.
 */
export const captureBounds = {
  /** Of a whole file. */
  fileBytesMax: 16 * 1024 * 1024,
  /** Of one record: longer ones are split. */
  chunkBytesMax: 4096,
  secondsMax: 24 * 3600,
} as const;

const closed = { additionalProperties: false } as const;
const ms = Type.Number({ minimum: 0 });
const from = Type.Enum(['device', 'gateway']);

const Header = Type.Object(
  {
    capture: Type.Literal(1),
    /** As it was given: a path or `tcp://host:port`. */
    port: Type.String({ maxLength: 300 }),
    baud: Type.Optional(Type.Integer()),
    /** ISO 8601. */
    startedAt: Type.String({ maxLength: 40 }),
    /** Id and version of the profile that marked and redacted it. */
    profile: Type.Optional(Type.String({ maxLength: 80 })),
    binding: Type.Optional(Type.String({ maxLength: 40 })),
    modbus: Type.Optional(Type.Enum(['rtu', 'tcp'])),
  },
  closed,
);
export type CaptureHeader = Type.Static<typeof Header>;

const ChunkRecord = Type.Object(
  {
    ms,
    from,
    hex: Type.String({ pattern: '^([0-9a-f]{2})+$', maxLength: 2 * captureBounds.chunkBytesMax }),
    /** What was secret in it has been replaced by something invented. */
    redacted: Type.Optional(Type.Literal(true)),
  },
  closed,
);
/** Bytes that might be secret and could not be replaced: only how many there were. */
const DroppedRecord = Type.Object({ ms, from, dropped: Type.Integer({ minimum: 1 }) }, closed);
const EndRecord = Type.Object({ ms, end: Type.Enum(['asked', 'time', 'full', 'closed']) }, closed);
const Record = Type.Union([ChunkRecord, DroppedRecord, EndRecord]);
export type CaptureRecord = Type.Static<typeof Record>;
export type CaptureEnd = Type.Static<typeof EndRecord>['end'];

export const recordLine = (record: CaptureHeader | CaptureRecord): string =>
  `${JSON.stringify(record)}\n`;

const thousandth = (time: number): number => Math.round(time * 1000) / 1000;

/** As many records as its length needs. */
export const chunkRecords = (
  { ms: at, from: side, bytes }: Chunk,
  redacted = false,
): readonly CaptureRecord[] => {
  const { chunkBytesMax } = captureBounds;
  return Array.from({ length: Math.ceil(bytes.length / chunkBytesMax) }, (_, i) => ({
    ms: thousandth(at),
    from: side,
    hex: toHex(bytes.subarray(i * chunkBytesMax, (i + 1) * chunkBytesMax)),
    ...(redacted ? { redacted: true as const } : {}),
  }));
};

export const droppedRecord = (at: number, side: Chunk['from'], bytes: number): CaptureRecord => ({
  ms: thousandth(at),
  from: side,
  dropped: bytes,
});
export const endRecord = (at: number, end: CaptureEnd): CaptureRecord => ({
  ms: thousandth(at),
  end,
});

export type Capture = {
  readonly header: CaptureHeader;
  readonly chunks: readonly Chunk[];
  readonly droppedBytes: number;
};

export type ParsedCapture =
  | { readonly ok: true; readonly capture: Capture }
  /** `line 3 is no record: …` */
  | { readonly ok: false; readonly fault: string };

const parsedLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Reads what `capture` writes. A last line that broke off is left out. */
export const parseCapture = (text: string): ParsedCapture => {
  if (text.length > captureBounds.fileBytesMax + 1024 * 1024) {
    return { ok: false, fault: `is larger than ${captureBounds.fileBytesMax} bytes` };
  }
  const [first = '', ...rest] = text.split('\n');
  const header = parsedLine(first);
  if (!Value.Check(Header, header)) return { ok: false, fault: 'line 1 is no head of a capture' };
  const chunks: Chunk[] = [];
  let droppedBytes = 0;
  let lastMs = 0;
  for (const [index, line] of rest.entries()) {
    if (line === '') continue;
    const record = parsedLine(line);
    const isLast = index === rest.length - 1;
    if (record === undefined && isLast) break;
    if (!Value.Check(Record, record)) {
      return { ok: false, fault: `line ${index + 2} is no record of a capture` };
    }
    if (record.ms < lastMs) return { ok: false, fault: `line ${index + 2} goes back in time` };
    lastMs = record.ms;
    if ('dropped' in record) droppedBytes += record.dropped;
    if (!('hex' in record)) continue;
    chunks.push({
      ms: record.ms,
      from: record.from,
      bytes: fromHex(record.hex) ?? new Uint8Array(),
    });
  }
  return { ok: true, capture: { header, chunks, droppedBytes } };
};

/** How Modbus lay on this line; RTU where nobody said it. */
export const modeOf = ({ modbus }: CaptureHeader): ModbusMode => modbus ?? 'rtu';
