import Type from 'typebox';
import { DeviceValue, DeviceValues } from '../device-values.ts';
import { ProfileView } from './device-views.ts';
import { Time } from './views.ts';

/**
 * Custom profiles as the console sees them. Reading needs `profile.read`, changing `profile.write`.
 * `GET /api/console/profiles` (device-views.ts) stays as it is: the words of devices, for whoever
 * may see devices.
 */
const Name = Type.Object({ zh: Type.String(), en: Type.String() });
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** UTF-8 bytes of one profile. */
export const profileBytesMax = 256 * 1024;
export const profileNoteCharsMax = 500;
const Version = Type.String({ maxLength: 20, pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' });

/** `live`: what gateways run. `shadow`: compared beside it, moves nothing. `retired`: was live. */
export const profileStates = ['draft', 'shadow', 'live', 'retired'] as const;
export type ProfileState = (typeof profileStates)[number];
const State = Type.Enum([...profileStates]);

/** What a version is carried to gateways for. */
export const profileModes = ['live', 'shadow'] as const;
export type ProfileMode = (typeof profileModes)[number];

/** Of a list: `builtIn` ships with the product; an override is custom with a built-in's id. */
export const profileOrigins = ['builtIn', 'custom', 'override'] as const;

const VectorCounts = Type.Object({
  count: Type.Integer(),
  /** Those that name a manual or a capture, and those of nobody but us. */
  fromManual: Type.Integer(),
  invented: Type.Integer(),
  failed: Type.Integer(),
});
const CoverageCounts = Type.Object({ needed: Type.Integer(), covered: Type.Integer() });

/** One gateway with devices of the profile, and what they run. */
export const ProfileRunView = Type.Object({
  gateway: Type.String(),
  gatewayName: Name,
  /** False while it is silent: what follows is old. */
  fresh: Type.Boolean(),
  devices: Type.Integer(),
  /** What these devices run by their last report; null where they never said. */
  version: Nullable(Type.String()),
});
export type ProfileRunView = Type.Static<typeof ProfileRunView>;

/** `GET /api/console/profile-list`: every profile once, drafts without a live version too. */
export const ProfileListItem = Type.Object({
  id: Type.String(),
  origin: Type.Enum([...profileOrigins]),
  /** Of the version that devices are to run: live, else built in, else the newest draft. */
  state: State,
  version: Type.String(),
  /** A version that waits: the newest draft above the live one; null = none. */
  draft: Nullable(Type.String()),
  shadow: Nullable(Type.String()),
  family: Type.String(),
  title: Name,
  vendor: Type.String(),
  product: Type.String(),
  /** The manual with its page; null = invented. */
  source: Nullable(Type.String()),
  vectors: VectorCounts,
  coverage: CoverageCounts,
  devices: Type.Integer(),
  running: Type.Array(ProfileRunView),
});
export type ProfileListItem = Type.Static<typeof ProfileListItem>;

export const ProfileVersionView = Type.Object({
  version: Type.String(),
  state: State,
  /** Built-in ones have neither author nor times. */
  origin: Type.Enum(['builtIn', 'custom']),
  sha256: Nullable(Type.String()),
  author: Nullable(Type.Object({ id: Type.String(), name: Name })),
  createdAt: Nullable(Time),
  publishedAt: Nullable(Time),
  publishedBy: Nullable(Type.Object({ id: Type.String(), name: Name })),
  /** What was said when it was published. */
  note: Type.String(),
});
export type ProfileVersionView = Type.Static<typeof ProfileVersionView>;

/** Where one decoding differs; never of frames that may hold a pass, card or PIN. */
export const ShadowDifference = Type.Object({
  /** The frame as hexadecimal digits, of Modbus table, address and words; empty = not shown. */
  hex: Type.String(),
  /** What the running version says, and what the new one would say. */
  from: Type.String(),
  to: Type.String(),
});
export type ShadowDifference = Type.Static<typeof ShadowDifference>;

/** What a device's frames mean to both versions. */
export const ShadowReportView = Type.Object({
  device: Type.String(),
  deviceName: Name,
  gateway: Type.String(),
  from: Type.String(),
  to: Type.String(),
  at: Time,
  frames: Type.Integer(),
  differing: Type.Integer(),
  /** At most ten. */
  differences: Type.Array(ShadowDifference),
});
export type ShadowReportView = Type.Static<typeof ShadowReportView>;

/** What became of a version on a gateway: swapped, refused, rolled back. */
export const ProfileHappeningView = Type.Object({
  /** Event id and kind: `profile.swapped`, `profile.refused`, `profile.rolled_back`. */
  event: Type.String(),
  kind: Type.String(),
  at: Time,
  gateway: Type.String(),
  gatewayName: Name,
  device: Nullable(Type.String()),
  from: Nullable(Type.String()),
  to: Type.String(),
  /** How long the exchange took; null where there was none. */
  tookMs: Nullable(Type.Number()),
  why: Type.String(),
});
export type ProfileHappeningView = Type.Static<typeof ProfileHappeningView>;

/** `GET /api/console/profiles/:id/page?version=`; left out = the version of the list. */
export const ProfilePageView = Type.Object({
  item: ProfileListItem,
  /** The version that is shown, as a device page is drawn from it. */
  profile: ProfileView,
  shown: ProfileVersionView,
  /** YAML of the shown version; of built-in ones too: the start of an own version. */
  text: Type.String(),
  /** Wires with what the decoder needs to know, for "send frame → decoded value". */
  bindings: Type.Array(
    Type.Object({
      name: Type.String(),
      transport: Type.String(),
      /** Lines of text may be typed as text; all else as hexadecimal. */
      isText: Type.Boolean(),
    }),
  ),
  /** Parameters of a device with a value that fits: prefill `params` with them. */
  params: DeviceValues,
  /** Newest first. */
  versions: Type.Array(ProfileVersionView),
  devices: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Name,
      gateway: Type.String(),
      gatewayName: Name,
      version: Nullable(Type.String()),
    }),
  ),
  /** The last one of each device, newest first, at most 50. */
  shadows: Type.Array(ShadowReportView),
  /** Newest first, at most 20. */
  happenings: Type.Array(ProfileHappeningView),
  mayWrite: Type.Boolean(),
  /** The version that one click brings back; null = there is none. */
  back: Nullable(Type.String()),
});
export type ProfilePageView = Type.Static<typeof ProfilePageView>;

