import { sampleParams } from '../check/compiled-rules.ts';
import { compileLine } from '../compile/compile.ts';
import type { Args, PlainCodec } from '../compiled.ts';
import { ProfileError } from '../errors.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { scalarType, valueFault } from '../language/values.ts';
import type { CommandPorts } from './ports.ts';

/** One unit on one wire, as a person named it. */
export type DeviceWire = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly params: Args;
  readonly codec: PlainCodec;
};

/**
 * @param flags `binding` (the first where left out) and `param`: `address=3,target=a160`
 * @returns undefined where it cannot be; it complains then
 */
export const deviceWire = (
  ports: Pick<CommandPorts, 'complain'>,
  profile: DeviceProfile,
  flags: ReadonlyMap<string, string>,
  usual?: string,
): DeviceWire | undefined => {
  const params = paramsOf(ports, profile, flags.get('param') ?? '');
  if (params === undefined) return undefined;
  const binding = flags.get('binding') ?? usual ?? Object.keys(profile.bindings)[0] ?? '';
  try {
    const codec = compileLine(profile, binding, { ...sampleParams(profile), ...params });
    return { profile, binding, params, codec };
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    ports.complain(`${error.code}: ${error.message}`);
    return undefined;
  }
};

const paramsOf = (
  ports: Pick<CommandPorts, 'complain'>,
  { id, model }: DeviceProfile,
  text: string,
): Args | undefined => {
  const params: Record<string, Args[string]> = {};
  for (const pair of text.split(',').filter((part) => part !== '')) {
    const [name = '', raw = ''] = pair.split(/=(.*)/s);
    const entry = Object.hasOwn(model.params ?? {}, name) ? model.params?.[name] : undefined;
    if (entry === undefined) {
      const known = Object.keys(model.params ?? {}).join(', ') || 'there is none';
      ports.complain(`${name} is no parameter of ${id}: ${known}`);
      return undefined;
    }
    const type = scalarType(entry);
    const value =
      type === 'integer' || type === 'number'
        ? Number(raw)
        : type === 'boolean'
          ? raw === 'true'
          : raw;
    const fault = valueFault(entry, value);
    if (fault !== undefined) {
      ports.complain(`${name} ${fault}`);
      return undefined;
    }
    params[name] = value;
  }
  return params;
};
