import type {
  DeviceProfile,
  ModbusBinding,
  ModbusBlock,
  ModbusCodec,
} from '@gatehouse/device-profiles';
import { GatewayError } from '@gatehouse/gateway';
import type { ModbusLine, ModbusPorts, ModbusWriteAsk } from '@gatehouse/gateway';
import type { Side } from '@gatehouse/protocols';
import { createLiveDevice } from '../devices/live-device.ts';
import type { LiveDevice } from '../devices/live-device.ts';
import type { DeviceInput } from '../devices/machine.ts';
import { createModbusBank } from '../devices/modbus-device.ts';
import { exceptions } from '../devices/modbus-pdu.ts';
import type { ModbusBank } from '../devices/modbus-pdu.ts';
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
  readonly profile: DeviceProfile;
  readonly binding: ModbusBinding;
  readonly codec: ModbusCodec;
  readonly watch: OutputWatch;
};

const sides: readonly Side[] = ['entry', 'exit'];
/** Between two requests on the line, and from a request to its answer. */
const turnaroundMs = 2;
const answerMs = { least: 2, most: 9 } as const;
const reachedWithinMs = 400;
/** A longer pause between two answers is none of the gateway's time to act. */
const lookEveryMs = 200;

/** The turnstile itself at the end of a Modbus line that has no network below it. */
export const createTurnstile = (options: TurnstileOptions): Turnstile => {
  const { timeline, trace, watch, codec, binding } = options;
  let mood: Mood = 'well';
  let wellAtMs = 0;
  let troubles = 0;
  let answeredMs = -Infinity;
  const nowMs = (): number => timeline.nowMs();
  const moodNow = (): Mood => (nowMs() >= wellAtMs ? 'well' : mood);
  const device = watchedDevice(options);
  const isOn = (side: Side): boolean => device.door()?.outputs[side]?.on === true;
  const bank = createModbusBank({ device, codec, binding, params: {} });
  const controller: Controller = {
    ask: (act) => {
      if (!device.isPowered() || moodNow() === 'silent') return undefined;
      const answer = act();
      if (moodNow() === 'mute') return undefined;
      watch.reached(Math.min(nowMs() - answeredMs, lookEveryMs));
      answeredMs = nowMs();
      return answer;
    },
    bank,
    device,
  };
  return {
    ports: (life) => createLines(options, life, controller),
    walk: (side) => {
      trace.add('walk', { side, result: device.apply({ kind: 'walk', side }) });
    },
    coilOn: (side) => {
      trace.add('coil on', { side });
      device.apply({ kind: 'set', values: { [latchPath(device, side)]: true } });
    },
    setMood: (to, forMs) => {
      mood = to;
      wellAtMs = nowMs() + forMs;
      troubles += 1;
    },
    cutPower: (offMs) => {
      device.cutPower(offMs);
      troubles += 1;
    },
    isOn,
    isReached: () => nowMs() - answeredMs <= reachedWithinMs,
    troubles: () => troubles,
  };
};

/** Whatever is done to it, somebody looks at its relays afterwards. */
const watchedDevice = ({ timeline, random, profile, watch }: TurnstileOptions): LiveDevice => {
  const { nowMs, after } = timeline;
  const clock = { nowMs, monoMs: nowMs, after };
  const device = createLiveDevice({ profile, clock, random });
  const look = (): void => {
    for (const side of sides) {
      const output = device.door()?.outputs[side];
      if (output === undefined) continue;
      const { on, timedLeftMs, latched: coil } = output;
      const timedUntilMs = timedLeftMs > 0 ? nowMs() + timedLeftMs : -Infinity;
      watch.changed(side, on, { timedUntilMs, coil });
    }
  };
  return {
    ...device,
    apply: (input: DeviceInput) => {
      const result = device.apply(input);
      look();
      return result;
    },
    cutPower: (offMs) => {
      device.cutPower(offMs);
      look();
    },
  };
};

const latchPath = ({ profile }: LiveDevice, side: Side): string => {
  const norm = `door.latch.${side}`;
  const found = Object.entries(profile.model.state ?? {}).find(([, entry]) => entry.norm === norm);
  return `state.${found?.[0] ?? ''}`;
};

