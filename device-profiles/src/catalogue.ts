import { readModelFiles } from './adapters/model-files.ts';
import type { ModelFile } from './adapters/model-files.ts';
import { isSession } from './check/vector-rules.ts';
import { checkedProfile } from './checked-profile.ts';
import { faultText } from './checked-yaml.ts';
import type { YamlFault } from './checked-yaml.ts';
import { ProfileError } from './errors.ts';
import type { DeviceProfile } from './language/profile.ts';

export type Catalogue = ReadonlyMap<string, DeviceProfile>;

/**
 * The profiles that ship with the product, by id: all, or those with these ids, where there are
 * such. Reading all costs a small box a second and 40 MB.
 * @throws ProfileError PROFILE_INVALID with `file:line:column` of every fault
 */
export const loadCatalogue = async (only?: ReadonlySet<string>): Promise<Catalogue> => {
  const files = await readModelFiles();
  return catalogueOf(files.filter(({ name }) => only?.has(idOfFile(name) ?? '') ?? true));
};

/** `models/a.yaml` → `a` */
export const idOfFile = (name: string): string | undefined => /([^/]*)\.yaml$/.exec(name)?.[1];

/**
 * Any profiles, by id: the file of each has its name, and no two claim one unit.
 * @throws ProfileError PROFILE_INVALID with `file:line:column` of every fault
 */
export const catalogueOf = (files: readonly ModelFile[]): Catalogue => {
  const faults: YamlFault[] = [];
  const catalogue = new Map<string, DeviceProfile>();
  const fingerprints = new Map<string, string>();
  for (const { name, text } of files) {
    const checked = checkedProfile(text, name);
    if (!checked.ok) {
      faults.push(...checked.faults);
      continue;
    }
    const { value, faultAt } = checked;
    const expected = idOfFile(name);
    if (value.id !== expected) faults.push(faultAt('id', `must be the file’s name, ${expected}`));
    if (catalogue.has(value.id)) faults.push(faultAt('id', `${value.id} stands in two files`));
    for (const [index, print] of fingerprintsOf(value).entries()) {
      const other = fingerprints.get(print);
      if (other !== undefined) {
        faults.push(faultAt(`identify.${index}`, `is a fingerprint of ${other} too`));
      }
      fingerprints.set(print, value.id);
    }
    catalogue.set(value.id, value);
  }
  if (faults.length > 0) {
    throw new ProfileError('PROFILE_INVALID', faults.map(faultText).join('\n'));
  }
  return catalogue;
};

/** What a unit shows of itself: its USB ids, or what it answers to which bytes. */
const fingerprintsOf = ({ identify, vectors }: DeviceProfile): readonly string[] =>
  (identify ?? []).map(({ usb, answersVector }) => {
    const vector = answersVector === undefined ? undefined : vectors[answersVector];
    if (vector === undefined || isSession(vector)) return `usb ${usb ?? ''}`;
    const asked = [vector.tx ?? vector.txText ?? ''].flat().join(' ');
    return `answers ${asked} with ${vector.in ?? vector.inText ?? ''}`;
  });
