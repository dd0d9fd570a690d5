import { readModelFiles } from '../adapters/model-files.ts';
import { checkedProfile } from '../checked-profile.ts';
import { faultText } from '../checked-yaml.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { sampleLock } from './sample-lock.ts';

/** @throws Error with every fault */
export const profileOf = (text: string, name = 'sample.yaml'): DeviceProfile => {
  const checked = checkedProfile(text, name);
  if (checked.ok) return checked.value;
  throw new Error(checked.faults.map(faultText).join('\n'));
};

/** Everything that ships, and the sample that has something of everything. */
export const allProfiles = async (): Promise<readonly DeviceProfile[]> => [
  profileOf(sampleLock),
  ...(await readModelFiles()).map(({ name, text }) => profileOf(text, name)),
];
