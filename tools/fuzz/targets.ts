import {
  compileFields,
  createFrameDecoder,
  createLineDecoder,
  parsePass,
  parsePinEntry,
  parseReply,
  parseRtu,
  parseUid,
  readRequest,
  rtuFrame,
  splitBatch,
} from '@gatehouse/protocols';
import type { FrameDecoder, FrameOutput, Framing } from '@gatehouse/protocols';
import {
  fieldVectors,
  frameVectors,
  lineVectors,
  modbusReads,
  modbusWrites,
  passVectors,
  rtuVectors,
  uidVectors,
} from '@gatehouse/protocols/testing';
import type { FieldVector, FrameVector } from '@gatehouse/protocols/testing';
import { isDeepStrictEqual } from 'node:util';
import { chunksOf } from './target.ts';
import type { FuzzInput, FuzzOutcome, FuzzTarget } from './target.ts';

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const none: FuzzOutcome = { faults: [] };

const silenceMs = (framing: Framing): number =>
  framing.kind === 'lines' ? framing.halfLineMaxMs : framing.silenceMs;
const frameMax = (framing: Framing): number =>
  framing.kind === 'lines' ? framing.lineBytesMax : framing.frameBytesMax;

/** Where a byte on the wire is a byte of a frame or of a fault: all but escapes and line ends. */
const isCounted = (framing: Framing): boolean =>
  framing.kind === 'silence' || (framing.kind === 'frames' && framing.escape === undefined);

const bytesIn = (outputs: readonly FrameOutput[]): number =>
  outputs.reduce(
    (sum, output) => sum + (output.kind === 'frame' ? output.bytes.length : output.bytes),
    0,
  );

/** After the noise and a silence a good frame comes out; each byte is told once. */
export const frameTarget = (
  { device, framing, frames }: Pick<FrameVector, 'device' | 'framing' | 'frames'>,
  create: (framing: Framing) => FrameDecoder = createFrameDecoder,
): FuzzTarget => {
  const samples = frames.map(({ hex }) => bytesOf(hex));
  return {
    name: `frames: ${device}`,
    samples,
    create: () => {
      const decoder = create(framing);
      const stepMs = 2 * silenceMs(framing);
      const good = samples[0] ?? new Uint8Array();
      const fresh = create(framing);
      const expected = [...fresh.push(good, 0), ...fresh.expire(stepMs)];
      let nowMs = 0;
      return (input) => {
        const outputs = chunksOf(input).flatMap((chunk) => [...decoder.push(chunk, nowMs)]);
        nowMs += stepMs;
        outputs.push(...decoder.expire(nowMs));
        const after = [...decoder.push(good, nowMs), ...decoder.expire(nowMs + stepMs)];
        nowMs += 2 * stepMs;
        const faults = outputs.flatMap((output) => (output.kind === 'fault' ? [output.fault] : []));
        if (!isDeepStrictEqual(after, expected)) return { faults, broken: 'no recovery' };
        if (outputs.some((o) => o.kind === 'frame' && o.bytes.length > frameMax(framing))) {
          return { faults, broken: 'a frame above its bound' };
        }
        const isComplete = !isCounted(framing) || bytesIn(outputs) === input.bytes.length;
        return isComplete ? { faults } : { faults, broken: 'bytes that nothing tells' };
      };
    },
  };
};

/** What it reads it can write, and reads again as the same. */
const fieldTarget = ({ source, fields, geometry, hex, isOnlyRead }: FieldVector): FuzzTarget => ({
  name: `fields: ${source}`,
  samples: [bytesOf(hex)],
  create: () => {
    const codec = compileFields(fields, geometry === undefined ? {} : { geometry });
    return ({ bytes }) => {
      const got = codec.decode(bytes);
      if (!got.ok) return { faults: [got.fault] };
      if (isOnlyRead === true) return none;
      const written = codec.encode(got.values);
      if (!written.ok) {
        // A kind that no case describes leaves nothing to choose the case by.
        const isKind = written.fault === 'missing' && fields.some((field) => 'when' in field);
        return isKind ? none : { faults: [], broken: `cannot write ${written.at}` };
      }
      const again = codec.decode(written.bytes);
      return isDeepStrictEqual(again, got) ? none : { faults: [], broken: 'reads another value' };
    };
  },
});

