import Type from 'typebox';
import { DeviceValues, ValueName } from './device-values.ts';
import { Cursor, Id, Seq, type Stream } from './ids.ts';
import type { Text } from './text.ts';
import { At, ClockStamp } from './time.ts';

export const journalClasses = ['door', 'audit', 'money', 'telemetry'] as const;
export type JournalClass = (typeof journalClasses)[number];

const Side = Type.Union([Type.Literal('entry'), Type.Literal('exit')]);
export type Side = Type.Static<typeof Side>;
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{0,59}$' });
const Uuid = Type.String({ maxLength: 36 });
const PolicyStamp = Type.Object({ epoch: Cursor, version: Cursor, ageMs: Cursor });

/** On whose word a decision rests: this gateway alone, its claim group, or alone while cut off. */
export const bases = ['local', 'group', 'island'] as const;

/** What was presented: the phone's pass, a card's or wristband's UID, or a PIN. */
export const presentedKinds = ['pass', 'uid', 'pin'] as const;
export type PresentedKind = (typeof presentedKinds)[number];

/** What the decision was about. `person` and `card` are there when the credential was known. */
export const Decision = Type.Object({
  reason: Code,
  side: Side,
  reader: Id,
  basis: Type.Enum([...bases]),
  policy: PolicyStamp,
  by: Type.Optional(Type.Enum([...presentedKinds])),
  /** The last four digits of a UID that is of no card; of a known one only the card is told. */
  uidEnd: Type.Optional(Type.String({ pattern: '^[0-9A-F]{4}$' })),
  credential: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
  counter: Type.Optional(Cursor),
  card: Type.Optional(Uuid),
  person: Type.Optional(Uuid),
  audience: Type.Optional(Type.String({ maxLength: 130 })),
  duress: Type.Optional(Type.Boolean()),
  /** Under which the authority of the group was asked, whether it answered or not. */
  claimId: Type.Optional(Uuid),
  /** The authority was silent or did not know: another island may have let it in too. */
  provisional: Type.Optional(Type.Literal(true)),
  /** Of a pass with a wrong time: how far that is ahead of the gateway's; negative = behind. */
  phoneOffMs: Type.Optional(Type.Integer()),
  /** Scans that this reader folded since its last row: a held phone, a stream of nonsense. */
  repeats: Type.Optional(Cursor),
});
export type Decision = Type.Static<typeof Decision>;

/** The cause of an unlock or passage: an event id or a command id. */
const Cause = Type.String({ maxLength: 120 });
const Command = Type.Object({
  command: Uuid,
  action: Code,
  actor: Type.Optional(Uuid),
  /** Of `run`: the command's name in the device's profile. */
  run: Type.Optional(ValueName),
});
const ConditionRef = Type.Object({
  code: Code,
  subject: Id,
  detail: Type.String({ maxLength: 200 }),
});
const Passage = Type.Object({
  cause: Type.Optional(Cause),
  side: Type.Optional(Side),
  person: Type.Optional(Uuid),
});
const Nothing = Type.Object({});
const ProfileVersion = Type.String({ maxLength: 20 });
const ProfileChange = { profile: Id, from: ProfileVersion, to: ProfileVersion };
/** `to` is what was refused; the texts are for people. */
const ProfileFailure = {
  profile: Id,
  to: ProfileVersion,
  why: Type.String({ maxLength: 300 }),
};

/** What a screen, which knows names and language, fills into a sentence. */
export const sentenceNames = [
  'person',
  'by',
  'side',
  'door',
  'gateway',
  'device',
  'reason',
  'next',
  'action',
  'condition',
  'subject',
] as const;

export type EventRow = {
  readonly journalClass: JournalClass;
  readonly stream: Stream;
  readonly data: Type.TSchema;
  /** Who did what where; holds `sentenceNames` in braces. */
  readonly sentence: Text;
  /** The console roles that may see it; empty = everybody who may see the door. */
  readonly seenBy: readonly ('guard' | 'facility' | 'admin')[];
};

