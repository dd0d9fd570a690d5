/**
 * A process that replaces its policy for ever and says which versions were done, to be killed at
 * any moment. Version n has 1,000 + n rows. Arguments: the folder.
 */
import { createPolicyStore } from '../adapters/policy-store.ts';
import { policyRowsOf } from './policy-samples.ts';
import { createSilentLog } from './silent-log.ts';

const [dir = ''] = process.argv.slice(2);
const store = createPolicyStore({ dir, log: createSilentLog() });
for (let version = 1; ; version += 1) {
  const rows = [...policyRowsOf(1_000)].slice(0, 1_000 + version);
  await store.replace({ policyEpoch: 1, version, state: 'cd'.repeat(32) }, [rows]);
  process.send?.(version);
}
