import { describe, expect, it } from 'vitest';
import { afterLook, afterSigned, noTrust, readTime, signedHoldsMs } from './clock-trust.ts';
import type { ClockFace, ClockTrust } from './clock-trust.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 8, 1, 2);

/** A box: its counter, its wall clock, and what it was told. */
const createBox = () => {
  const trust: ClockTrust = noTrust;
  const box = { monoMs: 0, wallMs: startMs, floorMs: 0, trust };
  const face = (): ClockFace => ({ wallMs: box.wallMs, monoMs: box.monoMs, floorMs: box.floorMs });
  const signs = (synchronised: boolean, rtc: boolean): void => {
    box.trust = afterLook(box.trust, face(), { synchronised, rtc });
  };
  const does: Readonly<Record<string, (n: number) => void>> = {
    ntp: () => {
      signs(true, box.trust.signs.rtc);
    },
    'ntp lost': () => {
      signs(false, box.trust.signs.rtc);
    },
    rtc: () => {
      signs(box.trust.signs.synchronised, true);
    },
    /** Of its counter and its wall clock alike, looked at along the way. */
    hours: (n) => {
      for (let step = 0; step < 10; step += 1) {
        box.monoMs += (n * hourMs) / 10;
        box.wallMs += (n * hourMs) / 10;
        box.trust = afterLook(box.trust, face());
      }
    },
    /** The wall clock alone is set: seconds. */
    set: (n) => {
      box.wallMs += n * 1000;
    },
    /** The cloud signs a time that is the counter's own, off by seconds. */
    signed: (n) => {
      const atMs = startMs + box.monoMs + n * 1000;
      box.trust = afterSigned(box.trust, face(), { atMs, monoMs: box.monoMs });
      box.floorMs = Math.max(box.floorMs, atMs);
    },
    /** It is at least this late: hours after the start. */
    floor: (n) => {
      box.floorMs = startMs + n * hourMs;
    },
  };
  return {
    happens: (what: string) => {
      const [, word = '', n = '0'] = /^(.*?)\s*(-?[\d.]+)?$/.exec(what.trim()) ?? [];
      const run = does[word];
      if (run === undefined) throw new Error(what);
      run(Number(n));
    },
    reading: () => {
      const { quality, unsureMs, offMs } = readTime(box.trust, face());
      const hours = Number.isFinite(unsureMs) ? Math.round(unsureMs / hourMs) : '-';
      return `${quality} ${hours} h, ${Math.round(offMs / 1000)} s off`;
    },
  };
};

// what happened, in order | what is known then: quality, for how long unsure, how far off
const rows = `
  hours 0                                 | untrusted - h, 0 s off
  hours 100                               | untrusted - h, 0 s off
  ntp                                     | trusted 0 h, 0 s off
  ntp, hours 100                          | trusted 0 h, 0 s off
  ntp, ntp lost                           | holdover 0 h, 0 s off
  ntp, ntp lost, hours 30                 | holdover 30 h, 0 s off
  ntp, ntp lost, hours 30, ntp            | trusted 0 h, 0 s off
  signed                                  | trusted 0 h, 0 s off
  signed, hours 12                        | trusted 0 h, 0 s off
  signed, hours 20                        | holdover 8 h, 0 s off
  signed, hours 20, signed                | trusted 0 h, 0 s off
  signed 1                                | trusted 0 h, 0 s off
  signed 3                                | trusted 0 h, -3 s off
  signed -3600                            | trusted 0 h, 3600 s off
  signed, set 3600                        | trusted 0 h, 3600 s off
  signed, set -1                          | trusted 0 h, 0 s off
  signed, set -3600                       | trusted 0 h, -3600 s off
  signed, set 3600, set -3600             | trusted 0 h, 0 s off
  ntp, signed, set 3600                   | trusted 0 h, 3600 s off
  ntp, signed, set 3600, hours 20         | holdover 8 h, 3600 s off
  ntp, set 3600                           | trusted 0 h, 0 s off
  ntp, signed -60, signed                 | trusted 0 h, 0 s off
  rtc                                     | holdover 496730 h, 0 s off
  rtc, floor -5                           | holdover 5 h, 0 s off
  rtc, floor -5, hours 3                  | holdover 8 h, 0 s off
  rtc, floor -5, signed                   | trusted 0 h, 0 s off
  rtc, floor 1                            | untrusted - h, 0 s off
  ntp, floor 1                            | untrusted - h, 0 s off
  ntp, floor 1, hours 1                   | trusted 0 h, 0 s off
  floor 1, signed                         | untrusted - h, 0 s off
`
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => {
    const [happened = '', expected = ''] = line.split('|').map((cell) => cell.trim());
    return { happened, expected };
  });

describe('what a box may believe of its clock', () => {
  it.each(rows)('$happened: $expected', ({ happened, expected }) => {
    const box = createBox();
    for (const what of happened.split(',')) box.happens(what);
    expect(box.reading()).toBe(expected);
  });

  it('signed time goes on by the counter where the wall clock is wrong', () => {
    const anchor = { atMs: startMs, monoMs: 1_000 };
    const face = { wallMs: 0, monoMs: 61_000, floorMs: startMs };
    const trust = afterSigned(noTrust, face, anchor);
    expect(readTime(trust, face).atMs).toBe(startMs + 60_000);
  });

  it('a clock at the limit does not go to and fro', () => {
    const anchor = { atMs: startMs, monoMs: 0 };
    const at = (offMs: number): ClockFace => ({
      wallMs: startMs + offMs,
      monoMs: 0,
      floorMs: 0,
    });
    let trust = afterSigned(noTrust, at(0), anchor);
    const offs = [1_999, 2_001, 1_999, 501, 500, 1_999].map((offMs) => {
      trust = afterLook(trust, at(offMs));
      return readTime(trust, at(offMs)).offMs;
    });
    expect(offs).toEqual([0, 2_001, 1_999, 501, 0, 0]);
  });

  it('12 h of drift stay far below the life of a pass', () => {
    expect(signedHoldsMs * 100e-6).toBeLessThan(5_000);
  });
});
