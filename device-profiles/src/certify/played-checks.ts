import type { StartedSimulator } from '../profile-command/bench-ports.ts';
import { notTested, pass } from './certificate.ts';
import type { Check } from './certificate.ts';
import { listen, pollChecks } from './wire-checks.ts';
import type { Unit } from './wire-checks.ts';

/** What people hold in front of a reader, by the word of its event. */
const presented: Readonly<Record<string, object>> = {
  'access.code': { text: 'CERTIFY0001' },
  'access.uid': { uid: '04a1b2c3' },
};

/** Effects that come later than this are not waited for. */
const effectMs = 400;

/** Everything that `simulate.actions` lets happen, and a card or code for a reader. */
export const playedChecks = async (
  unit: Unit,
  simulator: StartedSimulator,
  id: string,
): Promise<readonly Check[]> => {
  const { profile, talk } = unit;
  const checks: Check[] = [];
  const played = async (name: string, route: 'act' | 'present', body: object): Promise<void> => {
    const before = talk.heard.length;
    // A card in front of a reader waits for its answer, which no gateway gives here.
    const told = simulator.tell(id, route, body).catch(() => false);
    await listen(unit, effectMs);
    if (!talk.isGone()) await pollChecks(unit);
    const isDone = route === 'present' || (await told);
    const heard = talk.heard.length - before;
    checks.push(
      isDone && heard > 0
        ? pass(name, `${heard} frames came`)
        : notTested(name, isDone ? 'no frame came' : 'the simulator cannot do it'),
    );
  };
  for (const action of Object.keys(profile.simulate.actions ?? {})) {
    await played(`action ${action}`, 'act', { action });
  }
  for (const { norm } of Object.values(profile.model.events ?? {})) {
    const body = presented[norm ?? ''];
    if (body !== undefined) await played(`presented ${norm ?? ''}`, 'present', body);
  }
  return checks;
};
