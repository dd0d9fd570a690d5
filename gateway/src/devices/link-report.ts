import type { DeviceReport } from '@gatehouse/protocols';
import type { LinkState } from '../drivers/driver.ts';
import type { EventBody } from '../events.ts';
import type { Clock } from '../ports.ts';

/** Whether a device answers, with the event of each change. */
export type LinkReport = {
  readonly become: (state: LinkState, detail: string) => void;
  readonly report: () => DeviceReport;
};

export const createLinkReport = (options: {
  readonly deviceId: string;
  readonly door: string | undefined;
  readonly clock: Clock;
  readonly record: (body: EventBody, agoMs: number) => void;
  readonly onChange: () => void;
}): LinkReport => {
  const { deviceId, door, clock, record } = options;
  const about = { device: deviceId, ...(door === undefined ? {} : { door }) };
  let state: DeviceReport['state'] = 'unknown';
  let since = clock.nowMs();
  return {
    become: (now, detail) => {
      if (now === state) return;
      if (now === 'silent') record({ kind: 'device.lost', ...about, data: { detail } }, 0);
      // The first answer after a start is no recovery.
      else if (state === 'silent') record({ kind: 'device.found', ...about, data: {} }, 0);
      state = now;
      since = clock.nowMs();
      options.onChange();
    },
    report: () => ({ device: deviceId, state, since }),
  };
};
