import type { ConditionView, DeviceView } from '@gatehouse/protocols';
import { conditionRow } from '../event/condition-words.ts';

/** How a device is, in the one word and shape that every screen uses; the gravest first. */
export const deviceStatuses = ['alarm', 'attention', 'silent', 'unknown', 'old', 'online'] as const;
export type DeviceStatus = (typeof deviceStatuses)[number];

export type StatusedDevice = {
  readonly device: DeviceView;
  readonly status: DeviceStatus;
  readonly conditions: readonly ConditionView[];
};

/** Names of states that are an alarm while they are true (the shared vocabulary). */
export const alarmNorms: ReadonlySet<string> = new Set(['door.fire', 'door.tamper']);

/** The device that a condition is about; undefined where it is about something else. */
export const deviceOfCondition = ({ code, subject }: ConditionView): string | undefined =>
  conditionRow(code)?.of === 'device' ? subject : undefined;

/** Since when it is so, as far as anybody knows: ISO 8601, or null. */
export const sinceOf = ({ device, status, conditions }: StatusedDevice): string | null => {
  if (status === 'old') return null;
  if (status !== 'alarm' && status !== 'attention') return device.since;
  return conditions.map(({ since }) => since).sort()[0] ?? null;
};

type Seen = {
  readonly device: Pick<DeviceView, 'state' | 'fresh'>;
  readonly conditions: readonly Pick<ConditionView, 'severity'>[];
  /** One of the alarm states of its profile is true. */
  readonly alarms: boolean;
};

/** The first row that fits. What a silent gateway told last is no state, only old. */
const rows: readonly {
  readonly status: DeviceStatus;
  readonly fits: (seen: Seen) => boolean;
}[] = [
  { status: 'old', fits: ({ device }) => !device.fresh },
  {
    status: 'alarm',
    fits: ({ alarms, conditions }) =>
      alarms || conditions.some(({ severity }) => severity === 'alarm'),
  },
  { status: 'silent', fits: ({ device }) => device.state === 'silent' },
  { status: 'unknown', fits: ({ device }) => device.state === 'unknown' },
  { status: 'attention', fits: ({ conditions }) => conditions.length > 0 },
  { status: 'online', fits: () => true },
];

export const deviceStatusOf = (seen: Seen): DeviceStatus =>
  rows.find(({ fits }) => fits(seen))?.status ?? 'unknown';
