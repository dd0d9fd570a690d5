import { defaultSettings, Settings } from '@gatehouse/protocols';
import type { SettingsView } from '@gatehouse/protocols';
import Value from 'typebox/value';

const dayMs = 24 * 60 * 60 * 1000;
const keys = 480;
/** What would lapse on each day of the week with seven days: the tail of a holiday. */
const counts = [0, 0, 3, 11, 42, 18, 5];

export type MockSettings = {
  readonly view: () => SettingsView;
  /** Undefined where the body is none. */
  readonly save: (body: unknown) => SettingsView | undefined;
};

export const createMockSettings = (nowMs: () => number): MockSettings => {
  let settings: Settings = defaultSettings;
  const view = (): SettingsView => ({
    settings,
    keys,
    lapsing: counts.map((count, n) => ({
      day: new Date(nowMs() + n * dayMs).toISOString().slice(0, 10),
      count: settings.revalidateDays === defaultSettings.revalidateDays ? count : 0,
    })),
  });
  return {
    view,
    save: (body) => {
      if (!Value.Check(Settings, body)) return undefined;
      settings = body;
      return view();
    },
  };
};
