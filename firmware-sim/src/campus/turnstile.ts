import type { ModbusDoorProfile } from '@gatehouse/device-profiles';
import { GatewayError } from '@gatehouse/gateway';
import type { ModbusLine, ModbusPorts } from '@gatehouse/gateway';
import type { Side } from '@gatehouse/protocols';
import { createDoorBank } from '../devices/door-bank.ts';
import { isReleased, startDoor, stepDoor } from '../devices/door-physics.ts';
import type { DoorInput } from '../devices/door-physics.ts';
import type { Random } from '../devices/random.ts';
import { never } from './life.ts';
import type { Life } from './life.ts';
import type { OutputWatch } from './output-watch.ts';
import type { Recorder } from './record.ts';
import type { Timeline } from './timeline.ts';
import type { Trace } from './trace.ts';

/** `mute` does as it is told and does not answer; `silent` does neither. */
export type Mood = 'well' | 'mute' | 'silent';

export type Turnstile = {
  readonly ports: (life: Life) => ModbusPorts;
  readonly walk: (side: Side) => void;
  /** Somebody at the controller switches the plain coil on. */
  readonly coilOn: (side: Side) => void;
  readonly setMood: (mood: Exclude<Mood, 'well'>, forMs: number) => void;
  readonly cutPower: (offMs: number) => void;
  readonly isOn: (side: Side) => boolean;
  /** It answered a moment ago. */
  readonly isReached: () => boolean;
  /** How often something went wrong with it: two equal numbers, and nothing did between. */
  readonly troubles: () => number;
};

export type TurnstileOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly recorder: Recorder;
  readonly profile: ModbusDoorProfile;
  readonly watch: OutputWatch;
};

const sides: readonly Side[] = ['entry', 'exit'];
/** Between two requests on the line, and from a request to its answer. */
const turnaroundMs = 2;
const answerMs = { least: 2, most: 9 } as const;
const reachedWithinMs = 400;
/** A longer pause between two answers is none of the gateway's time to act. */
const lookEveryMs = 200;

/** The turnstile's own physics at the end of a Modbus line that has no network below it. */
export const createTurnstile = (options: TurnstileOptions): Turnstile => {
  const { timeline, trace, profile, watch } = options;
  let door = startDoor(profile);
  let mood: Mood = 'well';
  let wellAtMs = 0;
  let poweredAtMs = 0;
  let troubles = 0;
  let answeredMs = -Infinity;
  const nowMs = (): number => timeline.nowMs();
  const isPowered = (): boolean => nowMs() >= poweredAtMs;
  const moodNow = (): Mood => (nowMs() >= wellAtMs ? 'well' : mood);
  const isOn = (side: Side): boolean => isReleased(door, side, nowMs());
  const apply = (input: DoorInput): string => {
    const { state, result } = stepDoor(profile, door, input, nowMs());
    door = state;
    for (const side of sides) watch.changed(side, isOn(side), door.outputs[side]);
    return result;
  };
  const bank = createDoorBank({ profile, state: () => door, nowMs, apply: (it) => void apply(it) });
  const device: Device = {
    ask: (act) => {
      if (!isPowered() || moodNow() === 'silent') return undefined;
      const answer = act();
      if (moodNow() === 'mute') return undefined;
      watch.reached(Math.min(nowMs() - answeredMs, lookEveryMs));
      answeredMs = nowMs();
      return { is: answer };
    },
    bank,
    isPowered,
  };
  return {
    ports: (life) => createLines(options, life, device),
    walk: (side) => {
      trace.add('walk', { side, result: apply({ kind: 'walk', side }) });
    },
    coilOn: (side) => {
      trace.add('coil on', { side });
      apply({ kind: 'write_coil', side, on: true });
    },
    setMood: (to, forMs) => {
      mood = to;
      wellAtMs = nowMs() + forMs;
      troubles += 1;
    },
    cutPower: (offMs) => {
      apply({ kind: 'cut_power' });
      poweredAtMs = nowMs() + offMs;
      troubles += 1;
    },
    isOn,
    isReached: () => nowMs() - answeredMs <= reachedWithinMs,
    troubles: () => troubles,
  };
};