/** Every kind of event; readers store and show kinds that they do not know. */
export const eventKinds = {
  'gateway.started': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ version: Type.String(), clean: Type.Boolean() }),
    sentence: { zh: '{gateway} 启动', en: '{gateway} started' },
  },
  'gateway.stopped': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{gateway} 停止', en: '{gateway} stopped' },
  },
  'clock.stepped': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ byMs: Type.Integer() }),
    sentence: { zh: '{gateway} 的时间被校正', en: 'The clock of {gateway} was set' },
  },
  'policy.applied': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ epoch: Cursor, version: Cursor, how: Code }),
    sentence: { zh: '{gateway} 启用了新的门禁规则', en: '{gateway} applied new door rules' },
  },
  'device.lost': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ detail: Type.String({ maxLength: 200 }) }),
    sentence: { zh: '{door} 的设备 {device} 失联', en: 'Device {device} of {door} was lost' },
  },
  'device.found': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 的设备 {device} 恢复', en: 'Device {device} of {door} is back' },
  },
  'device.changed': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ values: DeviceValues }),
    sentence: { zh: '{device} 状态改变', en: '{device} changed its state' },
  },
  'device.reported': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({
      event: ValueName,
      fields: DeviceValues,
      /** Of the same name since its last row: a device that cannot stop. */
      repeats: Type.Optional(Cursor),
    }),
    sentence: { zh: '{device} 报告了一件事', en: '{device} reported something' },
  },
  'device.measured': {
    journalClass: 'telemetry',
    stream: 'telemetry',
    seenBy: [],
    data: Type.Object({ values: DeviceValues }),
    sentence: { zh: '{device} 的读数', en: 'Readings of {device}' },
  },
  'profile.swapped': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: ['facility', 'admin'],
    data: Type.Object({ ...ProfileChange, tookMs: Type.Number() }),
    sentence: {
      zh: '{device} 换用了新版设备档案',
      en: '{device} runs a new version of its profile',
    },
  },
  'profile.shadowed': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: ['facility', 'admin'],
    data: Type.Object({
      ...ProfileChange,
      frames: Cursor,
      /** Frames that the two versions read differently. */
      differing: Cursor,
      /** Never of what may hold a pass, card or PIN. */
      differences: Type.Array(
        Type.Object({
          hex: Type.String({ maxLength: 256 }),
          from: Type.String({ maxLength: 300 }),
          to: Type.String({ maxLength: 300 }),
        }),
        { maxItems: 10 },
      ),
    }),
    sentence: {
      zh: '{device} 的新版设备档案已试读对比',
      en: 'A new profile version was compared at {device}',
    },
  },
  'profile.refused': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: ['facility', 'admin'],
    data: Type.Object(ProfileFailure),
    sentence: {
      zh: '{gateway} 拒绝了一个设备档案版本',
      en: '{gateway} refused a version of a device profile',
    },
  },
  'profile.rolled_back': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: ['facility', 'admin'],
    data: Type.Object({ ...ProfileFailure, from: ProfileVersion }),
    sentence: {
      zh: '{device} 自动退回了原来的设备档案',
      en: '{device} went back to its former profile by itself',
    },
  },
  'access.granted': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Decision,
    sentence: {
      zh: '{person} {by}{side} {door} · {reason}',
      en: '{person} {by} {side} at {door} · {reason}',
    },
  },
  'access.denied': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Decision,
    sentence: {
      zh: '{person} {by}{side} {door} · 拒绝：{reason} — {next}',
      en: '{person} {by} {side} at {door} · refused: {reason} — {next}',
    },
  },
  'access.taken': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Passage,
    sentence: { zh: '{person} 通过 {door}', en: '{person} went through {door}' },
  },
  'access.not_taken': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Passage,
    sentence: { zh: '{person} 未通过 {door}', en: '{person} did not go through {door}' },
  },
  'door.opened': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Passage,
    sentence: { zh: '{door} 打开', en: '{door} opened' },
  },
  'door.closed': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 关闭', en: '{door} closed' },
  },
  'door.forced': {
    journalClass: 'door',
    stream: 'urgent',
    seenBy: [],
    data: Passage,
    sentence: {
      zh: '{door} 被强行通过',
      en: '{door} was forced: somebody passed without a grant',
    },
  },
  'door.held_warned': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 开门过久', en: '{door} is open for long' },
  },
  'door.held': {
    journalClass: 'door',
    stream: 'urgent',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 开门超时', en: '{door} is held open' },
  },
  'door.mode_changed': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ mode: Code, cause: Type.Optional(Cause) }),
    sentence: { zh: '{door} 模式改变', en: '{door} changed its mode' },
  },
  'door.relocked': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ outputs: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 16 }) }),
    sentence: {
      zh: '网关启动时把 {door} 重新上锁',
      en: '{door} was locked again when the gateway started',
    },
  },
  'exit.requested': {
    journalClass: 'door',
    stream: 'main',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 按下出门按钮', en: 'The exit button of {door} was pressed' },
  },
  'reader.tampered': {
    journalClass: 'door',
    stream: 'urgent',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{door} 的读头被拆动', en: 'The reader of {door} was tampered with' },
  },
  'command.accepted': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Command,
    sentence: {
      zh: '{person} 要求远程{action} {door}',
      en: '{person} asked to {action} {door} from afar',
    },
  },
  'command.sent': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Command,
    sentence: { zh: '{action}命令已下发到 {door}', en: 'Sent to {door}: {action}' },
  },
  'command.confirmed': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Command,
    sentence: {
      zh: '{door} 确认：{person} 远程{action}',
      en: '{door} confirmed: {action} by {person}',
    },
  },
  'command.expired': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Command,
    sentence: {
      zh: '对 {door} 的{action}命令已过期',
      en: 'The command to {action} {door} expired',
    },
  },
  'command.failed': {
    journalClass: 'audit',
    stream: 'main',
    seenBy: [],
    data: Type.Object({ ...Command.properties, reason: Code }),
    sentence: {
      zh: '对 {door} 的远程{action}没有成功',
      en: 'The command to {action} {door} did not succeed',
    },
  },
  'condition.raised': {
    journalClass: 'audit',
    stream: 'urgent',
    seenBy: [],
    data: ConditionRef,
    sentence: { zh: '{condition}（{subject}）', en: '{condition} ({subject})' },
  },
  'condition.cleared': {
    journalClass: 'audit',
    stream: 'urgent',
    seenBy: [],
    data: ConditionRef,
    sentence: { zh: '已恢复：{condition}（{subject}）', en: 'Over: {condition} ({subject})' },
  },
  'presence.entered': {
    journalClass: 'telemetry',
    stream: 'telemetry',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{person} 进入范围', en: '{person} came into range' },
  },
  'presence.left': {
    journalClass: 'telemetry',
    stream: 'telemetry',
    seenBy: [],
    data: Nothing,
    sentence: { zh: '{person} 离开范围', en: '{person} left the range' },
  },
  'sale.started': {
    journalClass: 'money',
    stream: 'main',
    seenBy: ['admin'],
    data: Nothing,
    sentence: { zh: '{device} 开始一笔消费', en: 'A sale began at {device}' },
  },
  'sale.approved': {
    journalClass: 'money',
    stream: 'main',
    seenBy: ['admin'],
    data: Nothing,
    sentence: { zh: '{device} 消费成功', en: 'A sale was approved at {device}' },
  },
  'sale.declined': {
    journalClass: 'money',
    stream: 'main',
    seenBy: ['admin'],
    data: Nothing,
    sentence: { zh: '{device} 消费被拒', en: 'A sale was declined at {device}' },
  },
  'sale.voided': {
    journalClass: 'money',
    stream: 'main',
    seenBy: ['admin'],
    data: Nothing,
    sentence: { zh: '{device} 消费撤销', en: 'A sale was voided at {device}' },
  },
  'sale.refunded': {
    journalClass: 'money',
    stream: 'main',
    seenBy: ['admin'],
    data: Nothing,
    sentence: { zh: '{device} 退款', en: 'A sale was refunded at {device}' },
  },
} as const satisfies Readonly<Record<string, EventRow>>;

