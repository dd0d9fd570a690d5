import { fromHex, toHex } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '../adapters/model-files.ts';
import { checkedProfile } from '../checked-profile.ts';
import { compileLine } from '../compile/compile.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { changedLock, sampleLock } from '../testing/sample-lock.ts';
import { withVectors } from './appended-vectors.ts';
import { chunkRecords, parseCapture, recordLine } from './capture-file.ts';
import type { Capture, CaptureRecord } from './capture-file.ts';
import { vectorsOf } from './capture-vectors.ts';
import type { Chunk } from './listener.ts';
import { createRecorder } from './recorder.ts';
import { compareReplays, replayed } from './replay.ts';

const profileOf = (text: string): DeviceProfile => {
  const checked = checkedProfile(text, 'x.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.value;
};
const lock = profileOf(sampleLock);
const codec = compileLine(lock, 'serial', {});
if (codec.transport !== 'serial') throw new Error('the lock has a serial line');

const bytesOf = (hex: string): Uint8Array =>
  fromHex(hex.replaceAll(' ', '').toLowerCase()) ?? new Uint8Array();
const device = (ms: number, hex: string): Chunk => ({ ms, from: 'device', bytes: bytesOf(hex) });
const written = (message: string, values: object, event: object = {}): string =>
  toHex(codec.peer.write(message, values as never, event as never) ?? new Uint8Array());

const status = written('status', {
  'state.bolt': 'unlocked',
  'state.tamper': true,
  'state.contact': 'open',
  'telemetry.battery': 90,
  'telemetry.voltage': 12.34,
});
const card = written('card', {}, { uid: 'deadbeef' });
const done = written('done', {});
const poll = toHex(codec.polls[0]?.bytes ?? new Uint8Array());

const header = {
  capture: 1,
  port: '/dev/ttyUSB0',
  baud: 9600,
  startedAt: '2026-11-22T03:04:05.000Z',
} as const;
const captureOf = (chunks: readonly Chunk[]): Capture => ({ header, chunks, droppedBytes: 0 });

const recorded = (chunks: readonly Chunk[]) => {
  const recorder = createRecorder({ profile: lock, binding: 'serial', codec, mode: 'rtu' });
  const steps = chunks.flatMap((chunk) => [recorder.expire(chunk.ms), recorder.push(chunk)]);
  steps.push(recorder.expire(100_000), recorder.end(100_001));
  return {
    records: steps.flatMap(({ records }) => records),
    events: steps.flatMap(({ events }) => events),
  };
};
const hexOf = (records: readonly CaptureRecord[]): readonly string[] =>
  records.map((one) => ('hex' in one ? one.hex : JSON.stringify(one)));

describe('a recording with a profile', () => {
  it('keeps what is no secret as it came, chunk by chunk', () => {
    const [a, b] = [status.slice(0, 6), status.slice(6)];
    const { records, events } = recorded([device(1, a), device(2, b), device(3, done)]);
    expect(hexOf(records)).toEqual([a, b, done]);
    expect(events.map((one) => one.kind === 'said' && one.meaning.message)).toEqual([
      'status',
      'done',
    ]);
  });

  it.each<readonly [string, readonly Chunk[]]>([
    ['whole', [device(5, card)]],
    [
      'byte by byte',
      bytesOf(card).reduce<Chunk[]>(
        (all, byte, i) => [...all, device(i, toHex(Uint8Array.of(byte)))],
        [],
      ),
    ],
    ['cut off', [device(5, card.slice(0, -4))]],
    ['with a broken checksum', [device(5, `${card.slice(0, -4)}0003`)]],
    ['between others', [device(1, `${status}${card}${done}`)]],
    ['behind noise', [device(1, `ffff${card}`)]],
    ['under another code', [device(1, card.replace('22', '23'))]],
  ])('never holds a card: %s', (_name, chunks) => {
    const { records } = recorded(chunks);
    expect(JSON.stringify(records)).not.toMatch(/de ?ad|be ?ef/);
    expect(records.length).toBeGreaterThan(0);
  });

  it('writes the message anew, so that it still reads', () => {
    const { records } = recorded([device(5, card)]);
    const [first] = records;
    expect(first).toMatchObject({ from: 'device', redacted: true });
    const got = replayed(codec, [device(5, hexOf(records)[0] ?? '')], 'rtu');
    expect(got).toMatchObject([{ kind: 'said', meaning: { message: 'card', faults: [] } }]);
  });

  it('is bounded where no frame ever ends', () => {
    const chunks = Array.from({ length: 40 }, (_, i) => device(i, '02'.repeat(1024)));
    const { records } = recorded(chunks);
    const dropped = records.reduce((sum, one) => sum + ('dropped' in one ? one.dropped : 0), 0);
    expect(hexOf(records).join('')).not.toMatch(/(?:02){32}/);
    expect(dropped).toBeGreaterThan(0);
  });
});

describe('the file of a recording', () => {
  const text = [
    recordLine(header),
    ...chunkRecords(device(1.23456, status)).map(recordLine),
    recordLine({ ms: 2, from: 'device', dropped: 3 }),
    recordLine({ ms: 4, end: 'asked' }),
  ].join('');

  it('reads what it wrote', () => {
    const parsed = parseCapture(text);
    expect(parsed).toEqual({
      ok: true,
      capture: { header, chunks: [device(1.235, status)], droppedBytes: 3 },
    });
  });

  it('splits what is too long for a line', () => {
    const records = chunkRecords(device(0, 'ab'.repeat(5000)));
    expect(records.map((one) => ('hex' in one ? one.hex.length / 2 : 0))).toEqual([4096, 904]);
  });

  it.each<readonly [string, string, RegExp]>([
    ['no head', '{"x":1}', /line 1/],
    ['no JSON', `${text}nonsense\n{}`, /line 5 is no record/],
    ['an odd digit', text.replace('"hex":"', '"hex":"0'), /line 2 is no record/],
    ['back in time', `${text}{"ms":1,"from":"device","hex":"00"}\n`, /line 5 goes back in time/],
    ['another side', text.replace('"from":"device"', '"from":"moon"'), /line 2/],
  ])('refuses %s', (_name, changed, fault) => {
    const parsed = parseCapture(changed);
    expect(parsed.ok ? '' : parsed.fault).toMatch(fault);
  });

  it('takes a recording whose last line broke off', () => {
    expect(parseCapture(text.slice(0, -5)).ok).toBe(true);
  });
});

describe('vectors from a recording', () => {
  const secret = written('card', {}, { uid: 'cafe0123' });
  const chunks: readonly Chunk[] = [
    { ms: 0, from: 'gateway', bytes: bytesOf(poll) },
    device(10, status),
    device(20, status),
    device(30, card),
    device(40, secret),
    device(50, '020601777003'),
  ];
  const found = vectorsOf({
    profile: lock,
    binding: 'serial',
    params: {},
    capture: captureOf(chunks),
  });

  it('folds what proves the same, and replaces the secret', () => {
    expect(found).toMatchObject({ frames: 5, redacted: 2, leftOut: 0, unknown: 1 });
    expect(found.vectors).toMatchObject([
      {
        source: 'capture 2026-11-22, /dev/ttyUSB0',
        poll: 0,
        out: { state: { bolt: 'unlocked' }, telemetry: { voltage: 12.34 } },
      },
      { out: { event: { card: { uid: 'abcdefab' } } } },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/dead|DE AD|cafe|CA FE/);
  });

  it('says what is covered now and what is not', () => {
    expect(found.newlyCovered.map(({ why }) => why)).toContain('no vector sends it');
    expect(found.newlyCovered.map(({ path }) => path).join()).toContain('event.uid');
    expect(found.stillMissing.length).toBeGreaterThan(0);
  });

  it.each([
    ['a list in lines', sampleLock],
    ['an empty list', sampleLock.replace(/vectors:\n.*\n/, 'vectors: []\n')],
  ])('go into the file, where they hold: %s', (_name, text) => {
    const next = withVectors(text, found.vectors) ?? '';
    const before = profileOf(text).vectors.length;
    const after = profileOf(next);
    expect(after.vectors).toHaveLength(before + 2);
    expect(
      runVectors(after)
        .results.slice(-2)
        .map(({ ok }) => ok),
    ).toEqual([true, true]);
    expect(next.split('simulate:')[0]).toContain(text.split('vectors:')[0]);
  });

  it('proves commands and reads of Modbus, also where one only listens', async () => {
    const file = (await readModelFiles()).find(({ name }) => name.includes('xy-md02'));
    const profile = profileOf(file?.text ?? '');
    const bare = { ...profile, vectors: [] };
    const line = ['010400010002200b', '010404013102222ace', '010601010008d830', '010601010008d830'];
    const got = vectorsOf({
      profile: bare,
      binding: 'modbus',
      params: {},
      capture: captureOf(line.map((hex, i) => device(i * 10, hex))),
    });
    expect(got.vectors).toMatchObject([
      { tx: '01 04 00 01 00 02 20 0B', out: { telemetry: { temperature: 30.5, humidity: 54.6 } } },
      { command: 'setAddress', args: { address: 8 }, out: {} },
    ]);
  });
});

describe('two versions on one recording', () => {
  const chunks = [device(0, status), device(10, done), device(20, card), device(30, '0205ff')];
  const replay = (from: string, to: string) => {
    const other = compileLine(profileOf(changedLock(from, to)), 'serial', {});
    return compareReplays(replayed(codec, chunks, 'rtu'), replayed(other, chunks, 'rtu'));
  };

  it.each<readonly [string, string, string, number, object]>([
    ['words', 'en: Battery }', 'en: Charge }', 0, {}],
    ['a scale', 'scale: 0.01', 'scale: 0.001', 1, { 'telemetry.voltage': 1 }],
    ['a message that is gone', 'const: 6 }', 'const: 7 }', 1, { fault: 1 }],
    ['another frame', "end: '03'", "end: '04'", 4, { 'state.bolt': 1, 'event.card': 1 }],
  ])('%s', (_name, from, to, many, counts) => {
    const got = replay(from, to);
    expect(got.counts).toMatchObject(counts);
    expect(got.disagreements).toHaveLength(many);
    expect(JSON.stringify(got)).not.toMatch(/dead|DE AD/);
  });
});
