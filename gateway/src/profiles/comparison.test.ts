import { compileProfile } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { utf8 } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { climateProfile, scannerProfile, turnstileProfile } from '../testing/profiles.ts';
import { createComparison, differencesMax } from './comparison.ts';

const codec = (profile: DeviceProfile) => {
  const [name = ''] = Object.keys(profile.bindings);
  return compileProfile(profile, name, {});
};

const lineProfile = (text: string, end: 'cr' | 'lf' = 'cr'): DeviceProfile => ({
  ...climateProfile,
  model: {
    telemetry: { temperature: { type: 'number', unit: 'Cel' } },
    state: { level: { type: 'number', class: 'audit' } },
  },
  bindings: {
    serial: {
      transport: 'serial',
      line: { baud: 9600 },
      framing: { kind: 'lines', lineBytesMax: 64, halfLineMaxMs: 100, sends: end },
      messages: { reading: { text } },
    },
  },
});

const hear = (from: DeviceProfile, to: DeviceProfile, chunks: readonly string[]) => {
  const comparison = createComparison(codec(from), codec(to));
  chunks.forEach((text, i) =>
    comparison.take({ kind: 'bytes', bytes: utf8(text), monoMs: i * 10 }),
  );
  return comparison.end(1_000);
};

const temperature = lineProfile('T={telemetry.temperature}');
const level = lineProfile('T={state.level}');

/** Chunks; frames, and how many of them differ. */
const rows: readonly (readonly [string, DeviceProfile, readonly string[], number, number])[] = [
  ['the same profile', temperature, ['T=1\rT=2\r'], 2, 0],
  ['bytes in pieces', temperature, ['T=', '1', '\rT=2\r'], 2, 0],
  ['what neither understands', temperature, ['what\r'], 1, 0],
  ['another place for the value', level, ['T=1\r', 'T=2\r'], 2, 2],
  ['nothing at all', level, [], 0, 0],
  ['half a line', level, ['T=1'], 1, 0],
  ['more than is shown', level, Array.from({ length: 30 }, (_, i) => `T=${i}\r`), 30, 30],
];

describe('two versions over the same bytes', () => {
  it.each(rows)('%s', (_, to, chunks, frames, differing) => {
    const got = hear(temperature, to, chunks);
    expect([got.frames, got.differing]).toEqual([frames, differing]);
    expect(got.differences).toHaveLength(Math.min(differing, differencesMax));
  });

  it('says what each makes of a frame', () => {
    const [difference] = hear(temperature, level, ['T=7\r']).differences;
    expect(difference).toEqual({
      hex: '543d37',
      from: '["reading",{"telemetry.temperature":7},[],null]',
      to: '["reading",{"state.level":7},[],null]',
    });
  });

  it('never shows what may be a pass', () => {
    const other: DeviceProfile = {
      ...scannerProfile,
      model: {
        ...scannerProfile.model,
        events: { ...scannerProfile.model.events, other: { class: 'audit', fields: {} } },
      },
      bindings: Object.fromEntries(
        Object.entries(scannerProfile.bindings).map(([name, binding]) => [
          name,
          { ...binding, messages: { other: { text: 'SECRET-{event.x}', emit: 'other' } } },
        ]),
      ),
    };
    const got = hear(scannerProfile, other, ['SECRET-PASS\r']);
    expect(got.differing).toBe(1);
    expect(JSON.stringify(got)).not.toMatch(/PASS|50415353/i);
    expect(got.differences[0]?.hex).toBe('');
  });

  it('of Modbus compares blocks, value by value', () => {
    const [name = ''] = Object.keys(turnstileProfile.bindings);
    const binding = turnstileProfile.bindings[name];
    if (binding?.transport !== 'modbus') throw new Error('a Modbus binding');
    const [first, ...others] = binding.registers;
    if (first === undefined) throw new Error('a register');
    const moved = { ...first, address: 900 };
    const to = {
      ...turnstileProfile,
      bindings: { [name]: { ...binding, registers: [moved, ...others] } },
    };
    const comparison = createComparison(codec(turnstileProfile), codec(to));
    const block = new Array<boolean>(8).fill(false);
    comparison.take({ kind: 'block', table: first.table, address: 0, block });
    const { frames, differing, differences } = comparison.end(0);
    expect([frames, differing]).toEqual([1, 1]);
    expect(differences[0]?.from).toContain(`${first.value} = false`);
    expect(differences[0]?.to).not.toContain(`${first.value} = `);
  });

  it('of different wires compares nothing', () => {
    const comparison = createComparison(codec(temperature), codec(turnstileProfile));
    comparison.take({ kind: 'bytes', bytes: utf8('T=1\r'), monoMs: 0 });
    expect(comparison.end(0)).toEqual({ frames: 0, differing: 0, differences: [] });
  });
});
