import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createTimeSigns, isChronyRight } from './time-signs.ts';

const nowMs = Date.UTC(2026, 8, 1, 2);
const made: string[] = [];

afterEach(async () => {
  for (const dir of made.splice(0)) await rm(dir, { recursive: true });
});

type Box = {
  /** When timesyncd last set the clock: milliseconds ago. */
  readonly syncedAgoMs?: number;
  /** What the battery clock says: milliseconds from now. */
  readonly rtcOffMs?: number;
  readonly rtcText?: string;
  readonly chrony?: string;
};

const signsOf = async ({ syncedAgoMs, rtcOffMs, rtcText, chrony }: Box) => {
  const root = await mkdtemp(join(tmpdir(), 'time-signs-'));
  made.push(root);
  const write = async (path: string, text: string): Promise<string> => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  if (syncedAgoMs !== undefined) {
    const file = await write('run/systemd/timesync/synchronized', '');
    const at = (nowMs - syncedAgoMs) / 1000;
    await utimes(file, at, at);
  }
  const rtc =
    rtcText ?? (rtcOffMs === undefined ? '' : `${Math.floor((nowMs + rtcOffMs) / 1000)}\n`);
  if (rtc !== '') await write('sys/class/rtc/rtc0/since_epoch', rtc);
  const chronyTracking = () =>
    chrony === undefined ? Promise.reject(new Error('no chrony')) : Promise.resolve(chrony);
  return createTimeSigns({ root, nowMs: () => nowMs, chronyTracking })();
};

// Fields as chronyc(1) lists them under `tracking`; values of the example there.
const tracking = (change: { leap?: string; offset?: string; dispersion?: string } = {}) =>
  [
    'CB00710F,203.0.113.15,3,1700000000.123456789',
    change.offset ?? '0.000001501',
    '-0.000001632,0.000002360,331.898,0.004,0.154,0.373169',
    change.dispersion ?? '0.024780',
    `64.2,${change.leap ?? 'Normal'}\n`,
  ].join(',');

const hourMs = 3_600_000;

describe('what a machine says about its clock', () => {
  it.each<readonly [string, Box, boolean, boolean]>([
    ['nothing', {}, false, false],
    ['timesyncd, just now', { syncedAgoMs: 60_000 }, true, false],
    ['timesyncd, three hours ago', { syncedAgoMs: 3 * hourMs }, true, false],
    ['timesyncd, long ago', { syncedAgoMs: 3 * hourMs + 1_000 }, false, false],
    ['timesyncd, in the future', { syncedAgoMs: -4 * hourMs }, false, false],
    ['chrony', { chrony: tracking() }, true, false],
    ['chrony without a source', { chrony: tracking({ leap: 'Not synchronised' }) }, false, false],
    ['a battery clock', { rtcOffMs: -1_000 }, false, true],
    ['a battery clock that stood still', { rtcOffMs: -60_000 }, false, false],
    ['a battery clock in local time', { rtcOffMs: 8 * hourMs }, false, false],
    ['a battery clock that cannot be read', { rtcText: 'error\n' }, false, false],
    ['both', { syncedAgoMs: 0, rtcOffMs: 0 }, true, true],
  ])('%s', async (_what, box, synchronised, rtc) => {
    expect(await signsOf(box)).toEqual({ synchronised, rtc });
  });

  it.each([
    [tracking(), true],
    [tracking({ leap: 'Insert second' }), true],
    [tracking({ offset: '-0.9' }), false],
    [tracking({ dispersion: '0.9' }), false],
    ['', false],
    ['506 Cannot talk to daemon', false],
    [tracking().split(',').slice(0, 13).join(','), false],
  ])('chrony: %j is right: %s', (line, expected) => {
    expect(isChronyRight(line)).toBe(expected);
  });

  it('a machine without chrony is asked for it once', async () => {
    let asked = 0;
    const chronyTracking = () => {
      asked += 1;
      return Promise.reject(Object.assign(new Error('spawn chronyc'), { code: 'ENOENT' }));
    };
    const look = createTimeSigns({ root: '/nowhere', nowMs: () => nowMs, chronyTracking });
    await look();
    await look();
    expect(asked).toBe(1);
  });
});
