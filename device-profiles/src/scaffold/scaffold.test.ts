import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isSession } from '../check/vector-rules.ts';
import { checkedProfile } from '../checked-profile.ts';
import { compileProfile } from '../compile/compile.ts';
import { families } from '../language/profile.ts';
import { allProfiles } from '../testing/profiles.ts';
import { bytesOfHex } from '../vectors/report.ts';
import { runVectors } from '../vectors/run-vectors.ts';
import { knownParts, parsedAnswers, parsedSample } from './answers.ts';
import type { Answers } from './answers.ts';
import { chanceOf, guessChecksum } from './guess-checksum.ts';
import { guessFraming } from './guess-framing.ts';
import { scaffold } from './scaffold.ts';

const options = { id: 'my-device', date: '2026-11-22' } as const;
const base: Answers = {
  family: 'meter',
  vendor: 'Acme',
  product: 'X1',
  wire: 'frames',
  baud: 9600,
};

// The frames of the catalogue's own manuals, and how the catalogue says that they lie.
const framings = (await allProfiles()).flatMap(({ id, bindings, vectors }) =>
  Object.entries(bindings).flatMap(([name, binding]) => {
    if (binding.transport !== 'serial' || Array.isArray(binding.framing)) return [];
    const { framing } = binding;
    if (framing.kind !== 'frames') return [];
    const frames = vectors.flatMap((vector) =>
      isSession(vector) || vector.binding !== name || vector.in === undefined || !vector.out
        ? []
        : [bytesOfHex(vector.in)],
    );
    return frames.length < 3 ? [] : [{ id, framing, frames }];
  }),
);

describe('framing guessed from frames of the catalogue', () => {
  it('has something to guess', () => {
    expect(framings.length).toBeGreaterThan(5);
  });

  it.each(framings)('$id', ({ framing, frames }) => {
    const guess = guessFraming(frames);
    expect(guess?.agrees).toBe(guess?.of);
    expect(guess?.framing).toMatchObject({
      kind: 'frames',
      ...(framing.start === undefined ? {} : { start: framing.start }),
      ...(framing.end === undefined ? {} : { end: framing.end }),
    });
    const found = guess?.framing.kind === 'frames' ? guess.framing.checksum?.type : undefined;
    expect(found).toBe(framing.checksum?.type);
  });
});

describe('a guess', () => {
  const sure = ['FF 48 02 63 00 65', 'FF 48 01 54 55', 'FF 48 04 53 07 00 53 B1'].map(bytesOfHex);

  it('says how sure it is', () => {
    expect(guessFraming(sure)?.reasons.join('\n')).toMatch(
      /start FF 48: all of 3[^]*of 3 sizes \(sure\)[^]*sum8[^\n]*3 of 3 agree \(likely|sure\)/,
    );
    const one = guessFraming(sure.slice(0, 1));
    expect(one?.reasons.join('\n')).toMatch(/may be chance: paste more frames/);
  });

  it('calls nothing a checksum that some frames lack', () => {
    const frames = [...sure.slice(0, 2), bytesOfHex('FF 48 04 53 07 00 53 B2')];
    expect(guessFraming(frames)?.reasons.join('\n')).toMatch(/checksum: none/);
  });

  it('takes what is known, and leaves out what is said not to be', () => {
    const known = knownParts({
      ...base,
      start: 'ff',
      checksum: 'none',
      end: 'none',
      length: 'guess',
    });
    const guess = typeof known === 'string' ? undefined : guessFraming(sure, known);
    expect(guess?.framing).toMatchObject({ start: 'FF', length: { at: 2, adds: 4 } });
    expect(guess?.framing).not.toHaveProperty('checksum');
  });

  it('counts how many wrong guesses would agree too', () => {
    const guess = guessChecksum(sure, { startBytes: 2, endBytes: 0, behind: 0 });
    expect(guess).toMatchObject({ agrees: 3, spec: { type: 'sum8', from: 2 } });
    expect(guess === undefined ? 1 : chanceOf(guess)).toBeLessThan(1e-3);
  });
});

