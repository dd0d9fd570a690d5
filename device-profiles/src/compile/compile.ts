import type { Args, Codec } from '../compiled.ts';
import { ProfileError } from '../errors.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import { filledArgs } from './arguments.ts';
import { compileModbus } from './modbus.ts';
import { compileSerial } from './serial.ts';

/**
 * A binding of a checked profile as functions, for one device. Compile once and keep it.
 * @param params what the installer set; missing ones take their defaults
 * @throws ProfileError PROFILE_BINDING, PROFILE_PARAMS
 */
export const compileProfile = (profile: DeviceProfile, binding: string, params: Args): Codec => {
  const { id, model, bindings } = profile;
  const wire = own(bindings, binding);
  if (wire === undefined) {
    const known = Object.keys(bindings).join(', ');
    throw new ProfileError('PROFILE_BINDING', `${id} has no binding ${binding}: use ${known}`);
  }
  const filled = filledArgs(model.params, params, 'params');
  if (!filled.ok) {
    throw new ProfileError('PROFILE_PARAMS', `${filled.at} of ${id}: ${filled.fault}`);
  }
  return wire.transport === 'serial'
    ? compileSerial(model, wire, filled.args)
    : compileModbus(model, wire, filled.args);
};
