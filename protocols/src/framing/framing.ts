import Type from 'typebox';
import { HexText } from '../codec/field.ts';

/** How messages lie in a stream of bytes; the decoder of each kind is a pure machine. */
const closed = { additionalProperties: false } as const;
const bytesMax = Type.Integer({ minimum: 1, maximum: 4096 });
const silenceMs = Type.Integer({ minimum: 1, maximum: 60_000 });

/** Text ended by CR, LF or CR LF; what is sent ends with `sends`. See line.ts. */
export const LineFraming = Type.Object(
  {
    kind: Type.Literal('lines'),
    lineBytesMax: Type.Integer({ minimum: 16, maximum: 4096 }),
    halfLineMaxMs: Type.Integer({ minimum: 10, maximum: 10_000 }),
    sends: Type.Optional(Type.Enum(['cr', 'lf', 'crlf'])),
  },
  closed,
);

/** CRC names and parameters as in the catalogue of Greg Cook (RevEng). */
export const checksumTypes = [
  'xor',
  'sum8',
  'sum8-negated',
  'sum8-inverted',
  'sum16',
  'sum16-negated',
  'crc8-smbus',
  'crc8-maxim',
  'crc16-modbus',
  'crc16-xmodem',
  'crc16-ibm-3740',
  'crc16-kermit',
  'crc16-x25',
  'crc16-mcrf4xx',
  'crc16-arc',
  'crc16-cms',
  'crc32',
] as const;
export type ChecksumType = (typeof checksumTypes)[number];

const Offset = Type.Integer({ minimum: -64, maximum: 4096 });

/**
 * Binary frames. Offsets count from the first byte of the frame, negative ones from behind its
 * last. At least one of `start`, `length`, `end`, `bytes` is there.
 */
export const FrameFraming = Type.Object(
  {
    kind: Type.Literal('frames'),
    start: Type.Optional(HexText),
    end: Type.Optional(HexText),
    /** Every frame has so many bytes. */
    bytes: Type.Optional(bytesMax),
    /** The whole frame has (what stands here) + `adds` bytes. */
    length: Type.Optional(
      Type.Object(
        {
          at: Type.Integer({ minimum: 0, maximum: 16 }),
          type: Type.Enum(['u8', 'u16', 'u16le']),
          adds: Type.Integer({ minimum: -16, maximum: 64 }),
        },
        closed,
      ),
    ),
    checksum: Type.Optional(
      Type.Object(
        {
          type: Type.Enum([...checksumTypes]),
          /** Over the bytes `from` … before `to`. */
          from: Offset,
          to: Offset,
          at: Offset,
          /** Order of a checksum of two or four bytes; little where left out. */
          order: Type.Optional(Type.Enum(['big', 'little'])),
          /** Written as ASCII hexadecimal digits. */
          digits: Type.Optional(Type.Boolean()),
          /** Computed over the bytes that pairs of ASCII hexadecimal digits stand for. */
          overDigits: Type.Optional(Type.Boolean()),
        },
        closed,
      ),
    ),
    /**
     * Inside a frame, `mark` comes before each byte that would look like start, end or itself;
     * with `flip` that byte is XORed by it, without it stands as it is.
     */
    escape: Type.Optional(Type.Object({ mark: HexText, flip: Type.Optional(HexText) }, closed)),
    /** Bytes that are messages of their own outside a frame, such as ACK and NAK. */
    singles: Type.Optional(HexText),
    frameBytesMax: bytesMax,
    /** A frame that stands still for so long is given up. */
    silenceMs,
  },
  closed,
);
export type FrameFraming = Type.Static<typeof FrameFraming>;

/** What comes between two silences is one message. */
export const SilenceFraming = Type.Object(
  { kind: Type.Literal('silence'), silenceMs, frameBytesMax: bytesMax },
  closed,
);
export type SilenceFraming = Type.Static<typeof SilenceFraming>;

export type Framing = Type.Static<typeof LineFraming> | FrameFraming | SilenceFraming;

/**
 * - `truncated`: it stood still too long; `too_long`: above the bound; `noise`: no frame begins
 *   here; `bad_length`, `bad_checksum`, `bad_end`, `bad_escape`; `not_text`: of a line
 */
export const frameFaults = [
  'truncated',
  'too_long',
  'noise',
  'bad_length',
  'bad_checksum',
  'bad_end',
  'bad_escape',
  'not_text',
] as const;
export type FrameFault = (typeof frameFaults)[number];

export type FrameOutput =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  /** @param bytes dropped since the last output */
  | { readonly kind: 'fault'; readonly fault: FrameFault; readonly bytes: number };

/** One for all framings. A line is a frame without its terminator. */
export type FrameDecoder = {
  /** @param nowMs monotonic time of arrival */
  readonly push: (chunk: Uint8Array, nowMs: number) => readonly FrameOutput[];
  /**
   * As `push`, but only up to the end of the first frame: for lines that carry several framings.
   * @returns how many bytes of the chunk it took; the rest is not its own yet
   */
  readonly take: (
    chunk: Uint8Array,
    nowMs: number,
  ) => { readonly outputs: readonly FrameOutput[]; readonly used: number };
  /** Gives up what has waited too long. */
  readonly expire: (nowMs: number) => readonly FrameOutput[];
  /** When `expire` next has something to do, or undefined. */
  readonly wakeAtMs: () => number | undefined;
};

/**
 * The bytes of a frame that fields do not own: `head` at the beginning (start, and a length that
 * follows it), `tail` at the end (checksum, end). The first field without `at` lies behind the
 * head; `rest` ends before the tail.
 */
export type FrameGeometry = { readonly head: number; readonly tail: number };
