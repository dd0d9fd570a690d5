import type { Reading } from '@gatehouse/device-profiles';
import type { DeviceValues } from '@gatehouse/protocols';
import type { EventBody } from '../events.ts';
import type { DeviceAbout } from './field-devices.ts';
import { createHappenings } from './happenings.ts';
import type { Happening } from './happenings.ts';
import { createMeasures } from './measures.ts';
import { createStates } from './states.ts';

export type Told = {
  /** `agoMs`: how long before now it was heard. */
  readonly events: readonly { readonly body: EventBody; readonly agoMs: number }[];
  /** A state that the report shows is another one. */
  readonly changed: boolean;
  /** Monotonic: call `wake` then. Undefined: nothing waits. */
  readonly wakeAtMs: number | undefined;
};

/** What becomes of the readings of one device: events, and what the report says of it. */
export type Teller = {
  readonly hear: (reading: Reading, monoMs: number) => Told;
  readonly wake: (monoMs: number) => Told;
  readonly states: () => DeviceValues;
};

/** Pure but for what it remembers: time comes in with each call. */
export const createTeller = (about: DeviceAbout): Teller => {
  const { device, door, profile } = about;
  const place = { device, ...(door === undefined ? {} : { door }) };
  const states = createStates(about);
  const measures = createMeasures(profile.model.telemetry);
  const happenings = createHappenings(profile.model.events);

  const told = (monoMs: number, happened: readonly Happening[], changed: boolean): Told => {
    const events: Told['events'][number][] = happened.map((data) => ({
      body: { kind: 'device.reported', ...place, data },
      agoMs: 0,
    }));
    const values = states.tell(monoMs);
    if (values !== undefined) {
      events.push({ body: { kind: 'device.changed', ...place, data: { values } }, agoMs: 0 });
    }
    const measured = measures.tell(monoMs);
    if (measured !== undefined) {
      const data = { values: measured.values };
      const agoMs = monoMs - measured.heardAtMs;
      events.push({ body: { kind: 'device.measured', ...place, data }, agoMs });
    }
    const times = [states, measures, happenings]
      .map(({ wakeAtMs }) => wakeAtMs())
      .filter((time) => time !== undefined);
    return { events, changed, wakeAtMs: times.length === 0 ? undefined : Math.min(...times) };
  };

  return {
    hear: (reading, monoMs) => {
      const changed = states.hear(reading.values);
      measures.hear(reading.values, monoMs);
      return told(monoMs, happenings.hear(reading.events, monoMs), changed);
    },
    wake: (monoMs) => {
      const waited = happenings.tell(monoMs);
      return told(monoMs, waited === undefined ? [] : [waited], false);
    },
    states: states.all,
  };
};