describe('answers', () => {
  it.each<readonly [string, string | undefined, readonly number[]]>([
    ['AA 01 ff', 'device', [0xaa, 1, 0xff]],
    ['> 0xAA,0x01', 'gateway', [0xaa, 1]],
    ['<AA01', 'device', [0xaa, 1]],
    ['HELLO\\r\\n', 'device', [...Buffer.from('HELLO\r\n')]],
    ['"AA01"', 'device', [...Buffer.from('AA01')]],
    ['\\x02ok\\\\', 'device', [2, ...Buffer.from('ok\\')]],
    ['  ', undefined, []],
  ])('%j', (text, from, bytes) => {
    const sample = parsedSample(text);
    expect(sample?.from).toBe(from);
    expect([...(sample?.bytes ?? [])]).toEqual(bytes);
  });

  it.each<readonly [Partial<Answers>, object | RegExp]>([
    [
      { start: 'aa55', end: '0D 0A' },
      { start: 'AA 55', end: '0D 0A' },
    ],
    [{ length: 'u8 at 2 +4' }, { length: { type: 'u8', at: 2, adds: 4 } }],
    [{ length: 'U16LE at 1 - 2' }, { length: { type: 'u16le', at: 1, adds: -2 } }],
    [
      { checksum: 'crc16-modbus from 0 to -2 at -2 little' },
      { checksum: { type: 'crc16-modbus', from: 0, to: -2, at: -2, order: 'little' } },
    ],
    [
      { checksum: 'none', start: 'guess' },
      { checksum: null, start: undefined },
    ],
    [{ length: 'two bytes' }, /^length: u8/],
    [{ checksum: 'md5 from 0 to 1 at 2' }, /^checksum: a type/],
    [{ start: 'zz' }, /^start: bytes/],
  ])('%j', (given, expected) => {
    const parts = knownParts({ ...base, ...given });
    if (expected instanceof RegExp) expect(parts).toMatch(expected);
    else expect(parts).toMatchObject(expected);
  });

  it('say what is wrong with a file of them', () => {
    expect(parsedAnswers('{', 'a.json')).toMatch(/^a\.json:1:2 /);
    expect(parsedAnswers(JSON.stringify({ ...base, baud: 5 }), 'a.json')).toMatch(/baud must be/);
    expect(parsedAnswers(JSON.stringify({ ...base, prduct: 1 }), 'a.json')).toMatch(/product\?/);
    expect(parsedAnswers(JSON.stringify(base), 'a.json')).toEqual(base);
  });
});

const frames = [
  '> FF FF FF 48 01 51 52',
  '< FF 48 0A D1 01 01 48 07 03 00 00 00 01 30',
  'FF 48 02 63 00 65',
  'FF 48 01 54 55',
  '> FF FF FF 48 04 21 00 00 07 2C',
  '< FF 48 02 A1 00 A3',
];
const exchange = ['> 01 04 00 01 00 02 20 0B', '< 01 04 04 01 31 02 22 2A CE'];
const wires: Readonly<Record<Answers['wire'], Partial<Answers>>> = {
  frames: { samples: frames },
  lines: { samples: ['"T=21.5\\r\\n"', '> "T?\\r\\n"', '"T=22.0\\r\\n"'] },
  modbus: { samples: exchange, registers: ['input 1 i16 temperature 0.1 Cel', 'coil 3 bit pump'] },
};

describe('a first profile', () => {
  const all = families.flatMap((family) =>
    (['lines', 'frames', 'modbus'] as const).map((wire) => ({ family, wire })),
  );

  it.each(all)('$family on $wire passes the check, and its examples hold', ({ family, wire }) => {
    const made = scaffold({ ...base, family, wire, ...wires[wire] }, options);
    if (!made.ok) throw new Error(made.fault);
    const checked = checkedProfile(made.text, 'my-device.yaml');
    if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
    const { results, coverage } = runVectors(checked.value);
    expect(results.length).toBe(made.vectors);
    expect(results.length).toBeGreaterThan(0);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(coverage.missing).toEqual(made.missing);
    expect(made.missing.map(({ why }) => why).join()).toContain('truncated');
  });

  it('sends nothing by itself: what was pasted may open a door', () => {
    const made = scaffold({ ...base, family: 'lock', samples: frames }, options);
    const profile: unknown = parse(made.ok ? made.text : '');
    expect(profile).not.toHaveProperty('bindings.serial.polls');
    expect(profile).toHaveProperty('bindings.serial.commands.send21.0.reply', 'mA1');
  });

  it('holds no card and no pass', () => {
    const lines = scaffold(
      { ...base, family: 'scanner', wire: 'lines', samples: ['SECRET77\\r'] },
      options,
    );
    const bytes = scaffold(
      { ...base, family: 'reader', samples: ['02 06 22 DE AD 03', '02 06 22 BE EF 03'] },
      options,
    );
    expect(lines.ok && bytes.ok).toBe(true);
    expect(JSON.stringify([lines, bytes])).not.toMatch(/SECRET77|53 45 43|DE AD|dead/);
  });

  it.each<readonly [string, Partial<Answers>, RegExp]>([
    ['no example', {}, /at least one example/],
    ['a part that cannot be read', { samples: frames, length: 'long' }, /length: u8/],
    ['a register', { wire: 'modbus', registers: ['holdng 0 u16 x'] }, /holdng 0 u16 x: table/],
  ])('says what it lacks: %s', (_name, given, fault) => {
    const made = scaffold({ ...base, ...given }, options);
    expect(made.ok ? '' : made.fault).toMatch(fault);
  });

  it('names registers after what was asked', () => {
    const made = scaffold({ ...base, wire: 'modbus', samples: exchange }, options);
    const profile = checkedProfile(made.ok ? made.text : '', 'my-device.yaml');
    if (!profile.ok) throw new Error('is good');
    const codec = compileProfile(profile.value, 'modbus', {});
    expect(codec.transport === 'modbus' && codec.reads).toMatchObject([
      { table: 'input', address: 1, count: 2 },
    ]);
  });

  it('keeps comments comments, whatever was pasted', () => {
    const evil = scaffold({ ...base, product: 'X\nkind: Evil', samples: frames }, options);
    expect(evil.ok && (parse(evil.text) as { kind: string }).kind).toBe('DeviceProfile');
  });
});