type Controller = {
  /** @returns undefined where nothing comes back */
  readonly ask: <T>(act: () => Answer<T>) => Answer<T> | undefined;
  readonly bank: ModbusBank;
  readonly device: LiveDevice;
};
/** What a reply holds, or the number of an exception. */
type Answer<T> = { readonly is: T } | { readonly exception: number };

const createLines = (
  options: TurnstileOptions,
  life: Life,
  controller: Controller,
): ModbusPorts => ({
  open: async () => {
    await life.mine(options.timeline.wait(5));
    const isPowered = controller.device.isPowered();
    if (!isPowered) throw new GatewayError('GW_MODBUS', 'nobody answers there');
    return createLine(options, life, controller);
  },
});

const createLine = (options: TurnstileOptions, life: Life, controller: Controller): ModbusLine => {
  const { bank } = controller;
  const closers: ((cause: string) => void)[] = [];
  const call = createCall(options, life, controller);
  return {
    read: ({ table, address, count, replyTimeoutMs }) =>
      call<ModbusBlock>({
        replyTimeoutMs,
        act: () => {
          const block = bank.read(table, address, count);
          return block === undefined ? { exception: exceptions.illegalAddress } : { is: block };
        },
      }),
    write: async (ask) => {
      const { table, address, values, replyTimeoutMs } = ask;
      await call({
        replyTimeoutMs,
        start: () => startWrite(options, controller, ask),
        act: () => writeAnswers[bank.write(table, address, values)],
      });
    },
    onClose: (run) => void closers.push(run),
    close: () => {
      for (const run of closers.splice(0)) run('closed by the gateway');
      return Promise.resolve();
    },
  };
};

const writeAnswers: Readonly<Record<ReturnType<ModbusBank['write']>, Answer<true>>> = {
  written: { is: true },
  unanswered: { is: true },
  illegal_address: { exception: exceptions.illegalAddress },
  illegal_value: { exception: exceptions.illegalValue },
};

/** The moment at which a write leaves; a release is held against its cause. */
const startWrite = (
  { codec, recorder, trace }: TurnstileOptions,
  { device }: Controller,
  { table, address, values, mayStart }: ModbusWriteAsk,
): boolean => {
  if (mayStart?.() === false) return false;
  trace.add('modbus write', { table, address, value: Number(values[0]) });
  const written = codec.peer.written(table, address, values);
  const norm = device.profile.model.commands?.[written?.command ?? '']?.norm;
  const side = sides.find((each) => norm === `door.open_${each}`);
  if (written === undefined || side === undefined) return true;
  const { cause } = recorder.unlock(side, Number(written.args['ms']));
  trace.add('unlock', { side, by: typeof cause === 'object' ? cause.id : (cause ?? 'none') });
  return true;
};

type Exchange<T> = {
  readonly replyTimeoutMs: number;
  /** False: it is never sent. */
  readonly start?: () => boolean;
  readonly act: () => Answer<T>;
};

/** One call after another; what was sent arrives, though its sender be dead by then. */
const createCall = (
  { timeline, random }: TurnstileOptions,
  life: Life,
  controller: Controller,
): (<T>(exchange: Exchange<T>) => Promise<T>) => {
  let tail: Promise<unknown> = Promise.resolve();
  const exchange = async <T>({ replyTimeoutMs, start, act }: Exchange<T>): Promise<T> => {
    if (start !== undefined) await life.mine(timeline.wait(turnaroundMs));
    if (start?.() === false) throw new GatewayError('GW_MODBUS', 'not sent: too late');
    await timeline.wait(answerMs.least + random.below(answerMs.most - answerMs.least));
    const answer = controller.ask(act);
    if (answer === undefined) {
      await timeline.wait(replyTimeoutMs);
      throw new GatewayError('GW_MODBUS', 'timed out');
    }
    if ('is' in answer) return answer.is;
    throw new GatewayError('GW_MODBUS_EXCEPTION', `exception ${answer.exception}`, {
      cause: answer.exception,
    });
  };
  return <T>(asked: Exchange<T>) => {
    const mine = tail.then(() => (life.isOver() ? never<T>() : exchange(asked)));
    tail = mine.catch(() => undefined);
    return life.mine(mine);
  };
};
