import type {
  Codec,
  ModbusBlock,
  ModbusTable,
  PushCodec,
  PushedRequest,
  SerialCodec,
  UsbHidCodec,
} from '@gatehouse/device-profiles';
import { toHex, utf8 } from '@gatehouse/protocols';
import type { FrameDecoder, FrameOutput } from '@gatehouse/protocols';
import type { HeardRaw } from '../drivers/driver.ts';

export type Difference = { readonly hex: string; readonly from: string; readonly to: string };

export type Compared = {
  /** Frames, lines or blocks that either of the two found. */
  readonly frames: number;
  readonly differing: number;
  /** The first ones, at most `differencesMax`. */
  readonly differences: readonly Difference[];
};

/** What two codecs make of the same bytes of one device. Pure but for what it remembers. */
export type Comparison = {
  readonly take: (heard: HeardRaw) => void;
  readonly frames: () => number;
  /** Half a frame counts as what it is after a long silence. */
  readonly end: (monoMs: number) => Compared;
};

export const differencesMax = 10;
const hexBytesMax = 64;
const textCharsMax = 300;
/** Outputs that one of the two is ahead of the other. */
const aheadMax = 512;
/** Longer than any decoder waits for the rest of a frame. */
const silenceMs = 3_600_000;

/** One thing that a codec found: what it says, and whether it may be shown. */
type Found = { readonly text: string; readonly hex: string; readonly isShown: boolean };

type Tally = { frames: number; differing: number; readonly differences: Difference[] };

const count = (tally: Tally, from: Found | undefined, to: Found | undefined): void => {
  tally.frames += 1;
  if (from?.text === to?.text) return;
  tally.differing += 1;
  if (tally.differences.length >= differencesMax) return;
  const isShown = from?.isShown !== false && to?.isShown !== false;
  const words = (found: Found | undefined): string => {
    if (found === undefined) return 'nothing';
    // What may be a pass, card or PIN leaves this box in no form.
    return isShown ? found.text.slice(0, textCharsMax) : '(not shown)';
  };
  const hex = isShown ? (from?.hex ?? to?.hex ?? '') : '';
  tally.differences.push({ hex, from: words(from), to: words(to) });
};

/** Of another wire there is nothing to compare. */
export const createComparison = (from: Codec, to: Codec): Comparison => {
  const tally: Tally = { frames: 0, differing: 0, differences: [] };
  const take = takers(from, to, tally);
  return {
    take: take.take,
    frames: () => tally.frames,
    end: (monoMs) => {
      take.end(monoMs);
      return tally;
    },
  };
};

type Taker = Pick<Comparison, 'take'> & { readonly end: (monoMs: number) => void };

const takers = (from: Codec, to: Codec, tally: Tally): Taker => {
  if (from.transport === 'serial' && to.transport === 'serial') {
    return compareBytes(from, to, tally);
  }
  if (from.transport === 'modbus' && to.transport === 'modbus') {
    const take = (heard: HeardRaw): void => {
      if (heard.kind !== 'block') return;
      const { table, address, block } = heard;
      const [old, now] = [from, to].map((codec) => blockText(codec.read(table, address, block)));
      const hex = blockHex(table, address, block);
      const found = (text: string | undefined): Found => ({ text: text ?? '', hex, isShown: true });
      count(tally, found(old), found(now));
    };
    return { take, end: () => undefined };
  }
  if (from.transport === 'usb-hid' && to.transport === 'usb-hid') {
    return compareKeys(from, to, tally);
  }
  if (from.transport === 'http-push' && to.transport === 'http-push') {
    return compareRequests(from, to, tally);
  }
  return { take: () => undefined, end: () => undefined };
};

/** Keys are compared as the lines that they type; the first says how large its events are. */
const compareKeys = (from: UsbHidCodec, to: UsbHidCodec, tally: Tally): Taker => {
  let lines: Taker | undefined;
  return {
    take: (heard) => {
      if (heard.kind !== 'keys') return;
      const { bytes, eventBytes, monoMs } = heard;
      lines ??= compareBytes(from.on(eventBytes), to.on(eventBytes), tally);
      lines.take({ kind: 'bytes', bytes, monoMs });
    },
    end: (monoMs) => lines?.end(monoMs),
  };
};