type Device = {
  /** @returns undefined where nothing comes back */
  readonly ask: <T>(act: () => T) => { readonly is: T } | undefined;
  readonly bank: ReturnType<typeof createDoorBank>;
  readonly isPowered: () => boolean;
};

const createLines = (options: TurnstileOptions, life: Life, device: Device): ModbusPorts => ({
  open: async ({ replyTimeoutMs }) => {
    await life.mine(options.timeline.wait(5));
    if (!device.isPowered()) throw new GatewayError('GW_MODBUS', 'nobody answers there');
    return createLine(options, life, device, replyTimeoutMs);
  },
});

type Call = <T>(act: () => T | undefined, mayStart?: () => boolean) => Promise<T>;

const createLine = (
  options: TurnstileOptions,
  life: Life,
  device: Device,
  replyTimeoutMs: number,
): ModbusLine => {
  const { profile, recorder, trace } = options;
  const closers: ((cause: string) => void)[] = [];
  const call = createCall(options, life, device, replyTimeoutMs);
  const sideAt = (address: number): Side =>
    profile.outputs.exit?.timed.address === address ? 'exit' : 'entry';
  const unitMsOf = (side: Side): number => profile.outputs[side]?.timed.unitMs ?? 0;
  const write =
    (address: number, value: number, mayStart = (): boolean => true) =>
    (): boolean => {
      if (!mayStart()) return false;
      const side = sideAt(address);
      trace.add('modbus release', { side, value });
      if (value > 0) {
        const { cause } = recorder.unlock(side, value * unitMsOf(side));
        trace.add('unlock', { side, by: typeof cause === 'object' ? cause.id : (cause ?? 'none') });
      }
      return true;
    };
  return {
    readDiscreteInputs: (_unit, from, count) =>
      call(() => device.bank.readDiscreteInputs(from, count)?.slice()),
    readCoils: (_unit, from, count) => call(() => device.bank.readCoils(from, count)?.slice()),
    writeRegister: async (_unit, address, value, mayStart) => {
      await call(
        () => device.bank.writeRegisters(address, [value]),
        write(address, value, mayStart),
      );
    },
    writeCoil: async (_unit, address, on) => {
      trace.add('modbus coil', { address, on });
      await call(() => device.bank.writeCoils(address, [on]));
    },
    onClose: (run) => void closers.push(run),
    close: () => {
      for (const run of closers.splice(0)) run('closed by the gateway');
      return Promise.resolve();
    },
  };
};

/** One call after another; what was sent arrives, though its sender be dead by then. */
const createCall = (
  { timeline, random }: TurnstileOptions,
  life: Life,
  device: Device,
  replyTimeoutMs: number,
): Call => {
  let tail: Promise<unknown> = Promise.resolve();
  const exchange = async <T>(act: () => T | undefined, mayStart?: () => boolean): Promise<T> => {
    if (mayStart !== undefined) await life.mine(timeline.wait(turnaroundMs));
    if (mayStart?.() === false) throw new GatewayError('GW_MODBUS', 'not sent: too late');
    await timeline.wait(answerMs.least + random.below(answerMs.most - answerMs.least));
    const answer = device.ask(act);
    if (answer === undefined) {
      await timeline.wait(replyTimeoutMs);
      throw new GatewayError('GW_MODBUS', 'timed out');
    }
    if (answer.is === undefined) throw new GatewayError('GW_MODBUS', 'illegal address');
    return answer.is;
  };
  return <T>(act: () => T | undefined, mayStart?: () => boolean) => {
    const mine = tail.then(() => (life.isOver() ? never<T>() : exchange<T>(act, mayStart)));
    tail = mine.catch(() => undefined);
    return life.mine(mine);
  };
};
