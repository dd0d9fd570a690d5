import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import type { Accept, Cancel, Peer, SimClock } from '../ports.ts';
import { createDoorBank } from './door-bank.ts';
import {
  inputNames,
  isActive,
  isReleased,
  startDoor,
  stepDoor,
  timedLeftMs,
} from './door-physics.ts';
import type { DoorInput, DoorResult, DoorState, InputName, Side } from './door-physics.ts';
import { noFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import { createRtuDecoder, createTcpDecoder } from './modbus-frames.ts';
import type { ModbusDecoder, ModbusFrame } from './modbus-frames.ts';
import { answerPdu, exceptionPdu, exceptions } from './modbus-pdu.ts';
import type { Random } from './random.ts';

const peersMax = 8;
/** In a slow device's hands; more requests are lost, as in its small memory. */
const repliesWaitingMax = 64;
const slowReplyMs = { least: 50, most: 450 } as const;
const noisyRates = { exception: 0.1, garbageBefore: 0.2, garbageInstead: 0.3 } as const;
const garbageBytesMax = 20;

export type DoorControllerState = {
  readonly connected: boolean;
  readonly powered: boolean;
  readonly outputs: Readonly<
    Partial<Record<Side, { readonly on: boolean; readonly timedLeftMs: number }>>
  >;
  readonly inputs: Readonly<Partial<Record<InputName, boolean>>>;
  readonly stuck: readonly string[];
  readonly faults: Faults;
};

export type DoorController = {
  readonly acceptTcp: Accept;
  /** Modbus RTU on a serial line. */
  readonly acceptLine: Accept;
  /** What people, sensors and time do; see `DoorInput`. */
  readonly act: (input: DoorInput) => DoorResult;
  /** Outputs fall off and connections break; it answers again after this time. */
  readonly cutPower: (offMs: number) => void;
  readonly setFaults: (faults: Faults) => void;
  readonly state: () => DoorControllerState;
  readonly stop: () => void;
};

/** A turnstile or strike controller on Modbus TCP or RTU, as its profile says. */
export const createDoorController = (options: {
  readonly profile: ModbusDoorProfile;
  readonly unit: number;
  readonly clock: SimClock;
  readonly random: Random;
}): DoorController => {
  const { profile, unit, clock, random } = options;
  const nowMs = clock.monoMs;
  let door = startDoor(profile);
  let faults = noFaults;
  let offUntilMs = 0;
  const peers = new Set<Peer>();
  const isPowered = (): boolean => nowMs() >= offUntilMs;
  const act = (input: DoorInput): DoorResult => {
    const { state, result } = stepDoor(profile, door, input, nowMs());
    door = state;
    return result;
  };
  const bank = createDoorBank({ profile, state: () => door, nowMs, apply: act });
  const replies = createReplies(clock, random);
  const onFrame = (peer: Peer, frame: ModbusFrame): void => {
    if (frame.unit !== unit || faults.silent || !isPowered()) return;
    const chance = faults.noisy ? random.next() : 1;
    const functionCode = frame.pdu[0] ?? 0;
    const answer = frame.answer(
      chance < noisyRates.exception
        ? exceptionPdu(functionCode, exceptions.busy)
        : answerPdu(frame.pdu, bank),
    );
    const reply = chance < noisyRates.exception ? answer : withGarbage(answer, chance, random);
    replies.send(peer, reply, faults.slow);
  };
  const acceptBy =
    (createDecoder: () => ModbusDecoder): Accept =>
    (peer) => {
      const decoder = createDecoder();
      if (!isPowered() || peers.size >= peersMax) peer.close();
      else peers.add(peer);
      const onData = (chunk: Uint8Array): void => {
        const frames = decoder.push(chunk, nowMs());
        if (frames === undefined) peer.close();
        for (const frame of frames ?? []) onFrame(peer, frame);
      };
      return { onData, onClose: () => void peers.delete(peer) };
    };
  const cutPower = (offMs: number): void => {
    act({ kind: 'cut_power' });
    offUntilMs = nowMs() + offMs;
    replies.drop();
    for (const peer of peers) peer.close();
  };
  const state = (): DoorControllerState => ({
    connected: peers.size > 0,
    powered: isPowered(),
    ...viewOf(profile, door, nowMs()),
    faults,
  });
  return {
    acceptTcp: acceptBy(createTcpDecoder),
    acceptLine: acceptBy(createRtuDecoder),
    act,
    cutPower,
    setFaults: (next) => (faults = next),
    state,
    stop: replies.drop,
  };
};

const withGarbage = (answer: Uint8Array, chance: number, random: Random): Uint8Array => {
  if (chance >= noisyRates.garbageInstead) return answer;
  const garbage = random.bytes(1 + random.below(garbageBytesMax));
  return chance < noisyRates.garbageBefore ? Uint8Array.of(...garbage, ...answer) : garbage;
};

type Replies = {
  readonly send: (peer: Peer, reply: Uint8Array, slow: boolean) => void;
  readonly drop: () => void;
};

/** In the order of the requests, however late. */
const createReplies = (clock: SimClock, random: Random): Replies => {
  const waiting = new Set<Cancel>();
  let lastDueMs = 0;
  const send = (peer: Peer, reply: Uint8Array, slow: boolean): void => {
    if (!slow && waiting.size === 0) {
      peer.write(reply);
      return;
    }
    if (waiting.size >= repliesWaitingMax) return;
    const { least, most } = slowReplyMs;
    const delayMs = slow ? least + random.below(most - least) : 0;
    lastDueMs = Math.max(lastDueMs, clock.monoMs() + delayMs);
    const cancel = clock.after(lastDueMs - clock.monoMs(), () => {
      waiting.delete(cancel);
      peer.write(reply);
    });
    waiting.add(cancel);
  };
  const drop = (): void => {
    for (const cancel of waiting) cancel();
    waiting.clear();
  };
  return { send, drop };
};

const viewOf = (
  profile: ModbusDoorProfile,
  door: DoorState,
  nowMs: number,
): Pick<DoorControllerState, 'outputs' | 'inputs' | 'stuck'> => {
  const output = (side: Side) => ({
    on: isReleased(door, side, nowMs),
    timedLeftMs: timedLeftMs(door, side, nowMs),
  });
  const inputs = Object.fromEntries(
    inputNames
      .filter((name) => profile.inputs[name] !== undefined)
      .map((name) => [name, isActive(door, name, nowMs)]),
  );
  const exit = profile.outputs.exit === undefined ? {} : { exit: output('exit') };
  return { outputs: { entry: output('entry'), ...exit }, inputs, stuck: Object.keys(door.stuck) };
};
