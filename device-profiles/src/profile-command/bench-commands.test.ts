import { toHex } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readModelFiles } from '../adapters/model-files.ts';
import { compileProfile } from '../compile/compile.ts';
import type { SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import { createDesk } from '../testing/fake-bench.ts';
import type { Desk, FakeDesk } from '../testing/fake-bench.ts';
import { profileOf } from '../testing/profiles.ts';
import { changedLock, sampleLock } from '../testing/sample-lock.ts';
import type { Arrival } from './bench-ports.ts';
import { runProfileCommand } from './commands.ts';

const models = await readModelFiles();
const lock = profileOf(sampleLock);
const compiled = compileProfile(lock, 'serial', {});
if (compiled.transport !== 'serial') throw new Error('the lock has a serial line');
const codec: SerialCodec = compiled;

const values = {
  'state.bolt': 'unlocked',
  'state.tamper': false,
  'state.contact': 'open',
  'telemetry.battery': 90,
  'telemetry.voltage': 12.34,
};
const told = (message: string, event: Record<string, string> = {}): Uint8Array =>
  codec.peer.write(message, values, event) ?? new Uint8Array();

/** The lock as it answers: its status to the poll, an ACK to a command. */
const answers = (bytes: Uint8Array): Arrival | undefined => {
  const [frame] = heard(codec.peer.createDecoder(), bytes);
  const got = frame?.kind === 'frame' ? codec.peer.read(frame.bytes) : undefined;
  if (got?.reply === undefined) return undefined;
  return { ms: 10, bytes: told(got.reply) };
};

const files = {
  'lock.yaml': sampleLock,
  'lock2.yaml': changedLock('type: u16, scale: 0.01', 'type: u16, scale: 0.001'),
};

type Ran = FakeDesk & { readonly code: number; readonly text: string };

const run = async (desk: Desk, ...args: readonly string[]): Promise<Ran> => {
  const made = createDesk({ models, ...desk, files: { ...files, ...desk.files } });
  const code = await runProfileCommand(made.ports, args);
  return { ...made, code, text: [...made.out, ...made.wrong].join('\n') };
};

const capture = ['capture', '--port', '/dev/ttyS0', '--out', 'x.capture'] as const;
const withLock = [...capture, '--profile', 'lock.yaml', '--binding', 'serial'] as const;

describe('npm run profile -- capture', () => {
  const card = told('card', { uid: 'deadbeef' });
  const says = [
    { ms: 5, bytes: told('status') },
    { ms: 300, bytes: card.slice(0, 4) },
    { ms: 302, bytes: card.slice(4) },
    { ms: 700, bytes: Uint8Array.of(0xff, 0xee) },
  ];

  it('records and marks a line, and keeps no card', async () => {
    const ran = await run({ says, interruptAtMs: 2_000 }, ...withLock);
    expect([ran.code, ran.wrong]).toEqual([0, []]);
    expect(ran.text).toMatch(/0\.005 {2}← status {2}.*telemetry\.voltage = 12\.34/);
    expect(ran.text).toMatch(/0\.302 {2}← card {2}event\.card, event\.card\.uid = •••\n/);
    expect(ran.text).toMatch(/✗ noise/);
    expect(ran.text).toMatch(/Ended: 4 chunks/);
    const file = ran.files.get('x.capture') ?? '';
    expect(file.split('\n').slice(0, 2).join()).toMatch(/"capture":1.*"profile":"sample-lock 1/);
    expect(file).toMatch(/"redacted":true/);
    expect(file).toMatch(/"end":"asked"\}\n$/);
    expect(`${file}${ran.text}`).not.toMatch(/deadbeef|DE AD/);
    expect(ran.written).toEqual([]);
    expect(ran.closed()).toBe(2);
  });

  it('asks only what the profile polls, in its rhythm', async () => {
    const ran = await run({ answers }, ...withLock, '--poll', '--seconds', '3');
    const poll = toHex(codec.polls[0]?.bytes ?? new Uint8Array());
    expect(ran.written).toEqual([poll, poll, poll]);
    expect(ran.text).toMatch(/The time is over/);
  });

  it('says that it knows nothing of a card without a profile, and shows no bytes', async () => {
    const ran = await run({ says, goneAtMs: 900 }, ...capture, '--baud', '9600');
    expect(ran.text).toMatch(/nothing is redacted/);
    expect(ran.text).toMatch(/2 bytes[^]*The line is gone/);
    expect(ran.text).not.toMatch(/DE AD/i);
    expect(ran.files.get('x.capture')).toMatch(/deadbe/);
    const shown = await run({ says, goneAtMs: 900 }, ...capture, '--baud', '9600', '--show');
    expect(shown.text).toMatch(/FF EE/);
  });

  it('ends where the file is full', async () => {
    const flood = Array.from({ length: 3_000 }, (_, i) => ({ ms: i, bytes: new Uint8Array(4096) }));
    const ran = await run({ says: flood }, ...capture, '--baud', '9600');
    expect(ran.text).toMatch(/The file is full/);
    expect(ran.files.get('x.capture')?.length).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  it.each<readonly [readonly string[], Desk, number, RegExp]>([
    [['capture', '--out', 'x'], {}, 2, /--port is missing/],
    [['capture', '--port', 'x'], {}, 2, /--out is missing/],
    [[...capture], {}, 2, /--baud is missing/],
    [[...capture, '--baud', 'fast'], {}, 2, /--baud needs a number/],
    [[...capture, '--baud', '9600', '--poll'], {}, 2, /--poll needs --profile/],
    [[...withLock, '--seconds', '0'], {}, 2, /--seconds needs/],
    [[...withLock, '--param', 'adress=3'], {}, 1, /adress is no parameter of sample-lock: address/],
    [[...withLock, '--param', 'address=33'], {}, 1, /address must be 9 or less/],
    [[...withLock], { refuses: 'no such device' }, 1, /\/dev\/ttyS0: no such device/],
    [[...withLock], { files: { 'x.capture': '' } }, 1, /x\.capture is there already/],
  ])('%j ends with a reason', async (args, desk, code, text) => {
    const ran = await run(desk, ...args);
    expect(ran.text).toMatch(text);
    expect(ran.code).toBe(code);
  });
});

const recorded = await run(
  { answers, says: [{ ms: 200, bytes: told('card', { uid: 'deadbeef' }) }] },
  ...withLock,
  '--poll',
  '--seconds',
  '2',
);

describe('npm run profile -- vectors, replay', () => {
  const desk = { files: { 'x.capture': recorded.files.get('x.capture') ?? '' } };

  it('prints vectors and what they cover', async () => {
    const ran = await run(desk, 'vectors', 'x.capture', '--profile', 'lock.yaml');
    expect(ran.text).toMatch(/source: capture 2026-11-22, \/dev\/ttyS0/);
    expect(ran.text).toMatch(/# 3 frames, 2 new vectors; 1 prove the same again; 1 held a secret/);
    expect(ran.text).toMatch(/# newly covered: bindings\.serial\.polls\.0/);
    expect(ran.text).toMatch(/# still missing: /);
    expect(ran.text).not.toMatch(/dead/i);
    expect(ran.files.get('lock.yaml')).toBe(sampleLock);
  });

  it('writes into a file what still passes, and never into the catalogue', async () => {
    const ran = await run(desk, 'vectors', 'x.capture', '--profile', 'lock.yaml', '--write');
    expect(ran.wrong).toEqual([
      'does not hold: in 02 07 01 06 00 03 → bad_checksum',
      'lock.yaml stays as it was',
    ]);
    const fixed = {
      files: {
        ...desk.files,
        'good.yaml': sampleLock.replace('02 07 01 06 00 03', '02 06 01 06 00 03'),
      },
    };
    const good = await run(fixed, 'vectors', 'x.capture', '--profile', 'good.yaml', '--write');
    expect(good.text).toMatch(/# 2 written into good\.yaml/);
    expect(parse(good.files.get('good.yaml') ?? '')).toMatchObject({ vectors: { length: 3 } });
    const ours = await run(desk, 'vectors', 'x.capture', '--profile', 'xy-md02', '--write');
    expect([ours.code, ours.text]).toEqual([2, expect.stringMatching(/needs the file/)]);
  });

  it('lays two versions side by side', async () => {
    const same = ['replay', 'x.capture', '--with', 'lock.yaml', '--against', 'lock.yaml'] as const;
    expect((await run(desk, ...same)).code).toBe(0);
    const other = await run(
      desk,
      'replay',
      'x.capture',
      '--with',
      'lock.yaml',
      '--against',
      'lock2.yaml',
    );
    expect(other.code).toBe(1);
    expect(other.text).toMatch(/telemetry\.voltage: 12\.34 → 1\.234\n/);
    expect(other.text).toMatch(/2 differ: telemetry\.voltage \(2\)$/);
    const alone = await run(desk, 'replay', 'x.capture', '--with', 'lock.yaml');
    expect(alone.text).toMatch(/→ poll 0[^]*← card {2}event\.card, event\.card\.uid = •••/);
  });

  it.each<readonly [readonly string[], number, RegExp]>([
    [['vectors', 'x.capture'], 2, /--profile/],
    [['vectors', 'none.capture', '--profile', 'lock.yaml'], 1, /none\.capture cannot be read/],
    [['vectors', 'lock.yaml', '--profile', 'lock.yaml'], 1, /line 1 is no head/],
    [['replay', 'x.capture'], 2, /--with/],
    [['replay', 'x.capture', '--with', 'nobody'], 1, /nobody is no file and no id/],
    [['diff', 'lock.yaml'], 2, /Name two/],
    [
      ['diff', 'lock.yaml', 'lock2.yaml'],
      1,
      /major .*\n[^]*2\.0\.0 or more[^]*✗ 1\.0\.0 → 1\.0\.0/,
    ],
    [['diff', 'lock.yaml', 'lock.yaml'], 0, /They say the same/],
    [['docs', 'lock.yaml'], 0, /# 样锁 Sample lock[^]*可能含有通行码/],
    [['docs'], 2, /Name ids or files, or --all/],
  ])('%j', async (args, code, text) => {
    const ran = await run(desk, ...args);
    expect(ran.text).toMatch(text);
    expect(ran.code).toBe(code);
  });
});

describe('a device without a line', () => {
  it.each<readonly [readonly string[], RegExp]>([
    [['certify', 'gatehouse-scanner-h1', '--live', '/dev/ttyS0'], /h1 is usb-hid: it types/],
    [['certify', 'gatehouse-scanner-n1', '--live', 'tcp://a:1'], /n1 is http-push: it sends/],
    [
      ['capture', '--port', '/dev/ttyS0', '--out', 'a', '--profile', 'gatehouse-scanner-h1'],
      /h1 is usb-hid/,
    ],
  ])('%j says so, and opens nothing', async (args, why) => {
    const ran = await run({}, ...args);
    expect(ran.text).toMatch(/PROFILE_NO_LINE: /);
    expect(ran.text).toMatch(why);
    expect([ran.code, ran.files.has('a')]).toEqual([1, false]);
  });

  it.each([
    ['gatehouse-scanner-h1', /– keyboard on the wire: usb-hid is not played here/],
    ['gatehouse-scanner-n1', /– push on the wire: http-push is not played here/],
  ])('%s is certified as far as that goes', async (id, untried) => {
    const ran = await run({}, 'certify', id);
    expect(ran.text).toMatch(untried);
    expect(ran.text).toMatch(/✓ round trips .*(?:48 typed lines|32 requests)/);
    expect(ran.text).toMatch(/✓ fuzz (?:keyboard|push)/);
    expect(ran.code).toBe(0);
  });
});

describe('npm run profile -- certify --live', () => {
  const live = ['certify', 'lock.yaml', '--live', '/dev/ttyS0'] as const;
  const poll = toHex(codec.polls[0]?.bytes ?? new Uint8Array());

  it('sends nothing but polls, and says what was not tried', async () => {
    const ran = await run({ answers }, ...live);
    expect(new Set(ran.written)).toEqual(new Set([poll]));
    expect(ran.text).toMatch(/sample-lock 1\.0\.0 {2}LIVE \/dev\/ttyS0/);
    expect(ran.text).toMatch(/✓ serial poll 0 \(status\): .*telemetry\.voltage = 12\.34/);
    expect(ran.text).toMatch(/– serial command open: not sent to a live unit/);
    expect(ran.text).toMatch(/– serial event card: nobody did what makes it/);
    // Of its own vectors one is broken, and much is not covered.
    expect(ran.text).toMatch(/✗ vectors: 1 of 1 fail/);
    expect(ran.code).toBe(1);
  });

  it('waits for a silent unit and calls it silent', async () => {
    const ran = await run({}, ...live);
    expect(ran.text).toMatch(/✗ serial poll 0 \(status\): no answer in 3 tries/);
    expect(ran.written).toEqual([poll, poll, poll]);
  });

  it.each<readonly [string, readonly string[], boolean]>([
    ['yes twice', ['yes', 'open'], true],
    ['yes once', ['yes', 'yes'], false],
    ['no', ['no'], false],
    ['nobody there', [], false],
  ])('opens a door only after %s', async (_name, typed, sends) => {
    const ran = await run({ answers, typed }, ...live, '--commands', 'open');
    expect(ran.written.some((hex) => hex !== poll)).toBe(sends);
    expect(ran.text).toMatch(
      sends ? /✓ serial command open: state\.bolt says so/ : /nobody said yes twice/,
    );
  });

  it('asks nobody for what moves no door and no money', async () => {
    const ran = await run({ answers }, ...live, '--commands', 'beep');
    expect(ran.text).toMatch(/✓ serial command beep: sent/);
  });

  it('gives one JSON document', async () => {
    const ran = await run({ answers }, ...live, '--json');
    expect(JSON.parse(ran.out.join('\n'))).toMatchObject({
      certificate: 1,
      at: '2026-11-22T03:04:05.000Z',
      good: false,
      profiles: [{ id: 'sample-lock', where: 'LIVE /dev/ttyS0' }],
    });
  });

  it.each<readonly [readonly string[], number, RegExp]>([
    [['certify'], 2, /Name ids or files/],
    [['certify', '--all', '--live', 'x'], 2, /--live is one unit/],
    [['certify', 'lock.yaml', '--commands', 'open'], 2, /--commands belongs to --live/],
    [[...live, '--unit', '999'], 2, /--unit needs/],
    [[...live, '--commands', 'opn'], 1, /opn is no command of sample-lock on serial/],
    [[...live, '--binding', 'radio'], 1, /has no binding radio/],
  ])('%j', async (args, code, text) => {
    const ran = await run({ answers }, ...args);
    expect(ran.text).toMatch(text);
    expect(ran.code).toBe(code);
    expect(ran.written).toEqual([]);
  });
});

describe('npm run profile -- new', () => {
  const typed = [
    ...['lock', 'Acme', 'M1', '', 'frames', '9600', 'none', '', '', 'long', 'guess', ''],
    ...['FF 48 02 63 00 65', 'xyz?', 'FF 48 01 54 55', 'FF 48 04 53 07 00 53 B1', ''],
  ];

  it('asks, and writes a profile that passes the check', async () => {
    const ran = await run({ typed }, 'new', 'my-lock.yaml');
    expect([ran.code, ran.wrong]).toEqual([0, []]);
    // An answer that cannot be taken is asked for again.
    expect(ran.text).toMatch(/u8, u16 or u16le and where[^]*u8, u16 or u16le and where/);
    expect(ran.text).toMatch(/no vector has error: truncated/);
    expect(profileOf(ran.files.get('my-lock.yaml') ?? '')).toMatchObject({ id: 'my-lock' });
  });

  it('takes the same from a file', async () => {
    const given = { family: 'meter', vendor: 'A', product: 'B', wire: 'lines', baud: 9600 };
    const desk = { files: { 'a.json': JSON.stringify(given) } };
    const ran = await run(desk, 'new', 'b.yaml', '--answers', 'a.json');
    expect(ran.code).toBe(0);
    expect(profileOf(ran.files.get('b.yaml') ?? '')).toMatchObject({ id: 'b', family: 'meter' });
  });

  it.each<readonly [readonly string[], number, RegExp]>([
    [['new'], 2, /Name one new file/],
    [['new', 'lock.yaml'], 1, /lock\.yaml is there already/],
    [['new', 'c.yaml'], 1, /Nobody answers here/],
    [['new', 'c.yaml', '--answers', 'none.json'], 1, /none\.json cannot be read/],
    [
      ['new', 'c.yaml', '--answers', 'lock.yaml'],
      1,
      /lock\.yaml:\d+:\d+ apiVersion is not an option/,
    ],
  ])('%j', async (args, code, text) => {
    const ran = await run({}, ...args);
    expect(ran.text).toMatch(text);
    expect(ran.code).toBe(code);
    expect(ran.files.has('c.yaml')).toBe(false);
  });
});
