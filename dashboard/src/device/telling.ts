import type { DeviceView, ModelValueView, ProfileView } from '@gatehouse/protocols';
import { alarmNorms } from './device-status.ts';
import { valueText } from './value-text.ts';
import type { DeviceValue, ValueWords } from './value-text.ts';

/** What a list shows of a device: the one or two values that a person would ask for. */
export type Telling = {
  readonly name: string;
  readonly text: string;
  readonly isAlarm: boolean;
};

type Candidate = {
  readonly model: ModelValueView;
  readonly value: DeviceValue | undefined;
  readonly of: 'state' | 'telemetry';
};

/** These measure: their readings come before their states. */
const measuring: ReadonlySet<string> = new Set(['environment', 'meter']);
const tellingMax = 2;

const isTold = ({ value }: Candidate): boolean => value !== undefined && value !== null;
const isAlarm = ({ model, value }: Candidate): boolean =>
  value === true && alarmNorms.has(model.norm ?? '');

/** How makers name a value that says nothing: no lamp, no zone. */
const restWords: ReadonlySet<unknown> = new Set(['off', 'none']);

/** A relay that is off, a barrier that nobody breaks: only what is on tells something. */
const isAtRest = ({ model, value }: Candidate): boolean =>
  model.type === 'enum'
    ? restWords.has(value)
    : model.type === 'boolean' && value === false && model.values.length === 0;

const weights: Readonly<Record<ModelValueView['type'], number>> = {
  list: 0,
  enum: 1,
  boolean: 2,
  number: 3,
  integer: 3,
  text: 4,
};

/** A boolean with words of its own is as good as an enum: occupied, paper out. */
const weightOf = ({ type, values }: ModelValueView): number =>
  weights[type === 'boolean' && values.length > 0 ? 'enum' : type];

const candidatesOf = (device: DeviceView, profile: ProfileView): readonly Candidate[] => [
  ...profile.state.map((model) => ({
    model,
    value: device.values[model.name],
    of: 'state' as const,
  })),
  ...profile.telemetry.map((model) => ({
    model,
    value: device.readings?.[model.name],
    of: 'telemetry' as const,
  })),
];

/** Of values of one sort the profile's own order decides: what its author named first. */
const byWeight = (family: string, a: Candidate, b: Candidate): number => {
  const first = measuring.has(family) ? 'telemetry' : 'state';
  const side = Number(a.of !== first) - Number(b.of !== first);
  if (side !== 0) return side;
  return a.of === 'state' ? weightOf(a.model) - weightOf(b.model) : 0;
};

export const alarmsIn = (device: DeviceView, profile: ProfileView | undefined): boolean =>
  profile !== undefined && candidatesOf(device, profile).some(isAlarm);

export const tellingOf = (
  device: DeviceView,
  profile: ProfileView | undefined,
  words: ValueWords,
): readonly Telling[] => {
  if (profile === undefined) return [];
  const told = candidatesOf(device, profile).filter(isTold);
  const alarms = told.filter(isAlarm);
  const others = told
    .filter((each) => !isAlarm(each) && !isAtRest(each))
    .sort((a, b) => byWeight(profile.family, a, b));
  const hasList = others[0]?.model.type === 'list';
  const chosen = [...alarms, ...others].slice(0, hasList ? 1 : tellingMax);
  if (chosen.length === 0 && told.length > 0) {
    return [{ name: '', text: words.t('value.rest'), isAlarm: false }];
  }
  return chosen.map((each) => ({
    name: each.model.title[words.language],
    text: valueText(each.model, each.value, words),
    isAlarm: isAlarm(each),
  }));
};
