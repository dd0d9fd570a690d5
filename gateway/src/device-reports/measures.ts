import type { TelemetryEntry, Values } from '@gatehouse/device-profiles';
import type { DeviceValues } from '@gatehouse/protocols';
import { toldValue } from './told-value.ts';

export const reportEveryDefaultMs = 60_000;
/** Of one device, however fast its values move. */
export const measuredEveryMs = 1_000;
/** A value that would be due soon goes along with one that is: one row instead of two. */
const soon = 0.9;

export type Measured = { readonly values: DeviceValues; readonly heardAtMs: number };

export type Measures = {
  readonly hear: (values: Values, monoMs: number) => void;
  readonly tell: (monoMs: number) => Measured | undefined;
  readonly wakeAtMs: () => number | undefined;
};

type Measure = {
  readonly everyMs: number;
  readonly change: number;
  value: number | null;
  heardAtMs: number;
  told: number | null | undefined;
  toldAtMs: number;
  /** Heard since it was told. */
  isNew: boolean;
};

const newMeasure = ({ reportEveryMs, reportChange }: TelemetryEntry): Measure => ({
  everyMs: reportEveryMs ?? reportEveryDefaultMs,
  change: reportChange ?? Infinity,
  value: null,
  heardAtMs: 0,
  told: undefined,
  toldAtMs: -Infinity,
  isNew: false,
});

const hasMoved = ({ value, told, change }: Measure): boolean => {
  if (told === undefined) return true;
  if (value === null || told === null) return value !== told;
  return Math.abs(value - told) >= change;
};

const isDue = (one: Measure, monoMs: number): boolean =>
  one.isNew && (hasMoved(one) || monoMs - one.toldAtMs >= one.everyMs);

/** Thins what a device measures: each value in its time, and where it moved by enough. */
export const createMeasures = (
  telemetry: Readonly<Record<string, TelemetryEntry>> = {},
): Measures => {
  const all = Object.entries(telemetry).map(
    ([name, entry]) => [name, `telemetry.${name}`, newMeasure(entry)] as const,
  );
  let toldAtMs = -Infinity;
  return {
    hear: (values, monoMs) => {
      for (const [, path, one] of all) {
        const heard = values[path];
        if (heard === undefined) continue;
        const value = toldValue(heard);
        one.value = typeof value === 'number' ? value : null;
        one.heardAtMs = monoMs;
        one.isNew = true;
      }
    },
    tell: (monoMs) => {
      if (monoMs < toldAtMs + measuredEveryMs) return undefined;
      if (!all.some(([, , one]) => isDue(one, monoMs))) return undefined;
      const going = all.filter(
        ([, , one]) =>
          isDue(one, monoMs) || (one.isNew && monoMs - one.toldAtMs >= soon * one.everyMs),
      );
      toldAtMs = monoMs;
      for (const [, , one] of going) {
        Object.assign(one, { told: one.value, toldAtMs: monoMs, isNew: false });
      }
      return {
        values: Object.fromEntries(going.map(([name, , { value }]) => [name, value])),
        heardAtMs: Math.max(...going.map(([, , { heardAtMs }]) => heardAtMs)),
      };
    },
    wakeAtMs: () => {
      const times = all
        .filter(([, , { isNew }]) => isNew)
        .map(([, , one]) => (hasMoved(one) ? -Infinity : one.toldAtMs + one.everyMs));
      if (times.length === 0) return undefined;
      return Math.max(toldAtMs + measuredEveryMs, Math.min(...times));
    },
  };
};
