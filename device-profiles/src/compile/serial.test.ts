import { utf8 } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import type { SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import { profileOf } from '../testing/profiles.ts';
import { sampleCounter } from '../testing/sample-counter.ts';
import { sampleLock } from '../testing/sample-lock.ts';
import { bytesOfHex, hexText } from '../vectors/report.ts';
import { compileProfile } from './compile.ts';

const serialOf = (text: string, params = {}): SerialCodec => {
  const codec = compileProfile(profileOf(text), 'serial', params);
  if (codec.transport !== 'serial') throw new Error('no serial binding');
  return codec;
};
const codec = serialOf(sampleLock);

/** What each frame or fault of a stream says, in short. */
const told = (from: SerialCodec, hex: string): readonly string[] =>
  heard(from.createDecoder(), bytesOfHex(hex)).map((output) => {
    if (output.kind === 'fault') return output.fault;
    const got = from.read(output.bytes);
    if (!got.ok) return got.fault;
    const { values, events } = got.reading;
    return `${got.message} ${JSON.stringify(values)} ${JSON.stringify(events)}`;
  });

describe('messages', () => {
  it.each([
    [
      'values, with a bit, a scale and a boolean',
      '02 0A 01 21 05 5A 04 E2 93 03',
      [
        'status {"state.bolt":"unlocked","state.tamper":false,"state.contact":"open",' +
          '"telemetry.battery":90,"telemetry.voltage":12.5} []',
      ],
    ],
    [
      'an event',
      '02 0A 01 22 01 AB 23 CD 6D 03',
      ['card {} [{"event":"card","fields":{"uid":"01ab23cd"}}]'],
    ],
    ['two in one chunk', '02 06 01 06 01 03 02 06 01 15 12 03', ['done {} []', 'busy {} []']],
    ['a value that the model does not allow', '02 0A 01 21 00 65 00 00 4F 03', ['out_of_range']],
    ['no such message', '02 06 01 77 70 03', ['unknown_message']],
    ['of another unit', '02 06 02 06 02 03', ['unknown_message']],
    ['a wrong checksum', '02 06 01 06 00 03', ['bad_checksum']],
    ['half of one', '02 06 01', ['truncated']],
  ])('%s', (_case, hex, expected) => {
    expect(told(codec, hex)).toEqual(expected);
  });

  it('knows what it does not know', () => {
    const [status] = told(codec, '02 0A 01 21 00 FF 00 00 D5 03');
    expect(status).toContain('"telemetry.battery":null');
  });

  it('takes the address of the installer', () => {
    expect(told(serialOf(sampleLock, { address: 2 }), '02 06 02 06 02 03')).toEqual(['done {} []']);
    expect(() => serialOf(sampleLock, { address: 12 })).toThrow('params.address of sample-lock');
  });

  it('shows nothing of a wire that carries cards, where it was not understood', () => {
    const shown = (hex: string): boolean => codec.read(bytesOfHex(hex)).isShown;
    expect(shown('02 06 01 06 01 03')).toBe(true);
    expect(shown('02 0A 01 22 01 AB 23 CD 6D 03')).toBe(false);
    expect(shown('02 06 01 77 70 03')).toBe(false);
  });
});

describe('commands', () => {
  it.each([
    ['open', { ms: 3000 }, '02 07 01 01 1E 19 03'],
    ['open', {}, '02 07 01 01 1E 19 03'],
    ['open', { ms: 99 }, 'out_of_range at args.ms'],
    ['open', { ms: '3000' }, 'out_of_range at args.ms'],
    ['open', { ms: 1000, colour: 'red' }, '02 07 01 01 0A 0D 03'],
    ['shut', {}, 'unknown_command at shut'],
  ])('%s %j', (command, args, expected) => {
    const encoded = codec.encode(command, args);
    const got = encoded.ok
      ? encoded.sends.map(({ bytes }) => hexText(bytes)).join(' | ')
      : `${encoded.fault} at ${encoded.at}`;
    expect(got).toBe(expected);
  });

  it('is heard by the device, with the name of the answer', () => {
    const [frame] = heard(codec.peer.createDecoder(), bytesOfHex('02 07 01 01 1E 19 03'));
    expect(frame?.kind === 'frame' && codec.peer.read(frame.bytes)).toEqual({
      command: 'open',
      step: 0,
      args: { ms: 3000 },
      reply: 'done',
    });
    const [poll] = codec.polls;
    expect(poll).toMatchObject({ everyMs: 1000, reply: 'status', isShown: true });
    expect(codec.peer.read(poll?.bytes ?? new Uint8Array())).toMatchObject({
      command: undefined,
      reply: 'status',
    });
  });

  it('hides what may be a PIN', () => {
    const text = sampleLock
      .replaceAll('times', 'pin')
      .replace(
        'min: 1, max: 9, default: 1, title: { zh: 次数',
        'min: 1, max: 9, title: { zh: 次数',
      );
    const encoded = serialOf(text).encode('beep', { pin: 4 });
    expect(encoded.ok && encoded.sends.map(({ isShown }) => isShown)).toEqual([false]);
  });
});

describe('several framings on one line', () => {
  const mixed = serialOf(sampleCounter);

  it('tells them apart by their first byte', () => {
    const chunk = `${hexText(utf8('CARD 1234\r\n'))} 07 01 00 5A ${hexText(utf8('OK\r'))}`;
    expect(told(mixed, chunk)).toEqual([
      'card {} [{"event":"card","fields":{"uid":"1234"}}]',
      'count {"telemetry.people":90} []',
      'done {} []',
    ]);
  });

  it('gives the bytes that the device waits for', () => {
    const [frame] = heard(mixed.createDecoder(), bytesOfHex('07 01 00 5A'));
    const got = frame?.kind === 'frame' ? mixed.read(frame.bytes) : undefined;
    expect(got?.ok && got.answer).toEqual(Uint8Array.of(6));
  });

  it('sends single bytes as they are, and the device hears them', () => {
    const [poll] = mixed.polls;
    expect(poll?.bytes).toEqual(Uint8Array.of(5));
    const open = mixed.encode('reset', { to: 5 });
    const bytes = open.ok ? [...(open.sends[0]?.bytes ?? [])] : [];
    const outputs = heard(mixed.peer.createDecoder(), Uint8Array.from([5, ...bytes, 5]));
    const heardBy = outputs.map((output) =>
      output.kind === 'frame' ? mixed.peer.read(output.bytes)?.reply : output.fault,
    );
    expect(heardBy).toEqual(['count', 'done', 'count']);
  });

  it('goes on after noise and after half a frame', () => {
    const decoder = mixed.peer.createDecoder();
    expect(decoder.push(bytesOfHex('FF FE 05'), 0)).toEqual([
      { kind: 'fault', fault: 'noise', bytes: 2 },
      { kind: 'frame', bytes: Uint8Array.of(5) },
    ]);
    expect(decoder.push(bytesOfHex('02 00'), 10)).toEqual([]);
    expect(decoder.wakeAtMs()).toBe(110);
    expect(decoder.expire(110)).toEqual([{ kind: 'fault', fault: 'truncated', bytes: 2 }]);
    expect(decoder.push(bytesOfHex('05'), 111)).toEqual([
      { kind: 'frame', bytes: Uint8Array.of(5) },
    ]);
  });

  it.each([
    [
      "start: '07', bytes: 4",
      'bytes: 4',
      'a.framing.0 needs a start: among several only the last may begin with any byte',
    ],
    [
      '- { kind: lines, lineBytesMax: 64, halfLineMaxMs: 200 }',
      "- { kind: frames, start: '07 08', bytes: 9, frameBytesMax: 9, silenceMs: 100 }",
      'a.framing.1 begins with the same byte as framing 0',
    ],
  ])('refuses %s → %s', (from, to, fault) => {
    expect(sampleCounter).toContain(from);
    expect(() => serialOf(sampleCounter.replace(from, to))).toThrow(
      fault.replace('a.', 'bindings.serial.'),
    );
  });
});
