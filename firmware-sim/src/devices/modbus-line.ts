import type { Accept, Cancel, Peer, SimClock } from '../ports.ts';
import { faultRates, lateByMs } from './faults.ts';
import type { Faults } from './faults.ts';
import type { LiveDevice } from './live-device.ts';
import { createRtuDecoder, createTcpDecoder } from './modbus-frames.ts';
import type { ModbusDecoder, ModbusFrame } from './modbus-frames.ts';
import { answerPdu, exceptionPdu, exceptions } from './modbus-pdu.ts';
import type { ModbusBank } from './modbus-pdu.ts';
import type { Random } from './random.ts';
import { damaged, withLosses } from './transmission.ts';

const peersMax = 8;
/** In a slow device's hands; more requests are lost, as in its small memory. */
const repliesWaitingMax = 64;
const slowReplyMs = { least: 50, most: 450 } as const;
const noisyRates = { exception: 0.1, garbageBefore: 0.2, garbageInstead: 0.3 } as const;
const garbageBytesMax = 20;
/** Of an RTU frame: its CRC stands at the end. */
const crcBytes = 2;

/** One unit on a line. */
export type ModbusStation = {
  readonly unit: number;
  readonly device: LiveDevice;
  readonly bank: ModbusBank;
  readonly random: Random;
  readonly replyTimeoutMs: number;
};

/** A Modbus line with all units on it: TCP, and RTU on a serial port. */
export type ModbusLine = {
  readonly acceptTcp: Accept;
  readonly acceptLine: Accept;
  readonly isConnected: () => boolean;
  readonly stop: () => void;
};

export const createModbusLine = (options: {
  readonly stations: readonly ModbusStation[];
  readonly clock: SimClock;
}): ModbusLine => {
  const { stations, clock } = options;
  const peers = new Set<Peer>();
  const replies = createReplies(clock);
  const isUp = (): boolean => stations.some(({ device }) => device.isPowered());
  const onFrame = (peer: Peer, frame: ModbusFrame): void => {
    for (const station of stations) {
      if (station.unit !== frame.unit || !station.device.answers()) continue;
      const reply = replyOf(station, frame);
      if (reply !== undefined) replies.send(peer, reply, delayMsOf(station));
    }
  };
  const acceptBy =
    (createDecoder: () => ModbusDecoder, isSerial: boolean): Accept =>
    (peer) => {
      const decoder = createDecoder();
      if (!isUp() || peers.size >= peersMax) peer.close();
      else peers.add(peer);
      const onData = (chunk: Uint8Array): void => {
        const lossy = isSerial && stations.find(({ device }) => device.faults().lossy);
        const heard = lossy ? withLosses(chunk, lossy.random) : chunk;
        const frames = decoder.push(heard, clock.monoMs());
        if (frames === undefined) peer.close();
        for (const frame of frames ?? []) onFrame(peer, frame);
      };
      return { onData, onClose: () => void peers.delete(peer) };
    };
  for (const { device } of stations) {
    device.onPowerCut(() => {
      // The controller at the end of the network cable; on a bus the others stay.
      if (isUp()) return;
      replies.drop();
      for (const peer of peers) peer.close();
    });
  }
  return {
    acceptTcp: acceptBy(createTcpDecoder, false),
    acceptLine: acceptBy(createRtuDecoder, true),
    isConnected: () => peers.size > 0,
    stop: replies.drop,
  };
};

/** @returns undefined where the unit says nothing */
const replyOf = (station: ModbusStation, frame: ModbusFrame): Uint8Array | undefined => {
  const { device, bank, random } = station;
  const faults = device.faults();
  const chance = faults.noisy ? random.next() : 1;
  if (chance < noisyRates.exception) {
    return frame.answer(exceptionPdu(frame.pdu[0] ?? 0, exceptions.busy));
  }
  const pdu = answerPdu(frame.pdu, bank);
  if (pdu === undefined) return undefined;
  const answer = frame.answer(pdu);
  return chance < 1 ? withGarbage(answer, chance, random) : broken(answer, frame, station);
};

/** TCP carries whole frames or none: what a converter's wire damages never leaves it. */
const broken = (
  answer: Uint8Array,
  { hasChecksum }: ModbusFrame,
  { device, random }: ModbusStation,
): Uint8Array | undefined => {
  const faults: Faults = { ...device.faults(), noisy: false };
  const checksumAt = hasChecksum ? answer.length - crcBytes : undefined;
  const sent = damaged({ bytes: answer, faults, random, checksumAt });
  return hasChecksum || sent.length === answer.length ? sent : undefined;
};

const withGarbage = (answer: Uint8Array, chance: number, random: Random): Uint8Array => {
  if (chance >= noisyRates.garbageInstead) return answer;
  const garbage = random.bytes(1 + random.below(garbageBytesMax));
  return chance < noisyRates.garbageBefore ? Uint8Array.of(...garbage, ...answer) : garbage;
};

const delayMsOf = ({ device, random, replyTimeoutMs }: ModbusStation): number => {
  const { slow, lateReply } = device.faults();
  const slowMs = slow ? between(slowReplyMs, random) : 0;
  const isLate = lateReply && random.next() < faultRates.lateReply;
  return isLate ? slowMs + replyTimeoutMs + between(lateByMs, random) : slowMs;
};

const between = (
  { least, most }: { readonly least: number; readonly most: number },
  random: Random,
): number => least + random.below(most - least);

type Replies = {
  readonly send: (peer: Peer, reply: Uint8Array, delayMs: number) => void;
  readonly drop: () => void;
};

/** In the order of the requests, however late. */
const createReplies = (clock: SimClock): Replies => {
  const waiting = new Set<Cancel>();
  let lastDueMs = 0;
  const send = (peer: Peer, reply: Uint8Array, delayMs: number): void => {
    if (delayMs === 0 && waiting.size === 0) {
      peer.write(reply);
      return;
    }
    if (waiting.size >= repliesWaitingMax) return;
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