/** One thing wrong with a file; lines and columns from 1. */
export const ProfileFaultView = Type.Object({
  line: Type.Integer(),
  column: Type.Integer(),
  /** `bindings.serial.messages.status`; empty = the whole file. */
  path: Type.String(),
  message: Type.String(),
  /** How to mend it, where more can be said than what is wrong; else empty. */
  hint: Type.String(),
});
export type ProfileFaultView = Type.Static<typeof ProfileFaultView>;

/** `GET /api/console/profiles/:id/vectors?version=`: run while one waits. */
export const VectorsView = Type.Object({
  id: Type.String(),
  version: Type.String(),
  results: Type.Array(
    Type.Object({
      /** Its place in the file's list. */
      index: Type.Integer(),
      binding: Type.String(),
      /** Document and page; `invented`, `capture …`, `session`. */
      source: Type.String(),
      title: Type.String(),
      ok: Type.Boolean(),
      /** Where it failed: what the vector says, and what came out. */
      expected: Nullable(Type.String()),
      got: Nullable(Type.String()),
    }),
  ),
  coverage: Type.Object({
    ...CoverageCounts.properties,
    missing: Type.Array(Type.Object({ path: Type.String(), why: Type.String() })),
  }),
  tookMs: Type.Number(),
});
export type VectorsView = Type.Static<typeof VectorsView>;

