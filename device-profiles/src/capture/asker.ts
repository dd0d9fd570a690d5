import { readRequest, rtuFrame } from '@gatehouse/protocols';
import type { PlainCodec } from '../compiled.ts';
import type { ModbusMode } from './listener.ts';
import { mbapFrame } from './modbus-frames.ts';

/**
 * Asks a device what it only tells when asked: the polls and reads of its profile, and nothing
 * that changes anything. One question at a time, each in its own rhythm.
 */
export type Asker = {
  /** What to send now; undefined: nothing is due, or an answer is awaited. */
  readonly due: (nowMs: number) => Uint8Array | undefined;
  /** Something has come: the line is free again. */
  readonly heard: () => void;
  readonly wakeAtMs: () => number;
};

type Question = { readonly bytes: (turn: number) => Uint8Array; readonly everyMs: number };

/** Polls of a serial profile, reads of a Modbus one; the unit is that of the profile. */
export const questionsOf = (
  codec: PlainCodec,
  mode: ModbusMode,
  unit?: number,
): readonly Question[] => {
  if (codec.transport === 'serial') {
    return codec.polls.map(({ bytes, everyMs }) => ({ bytes: () => bytes, everyMs }));
  }
  const at = unit ?? codec.unit;
  return codec.reads.flatMap(({ table, address, count, everyMs }) => {
    const pdu = readRequest(table, address, count);
    if (pdu === undefined) return [];
    const bytes = (turn: number): Uint8Array =>
      mode === 'tcp' ? mbapFrame(turn & 0xffff, at, pdu) : rtuFrame(at, pdu);
    return [{ bytes, everyMs }];
  });
};

/** A line that is never quiet still leaves room for people: no poll comes faster. */
const rhythmMsMin = 100;

export const createAsker = (
  codec: PlainCodec,
  { mode, unit, fromMs }: { mode: ModbusMode; unit?: number | undefined; fromMs: number },
): Asker => {
  const questions = questionsOf(codec, mode, unit);
  const dueAt = questions.map(() => fromMs);
  let freeAtMs = fromMs;
  let turn = 0;
  return {
    due: (nowMs) => {
      if (nowMs < freeAtMs) return undefined;
      const index = dueAt.findIndex((at) => at <= nowMs);
      const question = questions[index];
      if (question === undefined) return undefined;
      dueAt[index] = nowMs + Math.max(rhythmMsMin, question.everyMs);
      freeAtMs = nowMs + codec.replyTimeoutMs;
      turn += 1;
      return question.bytes(turn);
    },
    heard: () => {
      freeAtMs = 0;
    },
    wakeAtMs: () => Math.max(freeAtMs, Math.min(...dueAt)),
  };
};
