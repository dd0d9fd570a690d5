import { valueCharsMax, valueItemsMax } from '@gatehouse/protocols';
import type { DeviceValue, Value } from '@gatehouse/protocols';

type Scalar = Exclude<Value, readonly unknown[]>;

const toldScalar = (value: Scalar): Scalar => {
  // JSON has no infinity: what is no number is not known.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' ? value.slice(0, valueCharsMax) : value;
};

/** A value as events and reports may carry it, whatever the device sent. */
export const toldValue = (value: Value): DeviceValue =>
  typeof value === 'object' && value !== null
    ? value.slice(0, valueItemsMax).map(toldScalar)
    : toldScalar(value);

export const isSameValue = (a: DeviceValue | undefined, b: DeviceValue | undefined): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
    : Object.is(a, b);
