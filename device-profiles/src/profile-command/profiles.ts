import type { ModelFile } from '../adapters/model-files.ts';
import { checkedProfile } from '../checked-profile.ts';
import { faultText } from '../checked-yaml.ts';
import type { DeviceProfile } from '../language/profile.ts';
import type { CommandPorts } from './ports.ts';

/** A profile that a person named, by its id in the catalogue or by its file. */
export const findModel = async (
  ports: CommandPorts,
  name: string,
): Promise<ModelFile | undefined> => {
  const model = (await ports.models()).find((file) => idOf(file) === name);
  if (model !== undefined) return model;
  const text = await ports.read(name);
  return text === undefined ? undefined : { name, text };
};

export const idOf = ({ name }: ModelFile): string =>
  name.replace(/^.*\//, '').replace(/\.yaml$/, '');

/** All that were named, or everything in the catalogue; complains of what cannot be found. */
export const namedModels = async (
  ports: CommandPorts,
  names: readonly string[],
  all: boolean,
): Promise<readonly ModelFile[] | undefined> => {
  if (all) return ports.models();
  const found: ModelFile[] = [];
  for (const name of names) {
    const model = await findModel(ports, name);
    if (model === undefined) {
      const known = (await ports.models()).map(idOf).join(', ');
      ports.complain(`${name} is no file and no id of the catalogue: ${known}`);
      return undefined;
    }
    found.push(model);
  }
  return found;
};

/** The profile of a file; complains of each fault. */
export const goodProfile = (ports: CommandPorts, model: ModelFile): DeviceProfile | undefined => {
  const checked = checkedProfile(model.text, model.name);
  if (checked.ok) return checked.value;
  for (const fault of checked.faults) ports.complain(faultText(fault));
  return undefined;
};
