import { own } from '@gatehouse/device-profiles';
import type { Args, SerialCodec } from '@gatehouse/device-profiles';
import type { FrameOutput, InputEventBytes } from '@gatehouse/protocols';
import type { Cancel, SimClock } from '../ports.ts';
import { createCommandSteps, stepsOf } from './command-steps.ts';
import { planKeys } from './keystrokes.ts';
import type { LiveDevice } from './live-device.ts';
import type { DeviceEvent } from './machine.ts';
import type { Random } from './random.ts';
import { createSerialSender } from './serial-sender.ts';
import type { Receiver, SerialWires } from './serial-wires.ts';
import { checksumPlace, planTransmission, withLosses } from './transmission.ts';
import type { Piece } from './transmission.ts';

/** A device on a serial wire: answers polls and commands and tells its events, by its profile. */
export type SerialDevice = {
  readonly isConnected: () => boolean;
  /** @returns false where nobody is connected */
  readonly sendRaw: (bytes: Uint8Array) => boolean;
  /**
   * Sends the message that tells an event.
   * @returns whether there is such a message, once it has left
   */
  readonly tell: (event: DeviceEvent, onPiece?: () => void) => Promise<boolean>;
  /** Runs after a whole command has been carried out. */
  readonly onCommand: (run: (command: string, args: Args) => void) => void;
  readonly stop: () => void;
};

export type SerialDeviceOptions = {
  readonly device: LiveDevice;
  readonly codec: SerialCodec;
  readonly clock: SimClock;
  readonly random: Random;
  readonly wires: SerialWires;
  /** Bits per second; undefined: each frame at once. */
  readonly baud: number | undefined;
  /** Of a keyboard: what it sends are events of this size. */
  readonly keys?: InputEventBytes | undefined;
};

export const createSerialDevice = (options: SerialDeviceOptions): SerialDevice => {
  const { device, codec, wires } = options;
  const { peer } = codec;
  const runs: ((command: string, args: Args) => void)[] = [];
  const sender = createSerialSender({
    ...options,
    plan: (bytes) => planned(options, bytes),
    write: wires.write,
  });
  const gather = createCommandSteps();
  /** What stands in a reply that also tells of the last event. */
  let lastFields: Args = {};
  const reply = (message: string | undefined): void => {
    if (message === undefined) return;
    const bytes = peer.write(message, device.values(), lastFields);
    if (bytes !== undefined) void sender.send(bytes);
  };
  const onFrame = (frame: Uint8Array): void => {
    const asked = peer.read(frame);
    if (asked === undefined) return;
    if (asked.command === undefined) return reply(asked.reply);
    const { command } = asked;
    const step = { ...asked, command };
    const isLast = asked.step === stepsOf(codec, device.profile.model, step) - 1;
    const args = gather(step, isLast);
    const result = device.apply({ kind: 'command', command, args, isLast });
    // As a device does that does not understand: it says nothing.
    if (result === 'refused' || result === 'absent') return;
    if (isLast) for (const run of runs) run(command, args);
    if (!tellsLater(options, command, asked.reply)) reply(asked.reply);
  };
  const tell: SerialDevice['tell'] = async ({ event, fields }, onPiece) => {
    const message = peer.messageOf(event);
    const bytes = message === undefined ? undefined : peer.write(message, device.values(), fields);
    lastFields = fields;
    if (bytes === undefined) return false;
    await sender.send(bytes, onPiece);
    return true;
  };
  wires.attach(() => createReceiver(options, onFrame));
  device.onEvent((event) => void tell(event));
  const stops = peer.tells.map(({ message, everyMs }) =>
    repeated(options.clock, everyMs, () => {
      if (wires.isConnected() && device.answers()) reply(message);
    }),
  );
  return {
    isConnected: wires.isConnected,
    sendRaw: (bytes) => {
      wires.write(bytes);
      return wires.isConnected();
    },
    tell,
    onCommand: (run) => void runs.push(run),
    stop: () => {
      for (const stop of stops) stop();
      sender.stop();
    },
  };
};

const planned = (
  { device, codec, random, baud, keys }: SerialDeviceOptions,
  bytes: Uint8Array,
): readonly Piece[] => {
  const faults = device.faults();
  if (keys !== undefined) return planKeys({ bytes, eventBytes: keys, faults, random });
  const checksumAt = checksumPlace(codec.framing, bytes.length);
  const { replyTimeoutMs } = codec;
  return planTransmission({ bytes, baud, faults, random, checksumAt, replyTimeoutMs });
};

const repeated = (clock: SimClock, everyMs: number, run: () => void): Cancel => {
  let cancel: Cancel = () => undefined;
  const next = (): void => {
    cancel = clock.after(everyMs, () => {
      run();
      next();
    });
  };
  next();
  return () => cancel();
};

/** What the command brings about sends this very message, in its own time: a payment's result. */
const tellsLater = (
  { device, codec }: SerialDeviceOptions,
  command: string,
  reply: string | undefined,
): boolean =>
  (own(device.profile.simulate.react, command) ?? []).some(
    ({ emit }) => emit !== undefined && codec.peer.messageOf(emit) === reply,
  );

/** The frames that one peer sends, as the device makes them out. */
const createReceiver = (
  { device, codec, clock, random }: SerialDeviceOptions,
  onFrame: (frame: Uint8Array) => void,
): Receiver => {
  const decoder = codec.peer.createDecoder();
  let cancel: Cancel = () => undefined;
  const take = (outputs: readonly FrameOutput[]): void => {
    cancel();
    for (const output of outputs) {
      if (output.kind === 'frame' && device.answers()) onFrame(output.bytes);
    }
    const dueMs = decoder.wakeAtMs();
    if (dueMs === undefined) return;
    // At least a moment later, whatever a decoder says.
    const waitMs = Math.max(1, dueMs - clock.monoMs());
    cancel = clock.after(waitMs, () => take(decoder.expire(clock.monoMs())));
  };
  return {
    push: (chunk) => {
      const heard = device.faults().lossy ? withLosses(chunk, random) : chunk;
      take(decoder.push(heard, clock.monoMs()));
    },
    end: () => cancel(),
  };
};
