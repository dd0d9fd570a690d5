import { createKeyLineDecoder, createTyping } from '@gatehouse/protocols';
import type { KeyLineOutput } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { noFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { planKeys } from './keystrokes.ts';
import { createRandom } from './random.ts';

const options = { layout: 'us', endKey: 'enter', charsMax: 200, silenceMs: 300 } as const;
const pass = 'GH1:'.padEnd(123, 'aB3+ ');

/** What a gateway makes of it; the time goes on as the pieces say. */
const heard = (text: string, eventBytes: 24 | 16, faults: Partial<Faults>, seed = 1) => {
  const bytes = createTyping({ ...options, eventBytes })(text) ?? new Uint8Array();
  const random = createRandom(seed);
  const pieces = planKeys({ bytes, eventBytes, faults: { ...noFaults, ...faults }, random });
  const decoder = createKeyLineDecoder({ ...options, eventBytes });
  let nowMs = 0;
  const out: KeyLineOutput[] = pieces.flatMap((piece) => {
    nowMs += piece.afterMs;
    return [...decoder.push(piece.bytes, nowMs)];
  });
  return { out: [...out, ...decoder.expire(nowMs + 1_000)], ms: nowMs };
};

describe('typed keys on their way', () => {
  it.each([24, 16] as const)('a pass within half a second, in events of %i bytes', (size) => {
    const { out, ms } = heard(pass, size, {});
    expect(out).toEqual([{ kind: 'line', text: pass }]);
    expect(ms).toBeLessThan(500);
  });

  it('slowly, and never so slowly that it would be half a line', () => {
    expect(heard(pass, 24, { slow: true }).out).toEqual([{ kind: 'line', text: pass }]);
  });

  it('says nothing where it is silent', () => {
    expect(heard('A', 24, { silent: true })).toEqual({ out: [], ms: 0 });
  });

  it.each<[keyof Faults, string]>([
    ['lossy', 'overrun'],
    ['noisy', 'unknown_key'],
    ['truncated', 'half_line'],
  ])('a %s one spoils whole lines (%s) and types no other text', (name, fault) => {
    const outs = Array.from({ length: 60 }, (_, seed) =>
      heard('Door 7', 24, { [name]: true }, seed),
    ).flatMap(({ out }) => out);
    const lines = outs.flatMap((one) => (one.kind === 'line' ? [one.text] : []));
    expect(new Set(lines)).toEqual(new Set(['Door 7']));
    const faults = outs.flatMap((one) => (one.kind === 'fault' ? [one.fault] : []));
    expect(faults).toContain(fault);
    expect(lines.length).toBeGreaterThan(20);
  });
});
