import type { DeviceReport } from '@gatehouse/protocols';
import type { EventBody } from '../events.ts';
import type { Cancel, Clock, Log } from '../ports.ts';
import type { DeviceAbout, FieldDevices } from './field-devices.ts';
import { createTeller } from './teller.ts';
import type { Teller, Told } from './teller.ts';

/** Of all values in one report: its message has a bound, and doors stand in it too. */
export const reportValuesCharsMax = 512 * 1024;

export type DeviceReportsOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly devices: Pick<FieldDevices, 'onReading' | 'values'>;
  readonly abouts: readonly DeviceAbout[];
  /** @param agoMs how long before now it happened */
  readonly record: (body: EventBody, agoMs: number) => void;
  /** Something that a report shows has changed. */
  readonly onChange: () => void;
};

export type DeviceReports = {
  /** The same reports, with profile and states. */
  readonly withValues: (reports: readonly DeviceReport[]) => DeviceReport[];
  /** Another version of its profile drives the device, or it has its first. */
  readonly replace: (about: DeviceAbout) => void;
  readonly stop: () => void;
};

type Held = {
  readonly about: DeviceAbout;
  readonly teller: Teller;
  wakeAtMs: number | undefined;
  cancel: Cancel;
};

/** Tells the cloud of every device what its profile says is worth telling. */
export const createDeviceReports = (options: DeviceReportsOptions): DeviceReports => {
  const { clock } = options;
  let stopped = false;
  const held = new Map<string, Held>(options.abouts.map((about) => [about.device, newHeld(about)]));

  const take = (one: Held, { events, changed, wakeAtMs }: Told): void => {
    for (const { body, agoMs } of events) options.record(body, agoMs);
    if (changed) options.onChange();
    // Most readings change nothing: their timer stays as it is.
    if (wakeAtMs === one.wakeAtMs) return;
    one.cancel();
    one.wakeAtMs = wakeAtMs;
    if (wakeAtMs === undefined) return;
    one.cancel = clock.after(Math.max(0, wakeAtMs - clock.monoMs()), () => {
      one.wakeAtMs = undefined;
      take(one, one.teller.wake(clock.monoMs()));
    });
  };

  options.devices.onReading((device, reading) => {
    const one = held.get(device);
    if (one !== undefined && !stopped) take(one, one.teller.hear(reading, clock.monoMs()));
  });

  return {
    replace: (about) => {
      held.get(about.device)?.cancel();
      const one = newHeld(about);
      held.set(about.device, one);
      // What is known of the device already is no change.
      const values = options.devices.values(about.device);
      if (!stopped) take(one, one.teller.hear({ values, events: [] }, clock.monoMs()));
      options.onChange();
    },
    withValues: (reports) => withValues(held, reports, options.log),
    stop: () => {
      stopped = true;
      for (const { cancel } of held.values()) cancel();
    },
  };
};

const newHeld = (about: DeviceAbout): Held => ({
  about,
  teller: createTeller(about),
  wakeAtMs: undefined,
  cancel: () => undefined,
});

const withValues = (
  held: ReadonlyMap<string, Held>,
  reports: readonly DeviceReport[],
  log: Log,
): DeviceReport[] => {
  let chars = 0;
  let left = 0;
  const full = reports.map((report) => {
    const one = held.get(report.device);
    if (one === undefined) return report;
    const { id, profile: version } = one.about.profile;
    const named = { ...report, profile: `${id}@${version}` };
    // What it said before is not what is: nothing is known of a silent device.
    const values = report.state === 'silent' ? {} : one.teller.states();
    const more = JSON.stringify(values).length;
    if (chars + more > reportValuesCharsMax) {
      left += 1;
      return named;
    }
    chars += more;
    return { ...named, values };
  });
  if (left > 0) log.warn('report.values_left_out', { devices: left });
  return full;
};