/** A request is whole: half of one never comes here. */
const compareRequests = (from: PushCodec, to: PushCodec, tally: Tally): Taker => ({
  take: (heard) => {
    if (heard.kind !== 'request') return;
    const { request } = heard;
    count(tally, pushedTo(from, request), pushedTo(to, request));
  },
  end: () => undefined,
});

const pushedTo = (codec: PushCodec, request: PushedRequest): Found => {
  const bytes = utf8(request.body === '' ? request.query : request.body);
  const hex = toHex(bytes.subarray(0, hexBytesMax));
  if (codec.secretIn(request) === undefined) {
    return { text: 'refused: wrong_secret', hex: '', isShown: false };
  }
  const got = codec.read(request);
  // What cannot be read may be a pass, whatever the other one makes of it.
  if (!got.ok) return { text: `no message: ${got.fault}`, hex, isShown: false };
  const { message, reading, isShown } = got;
  return { text: JSON.stringify([message, reading.values, reading.events]), hex, isShown };
};

type Side = {
  readonly codec: SerialCodec;
  readonly decoder: FrameDecoder;
  /** Found by this one, and not yet by the other. */
  readonly waiting: Found[];
};

/** Each cuts the bytes by its own framing; what they find is compared in order. */
const compareBytes = (from: SerialCodec, to: SerialCodec, tally: Tally): Taker => {
  const sides = [from, to].map((codec): Side => ({
    codec,
    decoder: codec.createDecoder(),
    waiting: [],
  }));
  const level = (mayBeUneven: boolean): void => {
    const [left = [], right = []] = sides.map(({ waiting }) => waiting);
    while (
      (left.length > 0 && right.length > 0) ||
      (mayBeUneven && left.length + right.length > 0) ||
      Math.max(left.length, right.length) > aheadMax
    ) {
      count(tally, left.shift(), right.shift());
    }
  };
  return {
    take: (heard) => {
      if (heard.kind !== 'bytes') return;
      for (const { codec, decoder, waiting } of sides) {
        for (const output of decoder.push(heard.bytes, heard.monoMs)) {
          waiting.push(foundBy(codec, output));
        }
      }
      level(false);
    },
    end: (monoMs) => {
      for (const { codec, decoder, waiting } of sides) {
        for (const output of decoder.expire(monoMs + silenceMs)) {
          waiting.push(foundBy(codec, output));
        }
      }
      level(true);
    },
  };
};

const foundBy = (codec: SerialCodec, output: FrameOutput): Found => {
  // Bytes that are no frame may be half a pass; there are none to show anyway.
  if (output.kind === 'fault') {
    return { text: `no frame: ${output.fault}`, hex: '', isShown: true };
  }
  const hex = toHex(output.bytes.subarray(0, hexBytesMax));
  const got = codec.read(output.bytes);
  const { isShown } = got;
  if (!got.ok) return { text: `no message: ${got.fault}`, hex, isShown };
  const { message, reading, refuses } = got;
  const text = JSON.stringify([message, reading.values, reading.events, refuses ?? null]);
  return { text, hex, isShown };
};

type BlockRead = ReturnType<Extract<Codec, { transport: 'modbus' }>['read']>;

const blockText = ({ values, faults }: BlockRead): string =>
  [
    ...Object.entries(values).map(([path, value]) => `${path} = ${JSON.stringify(value)}`),
    ...faults.map(({ path, fault }) => `${path}: ${fault}`),
  ]
    .toSorted()
    .join(', ');

const blockHex = (table: ModbusTable, address: number, block: ModbusBlock): string =>
  `${table} ${address}: ${block
    .slice(0, hexBytesMax / 4)
    .map((word) => Number(word).toString(16))
    .join(' ')}`;
