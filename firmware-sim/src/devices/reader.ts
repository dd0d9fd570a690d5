import { plainValue } from '@gatehouse/device-profiles';
import type { Args, DeviceProfile, SerialCodec } from '@gatehouse/device-profiles';
import type { SimClock } from '../ports.ts';
import { plainArgs } from './command-steps.ts';
import type { SerialDevice } from './serial-device.ts';
import { createTurns } from './turns.ts';

export const presentWaitMs = 2_000;
export const peopleMax = 8;

/** What lamp, beeper and display were told; what the model does not have is left out. */
export type Feedback = {
  readonly lamp?: string;
  readonly tone?: string;
  readonly text?: string;
};
const feedbackNames = ['lamp', 'tone', 'text'] as const;

export type Presented =
  | { readonly ok: true; readonly feedback: Feedback; readonly withinMs: number }
  | {
      readonly ok: false;
      /** `cannot_tell`: the wire has no way to say this, such as a letter that no key types. */
      readonly why: 'not_connected' | 'busy' | 'no_feedback' | 'cannot_tell' | 'gateway_refuses';
    };

/** What somebody holds in front of a reader. */
export const presentedNorms = { text: 'access.code', uid: 'access.uid' } as const;
export type PresentedKind = keyof typeof presentedNorms;

export type Reader = {
  /** Whether it reads such a thing at all. */
  readonly reads: (kind: PresentedKind) => boolean;
  /** Somebody holds a code or card in front of it; people wait for each other. */
  readonly present: (kind: PresentedKind, text: string) => Promise<Presented>;
  /** What it showed last, and when (unix ms). */
  readonly shown: () => (Feedback & { readonly atMs: number }) | undefined;
  /** Nobody waits any longer. */
  readonly stop: () => void;
};

type Waiting = { sentMs: number; readonly done: (presented: Presented) => void };

/** The reading half of a device; undefined where its model reads and shows nothing on this wire. */
export const createReader = (options: {
  readonly serial: SerialDevice;
  readonly codec: SerialCodec;
  readonly profile: DeviceProfile;
  readonly clock: SimClock;
}): Reader | undefined => {
  const { serial, codec, profile, clock } = options;
  const events = readingEvents(profile, codec);
  const showing = showingCommand(profile, codec);
  if (Object.keys(events).length === 0 && showing === undefined) return undefined;
  let shown: ReturnType<Reader['shown']>;
  let waiting: Waiting | undefined;
  serial.onCommand((command, args) => {
    if (command !== showing) return;
    const feedback = feedbackOf(args);
    shown = { ...feedback, atMs: clock.nowMs() };
    const withinMs = clock.monoMs() - (waiting?.sentMs ?? 0);
    waiting?.done({ ok: true, feedback, withinMs });
  });
  const presentNow = async (event: string, fields: Args): Promise<Presented> => {
    if (!serial.isConnected()) return { ok: false, why: 'not_connected' };
    // Waits before the last byte leaves: a fast gateway answers within the write.
    const { promise, resolve: done } = Promise.withResolvers<Presented>();
    const mine: Waiting = { sentMs: clock.monoMs(), done };
    waiting = mine;
    const isTold = await serial.tell({ event, fields }, () => (mine.sentMs = clock.monoMs()));
    if (!isTold) done({ ok: false, why: 'cannot_tell' });
    if (showing === undefined) done({ ok: true, feedback: {}, withinMs: 0 });
    const cancel = clock.after(presentWaitMs, () => done({ ok: false, why: 'no_feedback' }));
    return promise.finally(() => {
      cancel();
      waiting = undefined;
    });
  };
  const turns = createTurns(peopleMax);
  const busy: Presented = { ok: false, why: 'busy' };
  return {
    reads: (kind) => events[kind] !== undefined,
    present: (kind, text) => {
      const reading = events[kind];
      if (reading === undefined) return Promise.resolve({ ok: false, why: 'no_feedback' });
      const { event, fields } = reading;
      return turns(() => presentNow(event, { ...fields, [kind]: text }), busy);
    },
    shown: () => shown,
    stop: () => waiting?.done({ ok: false, why: 'no_feedback' }),
  };
};

type Reading = { readonly event: string; readonly fields: Args };

/** The event by which each thing is told, with its other fields filled. */
export const readingEvents = (
  { model }: DeviceProfile,
  codec: { readonly peer: Pick<SerialCodec['peer'], 'messageOf'> },
): Readonly<Partial<Record<PresentedKind, Reading>>> =>
  Object.fromEntries(
    Object.entries(presentedNorms).flatMap(([kind, norm]) => {
      const found = Object.entries(model.events ?? {}).find(
        ([name, entry]) => entry.norm === norm && codec.peer.messageOf(name) !== undefined,
      );
      if (found === undefined) return [];
      const [event, { fields = {} }] = found;
      const filled = Object.entries(fields).map(
        ([name, entry]) => [name, plainValue(entry)] as const,
      );
      return [[kind, { event, fields: Object.fromEntries(filled) }]];
    }),
  );

/** Where this wire carries it. */
const showingCommand = ({ model }: DeviceProfile, codec: SerialCodec): string | undefined =>
  Object.entries(model.commands ?? {}).find(
    ([name, { norm }]) => norm === 'reader.show' && isCarried(model, codec, name),
  )?.[0];

const isCarried = (model: DeviceProfile['model'], codec: SerialCodec, command: string): boolean => {
  const encoded = codec.encode(command, plainArgs(model, command));
  return encoded.ok || encoded.fault !== 'unknown_command';
};

export const feedbackOf = (args: Args): Feedback =>
  Object.fromEntries(
    feedbackNames.flatMap((name) => {
      const value = args[name];
      return value === undefined || value === null ? [] : [[name, String(value)]];
    }),
  );
