import Type from 'typebox';
import { DeviceValue, DeviceValues } from '../device-values.ts';
import { DeviceHealth, LiveFrame } from '../link/live.ts';
import { CommandView, DeviceView, Time } from './views.ts';

/** Devices and profiles as the console sees them. */
const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A value of the model with its words, as the page is drawn from it. */
export const ModelValueView = Type.Object({
  name: Type.String(),
  norm: Nullable(Type.String()),
  title: Name,
  type: Type.Enum(['boolean', 'enum', 'integer', 'number', 'text', 'list']),
  items: Nullable(Type.String()),
  itemsMax: Nullable(Type.Integer()),
  unit: Nullable(Type.String()),
  min: Nullable(Type.Number()),
  max: Nullable(Type.Number()),
  charsMax: Nullable(Type.Integer()),
  default: Nullable(DeviceValue),
  /** Of enums (and booleans with words of their own), in the order of the profile. */
  values: Type.Array(Type.Object({ value: Type.String(), title: Name })),
});
export type ModelValueView = Type.Static<typeof ModelValueView>;

export const ModelCommandView = Type.Object({
  name: Type.String(),
  norm: Nullable(Type.String()),
  title: Name,
  journalClass: Type.String(),
  args: Type.Array(ModelValueView),
  expiresInMs: Type.Integer(),
  /** False: "sent" is the most that the screen may say. */
  confirms: Type.Boolean(),
  /** Moves a door, lock, locker or barrier: the page asks twice. */
  opens: Type.Boolean(),
  mayRun: Type.Boolean(),
});
export type ModelCommandView = Type.Static<typeof ModelCommandView>;

/** `GET /api/console/profiles`: those of the devices that one may see. */
export const ProfileView = Type.Object({
  id: Type.String(),
  version: Type.String(),
  family: Type.String(),
  title: Name,
  vendor: Type.String(),
  product: Type.String(),
  /** The manual with its page; null = invented. */
  source: Nullable(Type.String()),
  transports: Type.Array(Type.String()),
  state: Type.Array(ModelValueView),
  telemetry: Type.Array(ModelValueView),
  events: Type.Array(
    Type.Object({
      name: Type.String(),
      norm: Nullable(Type.String()),
      title: Name,
      fields: Type.Array(ModelValueView),
    }),
  ),
  commands: Type.Array(ModelCommandView),
  vectors: Type.Integer(),
  /** Vectors that name a manual or capture. */
  vectorsFromManual: Type.Integer(),
});
export type ProfileView = Type.Static<typeof ProfileView>;

/** `GET /api/console/devices/:id` */
export const DevicePageView = Type.Object({
  device: DeviceView,
  profile: ProfileView,
  /** The newest reading of each telemetry. */
  latest: Type.Array(Type.Object({ name: Type.String(), value: DeviceValue, at: Time })),
  /** Newest first, at most 20. */
  commands: Type.Array(CommandView),
  /** May look at raw frames and health. */
  mayWatch: Type.Boolean(),
});
export type DevicePageView = Type.Static<typeof DevicePageView>;

/** `GET /api/console/devices/:id/telemetry?from=&to=`: at most 300 points a series. */
export const TelemetryView = Type.Object({
  from: Time,
  to: Time,
  series: Type.Array(
    Type.Object({
      name: Type.String(),
      /** Unix ms of the middle of each stretch; `low` and `high` are its extremes. */
      points: Type.Array(
        Type.Object({
          at: Type.Integer(),
          mean: Type.Number(),
          low: Type.Number(),
          high: Type.Number(),
        }),
      ),
    }),
  ),
});
export type TelemetryView = Type.Static<typeof TelemetryView>;

/** `POST /api/console/devices/:id/commands/:command`; answers with a CommandView. */
export const RunBody = Type.Object({
  args: DeviceValues,
  reason: Type.String({ maxLength: 200 }),
});

/** `GET /api/console/devices/:id/live`: server-sent `event: live`, for `device.watch`. */
export const DeviceLiveView = Type.Object({
  at: Time,
  values: Type.Record(Type.String(), Type.Unknown()),
  health: DeviceHealth,
  frames: Type.Array(LiveFrame),
  dropped: Type.Integer(),
});
export type DeviceLiveView = Type.Static<typeof DeviceLiveView>;
