import { createFrameDecoder } from '@gatehouse/protocols';
import type { FrameDecoder, Framing } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { makeInput } from './inputs.ts';
import { createRandom } from './random.ts';
import { fuzzTarget } from './runner.ts';
import type { FuzzPorts } from './runner.ts';
import type { FuzzTarget } from './target.ts';
import { frameTarget, fuzzTargets } from './targets.ts';

/** A machine on which nothing takes time unless a decoder says so. */
const quiet: FuzzPorts = { nowUs: () => 0, heapBytes: () => 0, beforeInput: () => undefined };
const options = { seed: 20_260_101, limit: { inputs: 200 } };

const framing: Framing = {
  kind: 'frames',
  start: 'EB',
  bytes: 5,
  checksum: { type: 'xor', from: 0, to: -1, at: -1 },
  frameBytesMax: 16,
  silenceMs: 50,
};
const frames = [{ source: 'Mach Power AC-ATRI-018 manual p. 12', hex: 'EB 01 40 00 AA' }];
const withDecoder = (create: (framing: Framing) => FrameDecoder): FuzzTarget =>
  frameTarget({ device: 'broken', framing, frames }, create);

describe('fuzz', () => {
  it.each(fuzzTargets)('$name holds its laws', (target) => {
    const report = fuzzTarget(target, options, quiet);
    expect(report.failure).toBeUndefined();
    expect(report.inputs).toBe(200);
    expect(report.bytes).toBeGreaterThan(0);
  });

  it('has targets of different names, each refusing something', () => {
    const names = fuzzTargets.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('makes the same inputs from the same seed, others from another', () => {
    const make = (seed: number) => {
      const random = createRandom(seed, 'x');
      return Array.from({ length: 20 }, () => makeInput(random, [Uint8Array.of(1, 2, 3)]));
    };
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
  });
});

describe('fuzz finds', () => {
  it('a decoder that throws', () => {
    const target = withDecoder((sound) => {
      const decoder = createFrameDecoder(sound);
      const push: FrameDecoder['push'] = (chunk, nowMs) => {
        if (chunk.includes(0xff)) throw new RangeError('ff');
        return decoder.push(chunk, nowMs);
      };
      return { ...decoder, push };
    });
    const { failure } = fuzzTarget(target, options, quiet);
    expect(failure?.what).toBe('threw ff');
    expect(failure?.isAlone).toBe(true);
    expect(failure?.hex).toContain('ff');
  });

  it('one that never gives a half frame up', () => {
    const target = withDecoder((sound) => ({
      ...createFrameDecoder({ ...sound, silenceMs: 1e9 } as Framing),
    }));
    expect(fuzzTarget(target, options, quiet).failure?.what).toBe('no recovery');
  });

  it('one that drops bytes without a word', () => {
    const target = withDecoder((sound) => {
      const decoder = createFrameDecoder(sound);
      return {
        ...decoder,
        push: (chunk, nowMs) => decoder.push(chunk, nowMs).filter(({ kind }) => kind === 'frame'),
      };
    });
    expect(fuzzTarget(target, options, quiet).failure?.what).toBe('bytes that nothing tells');
  });

  it('one that works too long, but no pause of the machine', () => {
    let nowUs = 0;
    const slow: FuzzTarget = {
      name: 'slow',
      samples: [],
      create: () => (input) => {
        nowUs += input.bytes.length ** 2 * 100;
        return { faults: [] };
      },
    };
    const ports = { ...quiet, nowUs: () => nowUs };
    expect(fuzzTarget(slow, options, ports).failure?.what).toMatch(/^slow/);
    let looks = 0;
    const paused = { ...quiet, nowUs: () => ((looks += 1) > 2 ? 1e9 : 0) };
    const sound: FuzzTarget = { ...slow, create: () => () => ({ faults: [] }) };
    expect(fuzzTarget(sound, options, paused).failure).toBeUndefined();
  });

  it('one that keeps what it was fed', () => {
    let kept = 0;
    const leaking: FuzzTarget = {
      name: 'leaking',
      samples: [],
      create: () => () => {
        kept += 1024 * 1024;
        return { faults: [] };
      },
    };
    const ports = { ...quiet, heapBytes: () => kept };
    expect(fuzzTarget(leaking, options, ports).failure?.what).toMatch(/^keeps/);
  });
});
