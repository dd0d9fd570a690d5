import Type from 'typebox';
import { doorClasses, holdoverMsDefault } from '../policy/rows.ts';
import type { DoorClass } from '../policy/rows.ts';

/** The owner hears of it two days before: with fewer a key would be due when it was just shown. */
export const revalidateDaysMin = 3;
export const revalidateDaysMax = 365;
export const holdoverHoursMax = 30 * 24;
const hourMs = 3600 * 1000;

const Hours = Type.Integer({ minimum: 0, maximum: holdoverHoursMax });

/** `POST /api/console/settings`: what the school sets for all its doors. */
export const Settings = Type.Object({
  /** A phone key that was not seen online for so many days lapses; 0 = never. */
  revalidateDays: Type.Union([
    Type.Literal(0),
    Type.Integer({ minimum: revalidateDaysMin, maximum: revalidateDaysMax }),
  ]),
  /** How long doors of a class take passes without a source of time. */
  holdoverHours: Type.Record(Type.Enum([...doorClasses]), Hours),
});
export type Settings = Type.Static<typeof Settings>;

const hours = Object.fromEntries(
  doorClasses.map((each) => [each, holdoverMsDefault[each] / hourMs]),
);

export const defaultSettings: Settings = {
  revalidateDays: 7,
  // An entry of each class stands in it.
  holdoverHours: hours as Record<DoorClass, number>,
};

/** `GET /api/console/settings` */
export const SettingsView = Type.Object({
  settings: Settings,
  /** Phone keys that live, and how many of them lapse unless they are opened online before. */
  keys: Type.Integer(),
  /** By day of the next week, in the zone of the site; the first is today. */
  lapsing: Type.Array(
    Type.Object({
      day: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }),
      count: Type.Integer(),
    }),
    { maxItems: 14 },
  ),
});
export type SettingsView = Type.Static<typeof SettingsView>;

/** `POST /api/me/keep/challenge`: a nonce for the live key of the card. */
export const KeepChallengeView = Type.Object({
  nonce: Type.String(),
  expiresAt: Type.String({ maxLength: 40 }),
});
export type KeepChallengeView = Type.Static<typeof KeepChallengeView>;

/**
 * `POST /api/me/keep` → `MeView`: a compact JWS, typ `gate-keep+jws`, signed by the enrolled key
 * over `{nonce, credential}`: it proves that the key still lives.
 */
export const KeepBody = Type.Object({ proof: Type.String({ maxLength: 2000 }) });