/** `POST /api/console/profiles`. `save: false` only checks, as an editor does while one types. */
export const ProfileBody = Type.Object({
  text: Type.String({ maxLength: profileBytesMax }),
  save: Type.Boolean(),
});
/** 200 either way: with faults nothing was saved. */
export const ProfileCheckedView = Type.Object({
  saved: Type.Boolean(),
  /** Empty where the file is sound. */
  faults: Type.Array(ProfileFaultView),
  /** Of a sound file. */
  id: Nullable(Type.String()),
  version: Nullable(Type.String()),
  vectors: Nullable(VectorsView),
  /** Why it could not be published as it is now; empty = it could. */
  refusals: Type.Array(Type.Object({ code: Type.String(), text: Name, detail: Type.String() })),
  /** What it changes of the version that runs, strongest first; left out where none runs. */
  diff: Type.Optional(
    Type.Object({
      from: Type.String(),
      /** The least version that these changes demand. */
      atLeast: Type.String(),
      changes: Type.Array(
        Type.Object({
          level: Type.Enum(['major', 'minor', 'patch']),
          path: Type.String(),
          what: Type.String(),
        }),
      ),
    }),
  ),
});
export type ProfileCheckedView = Type.Static<typeof ProfileCheckedView>;

/** `POST /api/console/profiles/:id/versions/:version/publish` */
export const PublishBody = Type.Object({
  note: Type.String({ minLength: 1, maxLength: profileNoteCharsMax }),
  mode: Type.Enum([...profileModes]),
});
/** Also of `POST /api/console/profiles/:id/back` (body `{}`). 200 either way. */
export const PublishedView = Type.Object({
  published: Type.Boolean(),
  /** What is live now; null = the built-in one, or none. */
  live: Nullable(Type.String()),
  /** Why nothing changed; empty where it did. */
  refusals: ProfileCheckedView.properties.refusals,
});
export type PublishedView = Type.Static<typeof PublishedView>;

const decodeCharsMax = 8192;

/**
 * `POST /api/console/profiles/:id/decode`. One of: `hex` or `text` (what the device sent; on Modbus
 * the reply, with `asked` the request, both RTU frames with CRC), or `command` with `args`.
 */
export const DecodeBody = Type.Object({
  version: Type.Optional(Version),
  binding: Type.String({ maxLength: 40 }),
  params: DeviceValues,
  hex: Type.Optional(Type.String({ maxLength: decodeCharsMax })),
  text: Type.Optional(Type.String({ maxLength: decodeCharsMax / 2 })),
  asked: Type.Optional(Type.String({ maxLength: decodeCharsMax })),
  command: Type.Optional(Type.String({ pattern: '^[a-z][a-zA-Z0-9]{0,39}$' })),
  args: Type.Optional(DeviceValues),
});
export type DecodeBody = Type.Static<typeof DecodeBody>;

export const DecodeView = Type.Object({
  version: Type.String(),
  /** Of received bytes, in their order: messages, and what could not be one. */
  frames: Type.Array(
    Type.Object({
      hex: Type.String(),
      /** Its name in the profile; null = none fits, see `fault`. */
      message: Nullable(Type.String()),
      /** By path: `state.contact`, `telemetry.voltage`. */
      values: Type.Record(Type.String(), DeviceValue),
      events: Type.Array(Type.Object({ event: Type.String(), fields: DeviceValues })),
      /** The device says no, and this is its code. */
      refuses: Nullable(Type.String()),
      /** Sent back at once, as hexadecimal. */
      answer: Nullable(Type.String()),
      fault: Nullable(Type.String()),
    }),
  ),
  /** Of a command, in the order in which it goes out. */
  sends: Type.Array(Type.Object({ hex: Type.String(), reply: Nullable(Type.String()) })),
  /** Why nothing came of it at all: a code, where, and in words. */
  fault: Nullable(Type.Object({ code: Type.String(), at: Type.String(), text: Name })),
});
export type DecodeView = Type.Static<typeof DecodeView>;