const lineTarget: FuzzTarget = {
  name: 'lines',
  samples: lineVectors.map(({ bytes }) => latin1(bytes)),
  create: () => {
    const decoder = createLineDecoder({ lineBytesMax: 16, halfLineMaxMs: 500 });
    let nowMs = 0;
    return (input) => {
      const outputs = chunksOf(input).flatMap((chunk) => [...decoder.push(chunk, nowMs)]);
      nowMs += 1000;
      outputs.push(...decoder.expire(nowMs));
      const faults = outputs.flatMap((output) => (output.kind === 'fault' ? [output.fault] : []));
      const after = decoder.push(latin1('GOOD\r'), nowMs);
      nowMs += 1000;
      const recovers = isDeepStrictEqual(after, [{ kind: 'line', text: 'GOOD' }]);
      return recovers ? { faults } : { faults, broken: 'no recovery' };
    };
  },
};

const rtuTarget: FuzzTarget = {
  name: 'modbus: RTU frame',
  samples: rtuVectors.map(({ hex }) => bytesOf(hex)),
  create:
    () =>
    ({ bytes }) => {
      const got = parseRtu(bytes);
      if (!got.ok) return { faults: [got.fault] };
      const again = rtuFrame(got.unit, got.pdu);
      return isDeepStrictEqual(again, bytes.slice())
        ? none
        : { faults: [], broken: 'writes another frame' };
    },
};

const replyTarget: FuzzTarget = {
  name: 'modbus: reply',
  samples: [...modbusReads, ...modbusWrites].map(({ reply }) => bytesOf(reply)),
  create: () => {
    const requests = [...modbusReads, ...modbusWrites].map(({ request }) => bytesOf(request));
    const longest = readRequest('coil', 0, 2000) ?? new Uint8Array();
    return ({ bytes }) => {
      const replies = [...requests, longest, bytes].map((request) => parseReply(request, bytes));
      const faults = replies.flatMap((reply) => {
        if (reply.ok) return [];
        return 'fault' in reply ? [reply.fault] : [reply.exception];
      });
      const isBounded = replies.every((reply) => !reply.ok || reply.values.length <= 2000);
      return isBounded ? { faults } : { faults, broken: 'more values than were asked for' };
    };
  },
};

const passTarget: FuzzTarget = {
  name: 'pass',
  samples: passVectors.map(({ text }) => latin1(text)),
  create:
    () =>
    ({ bytes }: FuzzInput) => {
      const got = parsePass(Buffer.from(bytes).toString('latin1'));
      return got.ok ? none : { faults: [got.reason] };
    },
};

const uidForm = /^(?:[0-9A-F]{2}){4,12}$/;

const uidTarget: FuzzTarget = {
  name: 'card: uid',
  samples: uidVectors.map(({ text }) => latin1(text)),
  create:
    () =>
    ({ bytes }) => {
      const got = parseUid(Buffer.from(bytes).toString('latin1'));
      if (!got.ok) return { faults: [got.reason] };
      return uidForm.test(got.uid) ? none : { faults: [], broken: 'a UID of another form' };
    },
};

const pinTarget: FuzzTarget = {
  name: 'card: what a keypad sends',
  samples: ['1234560000', '0000011234#', '12345612345678#'].map(latin1),
  create:
    () =>
    ({ bytes }) => {
      const text = Buffer.from(bytes).toString('latin1');
      const got = parsePinEntry(text);
      if (got === undefined) return { faults: ['no_entry'] };
      const typed = `${got.number}${Buffer.from(got.pin).toString('latin1')}`;
      const isWhole = text === typed || text === `${typed}#`;
      if (!isWhole) return { faults: [], broken: 'an entry that is not what was typed' };
      return parsePass(text).ok ? { faults: [], broken: 'a pass too' } : none;
    },
};

const batchTarget: FuzzTarget = {
  name: 'link: batch header',
  samples: [
    latin1(
      '{"v":1,"gateway":"gw-1","epoch":"00ff00ff","stream":"main","from":1,"to":2,"lost":[]}\nbody',
    ),
  ],
  create:
    () =>
    ({ bytes }) => {
      const got = splitBatch(bytes);
      return got.ok ? none : { faults: [got.fault] };
    },
};

/** Every decoder that reads what comes from outside. A new one is one more row. */
export const fuzzTargets: readonly FuzzTarget[] = [
  lineTarget,
  ...frameVectors.map((vector) => frameTarget(vector)),
  ...fieldVectors.map(fieldTarget),
  rtuTarget,
  replyTarget,
  passTarget,
  uidTarget,
  pinTarget,
  batchTarget,
];
