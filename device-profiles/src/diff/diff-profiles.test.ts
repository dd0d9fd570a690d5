import { describe, expect, it } from 'vitest';
import { checkedProfile } from '../checked-profile.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { allProfiles } from '../testing/profiles.ts';
import { changedLock, sampleLock } from '../testing/sample-lock.ts';
import { isEnough, nextVersion, stepOf } from './change.ts';
import { diffProfiles } from './diff-profiles.ts';

const profileOf = (text: string): DeviceProfile => {
  const checked = checkedProfile(text, 'lock.yaml');
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.value;
};

const vectored = (text: string): string =>
  text.replace(
    'vectors:\n',
    `vectors:
  - { binding: serial, source: sheet p. 3, in: 02 0A 01 21 03 5A 04 D2 A5 03,
      out: { state: { bolt: unlocked, tamper: true, contact: closed },
             telemetry: { battery: 90, voltage: 12.34 } } }
  - { binding: serial, source: sheet p. 4, command: open, args: { ms: 3000 },
      tx: 02 07 01 01 1E 19 03 }
`,
  );

const old = profileOf(vectored(sampleLock));

const lines = (from: string, to: string): readonly string[] => {
  const { changes, demands } = diffProfiles(old, profileOf(vectored(changedLock(from, to))));
  return [demands ?? 'same', ...changes.map((one) => `${one.level} ${one.path} ${one.what}`)];
};

describe('what a change of a profile demands', () => {
  it.each<readonly [string, string, string, string, RegExp]>([
    ['words', 'en: Battery }', 'en: Charge }', 'patch', /telemetry\.battery\.title other words/],
    ['vendor', 'vendor: Sample', 'vendor: Samples', 'patch', /vendor other words/],
    [
      'a constant as hex',
      '- { type: u8, const: 34 }',
      "- { type: hex, const: '22' }",
      'patch',
      /messages\.card fields\.1\.type u8 → hex, fields\.1\.const 34 → 22; \d+ frames read the same/,
    ],
    ['unit', 'unit: V,', 'unit: A,', 'major', /model\.telemetry\.voltage\.unit V → A/],
    ['narrower', 'min: 0, max: 30', 'min: 0, max: 20', 'major', /max 30 → 20: narrower/],
    ['wider', 'min: 0, max: 30', 'min: 0, max: 40', 'minor', /max 30 → 40: wider/],
    [
      'scale',
      'type: u16, scale: 0.01',
      'type: u16, scale: 0.001',
      'major',
      /vectors\.0 telemetry\.voltage 12\.34 → 1\.234 {2}\(sheet p\. 3\)/,
    ],
    [
      'enum turned round',
      '{ 0: locked, 1: unlocked }',
      '{ 0: unlocked, 1: locked }',
      'major',
      /messages\.status .*state\.bolt "locked" → "unlocked"/,
    ],
    [
      'command byte',
      '- { type: u8, const: 1 }',
      '- { type: u8, const: 7 }',
      'major',
      /commands\.open \{\}: 02 07 01 01 1E 19 03 → 02 07 01 07 1E 1F 03/,
    ],
    ['default', 'max: 25500, default: 3000', 'max: 25500, default: 2000', 'major', /default 3000/],
    ['framing', "start: '02'", "start: '04'", 'major', /bindings\.serial\.framing\.start 02 → 04/],
    ['a bound', 'frameBytesMax: 32', 'frameBytesMax: 64', 'minor', /frameBytesMax 32 → 64/],
    [
      'baud',
      'line: { baud: 9600 }\n    framing',
      'line: { baud: 19200 }\n    framing',
      'major',
      /line\.baud/,
    ],
    [
      'plain words of the line',
      'line: { baud: 9600 }\n    framing',
      'line: { baud: 9600, parity: none }\n    framing',
      'same',
      /^same$/,
    ],
    [
      'poll',
      'fields: [{ type: u8, value: params.address }, { type: u8, const: 5 }]\n        reply',
      'fields: [{ type: u8, value: params.address }, { type: u8, const: 9 }]\n        reply',
      'major',
      /asks no longer: 02 06 01 05 02 03[^]*asks also: 02 06 01 09 0E 03/,
    ],
    [
      'a message gone',
      `      busy:
        refuses: busy
        fields: [{ type: u8, value: params.address }, { type: u8, const: 21 }]
`,
      '',
      'major',
      /messages\.busy is gone/,
    ],
    [
      'register',
      'address: 8, type: u16',
      'address: 7, type: u16',
      'major',
      /bindings\.modbus\.registers telemetry\.battery\.address 8 → 7/,
    ],
    [
      'raw number of a register',
      'enum: { 0: locked, 2: unlocked }',
      'enum: { 0: locked, 1: locked, 2: unlocked }',
      'minor',
      /registers state\.bolt\.enum\.1 nothing → locked/,
    ],
    [
      'rhythm',
      'reply: status\n        everyMs: 1000',
      'reply: status\n        everyMs: 2000',
      'minor',
      /every 1000 ms → 2000 ms/,
    ],
    [
      'no end of its own',
      '      endsBy: device\n      confirmBy: { state: bolt, equals: unlocked, withinMs: 1000 }\n',
      '      endsBy: device\n',
      'major',
      /commands\.open\.confirmBy .* → nothing/,
    ],
    ['play', 'telemetry.battery: 90', 'telemetry.battery: 80', 'patch', /simulate differs/],
  ])('%s', (_name, from, to, demands, line) => {
    const [demanded, ...changes] = lines(from, to);
    expect([demanded, changes.join('\n')]).toEqual([
      demands,
      demands === 'same' ? '' : expect.stringMatching(line),
    ]);
  });

  it('finds nothing between a profile and itself', async () => {
    for (const profile of await allProfiles()) {
      const { changes, proof } = diffProfiles(profile, profile);
      expect([profile.id, changes]).toEqual([profile.id, []]);
      expect(proof.same).toBe(proof.run);
    }
  });

  it('counts the old vectors that hold', () => {
    const after = profileOf(vectored(changedLock('type: u16, scale: 0.01', 'type: u16, scale: 1')));
    expect(diffProfiles(old, after).proof).toEqual({ run: 3, same: 2 });
  });
});

describe('version numbers', () => {
  it.each([
    ['1.2.3', '1.2.3', 'none', true, false],
    ['1.2.3', '1.2.4', 'patch', true, false],
    ['1.2.3', '1.3.0', 'minor', true, true],
    ['1.2.3', '2.0.0', 'major', true, true],
    ['1.2.3', '1.1.9', 'back', false, false],
  ] as const)('%s → %s is %s', (from, to, step, forNothing, forMinor) => {
    expect(stepOf(from, to)).toBe(step);
    expect(isEnough(from, to, undefined)).toBe(forNothing);
    expect(isEnough(from, to, 'minor')).toBe(forMinor);
  });

  it('counts from zero below the step', () => {
    expect(nextVersion('1.2.3', 'major')).toBe('2.0.0');
    expect(nextVersion('1.2.3', 'minor')).toBe('1.3.0');
    expect(nextVersion('1.2.3', 'patch')).toBe('1.2.4');
    expect(nextVersion('1.2.3', undefined)).toBe('1.2.3');
  });
});
