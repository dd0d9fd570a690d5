import Type from 'typebox';
import { readModelFiles } from './adapters/model-files.ts';
import type { ModelFile } from './adapters/model-files.ts';
import { checkedYaml, faultText } from './checked-yaml.ts';
import type { CheckedYaml, YamlFault } from './checked-yaml.ts';
import { ProfileError } from './errors.ts';
import { feedbackFormFault } from './feedback-form.ts';
import { LineScannerProfile, ModbusDoorProfile } from './profile.ts';
import type { DeviceProfile } from './profile.ts';

export type Catalogue = ReadonlyMap<string, DeviceProfile>;

/**
 * All profiles that ship with the product, by id.
 * @throws ProfileError PROFILE_INVALID with `file:line:column` of every fault
 */
export const loadCatalogue = async (): Promise<Catalogue> => catalogueOf(await readModelFiles());

/** @throws ProfileError PROFILE_INVALID with `file:line:column` of every fault */
export const catalogueOf = (files: readonly ModelFile[]): Catalogue => {
  const faults: YamlFault[] = [];
  const catalogue = new Map<string, DeviceProfile>();
  for (const { name, text } of files) {
    const checked = checkedProfile(text, name);
    if (!checked.ok) {
      faults.push(...checked.faults);
      continue;
    }
    const { value, faultAt } = checked;
    const expected = /([^/]*)\.yaml$/.exec(name)?.[1];
    if (value.id !== expected) faults.push(faultAt('id', `must be the file’s name, ${expected}`));
    if (catalogue.has(value.id)) faults.push(faultAt('id', `${value.id} stands in two files`));
    catalogue.set(value.id, value);
  }
  if (faults.length > 0) {
    throw new ProfileError('PROFILE_INVALID', faults.map(faultText).join('\n'));
  }
  return catalogue;
};

const Kind = Type.Object({
  kind: Type.Union([Type.Literal('line-scanner'), Type.Literal('modbus-door')]),
});

/** One profile. The kind is read first, so that a fault names the field and not the union. */
export const checkedProfile = (text: string, file: string): CheckedYaml<DeviceProfile> => {
  const kind = checkedYaml(text, Kind, file);
  if (!kind.ok) return kind;
  return kind.value.kind === 'line-scanner' ? checkedScanner(text, file) : checkedDoor(text, file);
};

const checkedScanner = (text: string, file: string): CheckedYaml<DeviceProfile> => {
  const checked = checkedYaml(text, LineScannerProfile, file);
  if (!checked.ok || checked.value.feedback === undefined) return checked;
  const fault = feedbackFormFault(checked.value.feedback);
  return fault === undefined
    ? checked
    : { ok: false, faults: [checked.faultAt('feedback', fault)] };
};

const checkedDoor = (text: string, file: string): CheckedYaml<DeviceProfile> => {
  const checked = checkedYaml(text, ModbusDoorProfile, file);
  if (!checked.ok) return checked;
  const faults = twiceUsed(checked.value).map(({ path, address }) =>
    checked.faultAt(path, `address ${address} stands for something else above`),
  );
  return faults.length > 0 ? { ok: false, faults } : checked;
};

type Used = { readonly table: string; readonly path: string; readonly address: number };

/** Two meanings of one bit or register: the second of each. */
const twiceUsed = (profile: ModbusDoorProfile): readonly Used[] => {
  const outputs = Object.entries(profile.outputs).flatMap(([side, { timed, state, coil }]) => [
    { table: 'register', path: `outputs.${side}.timed.address`, address: timed.address },
    { table: 'input', path: `outputs.${side}.state.address`, address: state.address },
    ...(coil === undefined
      ? []
      : [{ table: 'coil', path: `outputs.${side}.coil.address`, address: coil.address }]),
  ]);
  const inputs = Object.entries(profile.inputs).map(([name, address]) => ({
    table: 'input',
    path: `inputs.${name}`,
    address,
  }));
  const all: readonly Used[] = [...outputs, ...inputs];
  return all.filter(({ table, address }, index) =>
    all.slice(0, index).some((other) => other.table === table && other.address === address),
  );
};