export type EventKind = keyof typeof eventKinds;
export type EventData<K extends EventKind> = Type.Static<(typeof eventKinds)[K]['data']>;

/** An event as the edge hands it to its journal: no sequence yet, that comes with the commit. */
export type NewEvent = {
  [K in EventKind]: {
    readonly kind: K;
    readonly at: number;
    readonly clock: ClockStamp;
    readonly door?: string;
    readonly device?: string;
    readonly data: EventData<K>;
    /** The 81 bytes of an accepted or judged pass, base64url; goes into one column, nowhere else. */
    readonly evidence?: string;
  };
}[EventKind];

/** An event on the wire. `kind` and `data` are open: a newer gateway is never quarantined. */
export const WireEvent = Type.Object({
  seq: Seq,
  kind: Type.String({ pattern: '^[a-z]+\\.[a-z_]+$', maxLength: 60 }),
  at: At,
  clock: ClockStamp,
  door: Type.Optional(Id),
  device: Type.Optional(Id),
  data: Type.Record(Type.String({ maxLength: 60 }), Type.Unknown()),
  evidence: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{108}$' })),
});
export type WireEvent = Type.Static<typeof WireEvent>;

export const isEventKind = (kind: string): kind is EventKind => Object.hasOwn(eventKinds, kind);
