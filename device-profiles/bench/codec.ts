/**
 * What a frame costs: bytes in, values out, through decoder and codec, for each received vector of
 * the catalogue. Beside it one report of a presence radar, decoded by hand as a driver would.
 */
import { parseRtu } from '@gatehouse/protocols';
import { loadCatalogue } from '../src/catalogue.ts';
import { sampleParams } from '../src/check/compiled-rules.ts';
import { isSession } from '../src/check/vector-rules.ts';
import { compileProfile } from '../src/compile/compile.ts';
import { deskEventBytes } from '../src/compile/usb-hid.ts';
import type { SerialCodec } from '../src/compiled.ts';
import type { DeviceProfile } from '../src/language/profile.ts';
import { bytesOfHex } from '../src/vectors/report.ts';

const limitUs = 10;
const roundsWarm = 2_000;
const rounds = 5_000;
const runs = 5;
/** Longer than any frame may stand still, between two frames. */
const stepMs = 100_000;

/** The middle of several runs: another process steals time from one of them. */
const microsecondsOf = (decode: () => void): number => {
  for (let i = 0; i < roundsWarm; i += 1) decode();
  const taken = Array.from({ length: runs }, () => {
    const from = performance.now();
    for (let i = 0; i < rounds; i += 1) decode();
    return ((performance.now() - from) * 1_000) / rounds;
  });
  return taken.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
};

/** A chunk from the wire, as the gateway's driver takes it. */
const decoderOf = (codec: SerialCodec, bytes: Uint8Array): (() => number) => {
  const decoder = codec.createDecoder();
  let nowMs = 0;
  return () => {
    nowMs += stepMs;
    let read = 0;
    for (const output of decoder.push(bytes, nowMs)) {
      if (output.kind === 'frame' && codec.read(output.bytes).ok) read += 1;
    }
    return read;
  };
};

type Timed = { readonly what: string; readonly us: number; readonly bytes: number };

const serialFrames = (profile: DeviceProfile): readonly Timed[] =>
  profile.vectors.flatMap((vector, index) => {
    if (isSession(vector) || vector.in === undefined || vector.out === undefined) return [];
    const params = vector.params ?? sampleParams(profile);
    const codec = compileProfile(profile, vector.binding, params);
    const bytes = bytesOfHex(vector.in);
    if (codec.transport === 'modbus') {
      const parsed = parseRtu(bytes);
      if (!parsed.ok || vector.tx === undefined) return [];
      const registers = Array.from(
        { length: (bytes[2] ?? 0) >> 1 },
        (_, i) => ((bytes[3 + 2 * i] ?? 0) << 8) | (bytes[4 + 2 * i] ?? 0),
      );
      const request = bytesOfHex([vector.tx].flat()[0] ?? '');
      const table = request[1] === 4 ? 'input' : 'holding';
      if ((request[1] ?? 0) < 3) return [];
      const from = ((request[2] ?? 0) << 8) | (request[3] ?? 0);
      const us = microsecondsOf(() => void codec.read(table, from, registers));
      return [{ what: `${profile.id}/${index}`, us, bytes: bytes.length }];
    }
    if (codec.transport === 'http-push') return [];
    const lines = codec.transport === 'usb-hid' ? codec.on(deskEventBytes) : codec;
    const decode = decoderOf(lines, bytes);
    // What a decoder gives only after a silence, or in answer to a question, is not timed.
    if (decode() === 0) return [];
    return [{ what: `${profile.id}/${index}`, us: microsecondsOf(decode), bytes: bytes.length }];
  });

/** HLK-LD2410C protocol V1.07, 2.3.2: a report in basic mode. */
const report = bytesOfHex('F4 F3 F2 F1 0D 00 02 AA 02 51 00 00 00 00 3B 00 00 55 00 F8 F7 F6 F5');
const presences = ['none', 'moving', 'still', 'both'] as const;

const readByHand = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = view.getUint16(4, true);
  const isReport =
    view.getUint32(0) === 0xf4f3f2f1 &&
    bytes.length === length + 10 &&
    view.getUint32(bytes.length - 4) === 0xf8f7f6f5 &&
    bytes[6] === 2 &&
    bytes[7] === 0xaa;
  const presence = presences[bytes[8] ?? 4];
  if (!isReport || presence === undefined) return undefined;
  return {
    'state.presence': presence,
    'telemetry.movingDistance': view.getUint16(9, true),
    'telemetry.movingEnergy': view.getUint8(11),
    'telemetry.stillDistance': view.getUint16(12, true),
    'telemetry.stillEnergy': view.getUint8(14),
    'telemetry.distance': view.getUint16(15, true),
  };
};

/** The values, kept where the compiler cannot drop the work. */
const timedByHand = (): number => {
  let moving = 0;
  const us = microsecondsOf(() => {
    moving += readByHand(report)?.['telemetry.movingDistance'] ?? NaN;
  });
  if (Number.isNaN(moving)) throw new Error('the decoder by hand does not read its frame');
  return us;
};

export const bench = async () => {
  const catalogue = await loadCatalogue();
  const timed = [...catalogue.values()].flatMap(serialFrames);
  const worst = timed.reduce((a, b) => (b.us > a.us ? b : a));
  const radar = catalogue.get('hilink-ld2410c');
  if (radar === undefined) throw new Error('the catalogue has no radar');
  const [name = ''] = Object.keys(radar.bindings);
  const codec = compileProfile(radar, name, {});
  if (codec.transport !== 'serial') throw new Error('the radar is serial');
  const ownUs = microsecondsOf(decoderOf(codec, report));
  const handUs = timedByHand();
  const sorted = timed.map(({ us }) => us).toSorted((a, b) => a - b);
  return {
    bench: 'codec',
    figures: {
      frames: timed.length,
      medianUs: sorted[Math.floor(sorted.length / 2)] ?? 0,
      worstUs: worst.us,
      worstBytes: worst.bytes,
      radarUs: ownUs,
      radarByHandUs: handUs,
      timesByHand: ownUs / handUs,
    },
    ratio: limitUs / worst.us,
    limit: `${limitUs} µs a frame; the worst is ${worst.what}`,
    aim: 1,
    met: worst.us <= limitUs,
  };
};
