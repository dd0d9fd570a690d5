import { deskEventBytes, linesOf } from '../compile/usb-hid.ts';
import type { UsbHidCodec } from '../compile/usb-hid.ts';
import { framingsOf } from '../compile/wire.ts';
import type { SerialCodec } from '../compiled.ts';
import type { ModbusBinding, SerialBinding } from '../language/bindings.ts';
import type { UsbHidBinding } from '../language/usb-hid.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { hexText } from '../vectors/report.ts';
import { change, pairs, shown } from './change.ts';
import type { Change } from './change.ts';
import { commandChanges } from './command-changes.ts';
import { keyChanges } from './key-changes.ts';
import { leafChanges } from './leaf-changes.ts';
import { messageChanges } from './message-changes.ts';
import { pushChanges } from './push-changes.ts';
import { registerChanges } from './register-changes.ts';
import { compiledOrNot } from './sample-frames.ts';
import type { Two } from './two.ts';

/** What devices that are installed would hear and say otherwise. */
export const wireChanges = (a: DeviceProfile, b: DeviceProfile): readonly Change[] =>
  pairs(a.bindings, b.bindings).flatMap(({ name, a: before, b: after }) => {
    const path = `bindings.${name}`;
    if (after === undefined) return [change('major', path, 'is gone')];
    if (before === undefined) return [change('minor', path, 'is new')];
    if (before.transport !== after.transport) {
      return [change('major', path, `${before.transport} → ${after.transport}`)];
    }
    const first = compiledOrNot(a, name, {});
    const second = compiledOrNot(b, name, {});
    if (first === undefined || second === undefined) {
      return [change('major', path, 'cannot be used with the same parameters')];
    }
    const isSerial = before.transport === 'serial' && after.transport === 'serial';
    if (isSerial && first.transport === 'serial' && second.transport === 'serial') {
      return serialChanges({
        name,
        profiles: [a, b],
        bindings: [before, after],
        codecs: [first, second],
      });
    }
    const isModbus = before.transport === 'modbus' && after.transport === 'modbus';
    if (isModbus && first.transport === 'modbus' && second.transport === 'modbus') {
      const codecs = [first, second] as const;
      const bindings = [before, after] as const;
      return [
        ...modbusChanges(path, before, after),
        ...commandChanges({ name, profiles: [a, b], bindings, codecs }),
      ];
    }
    const types = before.transport === 'usb-hid' && after.transport === 'usb-hid';
    if (types && first.transport === 'usb-hid' && second.transport === 'usb-hid') {
      return keyboardChanges([a, b], name, [before, after], [first, second]);
    }
    const pushes = before.transport === 'http-push' && after.transport === 'http-push';
    if (pushes && first.transport === 'http-push' && second.transport === 'http-push') {
      const codecs = [first, second] as const;
      return pushChanges({ name, profiles: [a, b], bindings: [before, after], codecs });
    }
    return [];
  });

/** Keys are typed by the first version and read by both: another layout reads other texts. */
const keyboardChanges = (
  profiles: readonly [DeviceProfile, DeviceProfile],
  name: string,
  [a, b]: readonly [UsbHidBinding, UsbHidBinding],
  [first, second]: readonly [UsbHidCodec, UsbHidCodec],
): readonly Change[] => [
  ...keyChanges(`bindings.${name}`, a, b, {
    layout: 'major',
    endKey: 'major',
    usb: 'major',
    charsMax: 'minor',
    silenceMs: 'minor',
  }),
  ...messageChanges({
    name,
    profiles,
    bindings: [linesOf(a), linesOf(b)],
    codecs: [first.on(deskEventBytes), second.on(deskEventBytes)],
  }),
];

const serialChanges = (two: Two<SerialBinding, SerialCodec>): readonly Change[] => {
  const path = `bindings.${two.name}`;
  const [a, b] = two.bindings;
  return [
    ...lineChanges(`${path}.line`, a.line, b.line),
    ...framingChanges(`${path}.framing`, a.framing, b.framing),
    ...framingChanges(`${path}.sends`, a.sends ?? a.framing, b.sends ?? b.framing),
    ...messageChanges(two),
    ...commandChanges(two),
    ...pollChanges(`${path}.polls`, two.codecs),
    ...keyChanges(path, a, b, { replyTimeoutMs: 'minor', missesMax: 'minor' }),
  ];
};

const plainLine = { dataBits: 8, parity: 'none', stopBits: 1 };

const lineChanges = (
  path: string,
  a: SerialBinding['line'] | undefined,
  b: SerialBinding['line'] | undefined,
): readonly Change[] => {
  const [before, after] = [a, b].map((line) => ({ ...plainLine, ...line }));
  return leafChanges(path, before, after).map((leaf) =>
    change('major', leaf.path, `${shown(leaf.before)} → ${shown(leaf.after)}`),
  );
};

/** What only says how much and how long; everything else decides which bytes are a frame. */
const framingBounds = /\.(?:frameBytesMax|silenceMs|lineBytesMax|halfLineMaxMs)$/;

const framingChanges = (
  path: string,
  a: SerialBinding['framing'],
  b: SerialBinding['framing'],
): readonly Change[] =>
  leafChanges(path, framingsOf(a), framingsOf(b)).map((leaf) => {
    const place = framingsOf(a).length === 1 ? leaf.path.replace(`${path}.0`, path) : leaf.path;
    const level = framingBounds.test(leaf.path) ? 'minor' : 'major';
    return change(level, place, `${shown(leaf.before)} → ${shown(leaf.after)}`);
  });

/** By their bytes: their order says nothing. */
const pollChanges = (
  path: string,
  [a, b]: readonly [SerialCodec, SerialCodec],
): readonly Change[] => {
  const byBytes = ({ polls }: SerialCodec): ReadonlyMap<string, SerialCodec['polls'][number]> =>
    new Map(polls.map((poll) => [hexText(poll.bytes), poll]));
  const [before, after] = [byBytes(a), byBytes(b)];
  return [
    ...[...before].flatMap(([bytes, poll]) => {
      const other = after.get(bytes);
      if (other === undefined) return [change('major', path, `asks no longer: ${bytes}`)];
      const rhythm = `${bytes} every ${poll.everyMs} ms → ${other.everyMs} ms`;
      return other.everyMs === poll.everyMs ? [] : [change('minor', path, rhythm)];
    }),
    ...[...after.keys()]
      .filter((bytes) => !before.has(bytes))
      .map((bytes) => change('minor', path, `asks also: ${bytes}`)),
  ];
};

const modbusChanges = (path: string, a: ModbusBinding, b: ModbusBinding): readonly Change[] => {
  const filled = (binding: ModbusBinding): ModbusBinding => ({
    ...binding,
    unit: binding.unit ?? 1,
    wordOrder: binding.wordOrder ?? 'big',
    byteOrder: binding.byteOrder ?? 'big',
  });
  const gone = a.modes.filter((mode) => !b.modes.includes(mode));
  const added = b.modes.filter((mode) => !a.modes.includes(mode));
  return [
    ...gone.map((mode) => change('major', `${path}.modes`, `${mode} is gone`)),
    ...added.map((mode) => change('minor', `${path}.modes`, `${mode} is new`)),
    ...lineChanges(`${path}.line`, a.line, b.line),
    ...keyChanges(path, filled(a), filled(b), {
      unit: 'major',
      wordOrder: 'major',
      byteOrder: 'major',
      poll: 'minor',
    }),
    ...registerChanges(`${path}.registers`, a.registers, b.registers),
  ];
};
