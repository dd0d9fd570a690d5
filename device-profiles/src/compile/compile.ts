import type { Codec } from '../codec.ts';
import type { Args, PlainCodec } from '../compiled.ts';
import { ProfileError } from '../errors.ts';
import type { Binding, Transport } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import type { DeviceProfile, PlainProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import { filledArgs } from './arguments.ts';
import { compileHttpPush } from './http-push.ts';
import { compileModbus } from './modbus.ts';
import { compileSerial } from './serial.ts';
import { compileUsbHid } from './usb-hid.ts';

type Compile<W> = (model: Model, wire: W, params: Args) => Codec;
type WireOf<T> = Extract<Binding, { readonly transport: T }>;

const compilers: { readonly [T in Transport]: Compile<WireOf<T>> } = {
  serial: compileSerial,
  modbus: compileModbus,
  'usb-hid': compileUsbHid,
  'http-push': compileHttpPush,
};

/**
 * A binding of a checked profile as functions, for one device. Compile once and keep it.
 * @param params what the installer set; missing ones take their defaults
 * @throws ProfileError PROFILE_BINDING, PROFILE_PARAMS
 */
export const compileProfile = (profile: DeviceProfile, binding: string, params: Args): Codec => {
  const { wire, args } = found(profile, binding, params);
  // Each compiler takes the wire that it stands beside.
  return (compilers[wire.transport] as Compile<typeof wire>)(profile.model, wire, args);
};

/**
 * As `compileProfile`, for whoever holds the other end of the line.
 * @throws ProfileError as above; PROFILE_NO_LINE of keyboards and of heads that push
 */
export const compileLine = (profile: DeviceProfile, binding: string, params: Args): PlainCodec => {
  const codec = compileProfile(profile, binding, params);
  if (codec.transport === 'serial' || codec.transport === 'modbus') return codec;
  const why = `${binding} of ${profile.id} is ${codec.transport}: ${noLine[codec.transport]}`;
  throw new ProfileError('PROFILE_NO_LINE', why);
};

export const noLine = {
  'usb-hid': 'it types on a keyboard, and only the machine that it is plugged into hears it',
  'http-push': 'it sends requests to the gateway that it is set to, and nobody can ask it',
} as const;

/** As `compileProfile`, of a profile that has only lines, frames and registers. */
export const compilePlain = (profile: PlainProfile, binding: string, params: Args): PlainCodec => {
  const { wire, args } = found(profile, binding, params);
  return wire.transport === 'serial'
    ? compileSerial(profile.model, wire, args)
    : compileModbus(profile.model, wire, args);
};

const found = <W>(
  {
    id,
    model,
    bindings,
  }: Pick<DeviceProfile, 'id' | 'model'> & {
    readonly bindings: Readonly<Record<string, W>>;
  },
  binding: string,
  params: Args,
): { readonly wire: W; readonly args: Args } => {
  const wire = own(bindings, binding);
  if (wire === undefined) {
    const known = Object.keys(bindings).join(', ');
    throw new ProfileError('PROFILE_BINDING', `${id} has no binding ${binding}: use ${known}`);
  }
  const filled = filledArgs(model.params, params, 'params');
  if (!filled.ok) {
    throw new ProfileError('PROFILE_PARAMS', `${filled.at} of ${id}: ${filled.fault}`);
  }
  return { wire, args: filled.args };
};
