import type { DeviceProfile } from '../language/profile.ts';
import { change, demandOf, isEnough, isSame, levels, nextVersion } from './change.ts';
import type { Change, Level } from './change.ts';
import { modelChanges } from './model-changes.ts';
import { vectorProof } from './vector-proof.ts';
import { wireChanges } from './wire-changes.ts';

export type ProfileDiff = {
  readonly from: string;
  readonly to: string;
  /** Strongest first, then as in the file. */
  readonly changes: readonly Change[];
  /** Undefined: they say the same. */
  readonly demands: Level | undefined;
  /** The least version that `to` may have. */
  readonly atLeast: string;
  readonly isEnough: boolean;
  /** The old version's vectors that the new one could run, and those that came out the same. */
  readonly proof: { readonly run: number; readonly same: number };
};

/** What changes from one checked version of a profile to another, for all who rely on it. */
export const diffProfiles = (a: DeviceProfile, b: DeviceProfile): ProfileDiff => {
  const { changes: proved, run, same } = vectorProof(a, b);
  const all = [
    ...headChanges(a, b),
    ...modelChanges(a.model, b.model),
    ...wireChanges(a, b),
    ...proved,
    ...restChanges(a, b),
  ];
  const changes = levels.flatMap((level) => all.filter((one) => one.level === level));
  const demands = demandOf(changes);
  return {
    from: a.profile,
    to: b.profile,
    changes,
    demands,
    atLeast: nextVersion(a.profile, demands),
    isEnough: isEnough(a.profile, b.profile, demands),
    proof: { run, same },
  };
};

const headTable: readonly (readonly [keyof DeviceProfile, Level])[] = [
  ['id', 'major'],
  ['family', 'minor'],
  ['compat', 'minor'],
  ['identify', 'minor'],
  ['title', 'patch'],
  ['vendor', 'patch'],
  ['product', 'patch'],
  ['source', 'patch'],
];

const headChanges = (a: DeviceProfile, b: DeviceProfile): readonly Change[] =>
  headTable.flatMap(([key, level]) =>
    isSame(a[key], b[key])
      ? []
      : [change(level, key, level === 'patch' ? 'other words' : 'differs')],
  );

/** What proves and plays a profile, but changes no device. */
const restChanges = (a: DeviceProfile, b: DeviceProfile): readonly Change[] => {
  const count = b.vectors.length - a.vectors.length;
  const more = count === 0 ? 'others' : `${Math.abs(count)} ${count > 0 ? 'more' : 'fewer'}`;
  return [
    ...(isSame(a.vectors, b.vectors) ? [] : [change('patch', 'vectors', more)]),
    ...(isSame(a.simulate, b.simulate) ? [] : [change('patch', 'simulate', 'differs')]),
  ];
};
