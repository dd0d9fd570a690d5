import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClockSigns } from '../ports.ts';

/** timesyncd asks at least every 34 minutes; a few may fail. */
const timesyncdMaxMs = 3 * 3600 * 1000;
/** A battery clock counts whole seconds; one further off has stood still or is not set. */
const rtcOffMaxMs = 5_000;
/** Of chrony's own bound of its error. */
const chronyErrorMaxMs = 1_000;
const chronyWaitMs = 2_000;
const chronyBytesMax = 8 * 1024;

export type TimeSignsOptions = {
  /** Below `/` on a box; tests bring their own. */
  readonly root: string;
  readonly nowMs: () => number;
  /** What `chronyc -c tracking` prints; rejects where there is no chrony. */
  readonly chronyTracking: () => Promise<string>;
};

/** systemd-timesyncd touches this file each time that it has set the clock (its manual says so). */
const timesyncdHolds = async ({ root, nowMs }: TimeSignsOptions): Promise<boolean> => {
  const file = join(root, 'run/systemd/timesync/synchronized');
  const touched = await stat(file).catch(() => undefined);
  return touched !== undefined && Math.abs(nowMs() - touched.mtimeMs) <= timesyncdMaxMs;
};

/**
 * One line of `chronyc -c tracking`, in the order of its report: reference, name, stratum, time,
 * system offset (4), last offset, rms, frequency, residual, skew, root delay (10), root dispersion
 * (11), interval, leap status (13). The clock is right within |offset| + dispersion + delay / 2.
 */
export const isChronyRight = (line: string): boolean => {
  const fields = line.trim().split(',');
  const [offset, delay, dispersion] = [4, 10, 11].map((at) => Number(fields[at] ?? 'NaN'));
  const leap = fields[13];
  if (leap === undefined || leap === '' || leap === 'Not synchronised') return false;
  const errorS = Math.abs(offset ?? NaN) + (dispersion ?? NaN) + (delay ?? NaN) / 2;
  return errorS * 1000 <= chronyErrorMaxMs;
};

/** A battery clock that is there and agrees: one whose battery is dead starts in another year. */
const hasRtc = async ({ root, nowMs }: TimeSignsOptions): Promise<boolean> => {
  const folder = join(root, 'sys/class/rtc');
  for (const name of await readdir(folder).catch(() => [])) {
    const text = await readFile(join(folder, name, 'since_epoch'), 'utf8').catch(() => '');
    const seconds = Number(text.trim() === '' ? 'NaN' : text.trim());
    if (Math.abs(nowMs() - seconds * 1000) <= rtcOffMaxMs) return true;
  }
  return false;
};

const chronycTracking = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { timeout: chronyWaitMs, maxBuffer: chronyBytesMax };
    execFile('chronyc', ['-c', 'tracking'], options, (error, out) => {
      if (error === null) resolve(out);
      // It is one already; its type only says that it has the fields of one.
      else reject(error instanceof Error ? error : new Error('chronyc failed'));
    });
  });

/** What this machine says about its own clock; nothing where it says nothing. */
export const createTimeSigns = (
  options: Partial<TimeSignsOptions> & Pick<TimeSignsOptions, 'nowMs'>,
): (() => Promise<ClockSigns>) => {
  const from: TimeSignsOptions = { root: '/', chronyTracking: chronycTracking, ...options };
  // Most boxes have no chrony: asked once, and not by a new process every half minute.
  let hasChrony = true;
  const chronyHolds = async (): Promise<boolean> => {
    if (!hasChrony) return false;
    try {
      return isChronyRight(await from.chronyTracking());
    } catch (error) {
      hasChrony = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
      return false;
    }
  };
  return async () => ({
    synchronised: (await timesyncdHolds(from)) || (await chronyHolds()),
    rtc: await hasRtc(from),
  });
};
