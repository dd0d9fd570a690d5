import { doorReaderAudiences } from '@gatehouse/protocols';
import type { ReaderAudiences } from '@gatehouse/protocols';
import type { Keeper } from '../policy/keeper.ts';

/**
 * What the readers of a door accept, or undefined while there is no policy. Prepared once per door
 * and policy: the strings behind a signature check never change between.
 */
export const createDoorAudiences = (
  keeper: Pick<Keeper, 'held' | 'roster'>,
): ((door: string) => ReaderAudiences | undefined) => {
  const prepared = new Map<string, ReaderAudiences>();
  let forKey = '';
  return (door) => {
    const { policyEpoch, policyVersion } = keeper.held();
    const key = `${policyEpoch}.${policyVersion}`;
    if (key !== forKey) prepared.clear();
    forKey = key;
    const held = prepared.get(door);
    if (held !== undefined) return held;
    const campus = keeper.roster().site()?.campus;
    const zone = keeper.roster().door(door)?.zone;
    if (campus === undefined) return undefined;
    const fresh = doorReaderAudiences(zone === undefined ? { campus } : { campus, zone });
    prepared.set(door, fresh);
    return fresh;
  };
};
