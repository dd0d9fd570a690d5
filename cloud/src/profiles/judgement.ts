import { checkedProfile, diffProfiles, runVectors } from '@gatehouse/device-profiles';
import type { DeviceProfile, VectorReport, YamlFault } from '@gatehouse/device-profiles';
import { profileBytesMax, utf8 } from '@gatehouse/protocols';
import type { ProfileCheckedView, ProfileFaultView } from '@gatehouse/protocols';
import { refusalTexts } from './refusals.table.ts';
import { isHigher } from './semver.ts';

export type Refusal = ProfileCheckedView['refusals'][number];

/** What a new version of a profile stands beside. */
export type Standing = {
  readonly builtIn: string | undefined;
  readonly live: string | undefined;
  /** What devices run now: the live one or the built-in. */
  readonly running: DeviceProfile | undefined;
  /** Published once, whether or not it is live now. */
  readonly isPublished: (version: string) => boolean;
};

export type Judged =
  | { readonly ok: true; readonly profile: DeviceProfile }
  | { readonly ok: false; readonly faults: readonly ProfileFaultView[] };

/**
 * Reads a text from outside: its faults with their places, or the profile. Never throws.
 * @param standingOf asked with the id that the text names, when all else is sound
 */
export const judgeText = async (
  text: string,
  standingOf: (id: string) => Promise<Standing>,
): Promise<Judged> => {
  if (utf8(text).length > profileBytesMax) {
    return { ok: false, faults: [wholeFault(`is longer than ${profileBytesMax} bytes`)] };
  }
  const checked = checkedProfile(text, 'profile.yaml');
  if (!checked.ok) return { ok: false, faults: checked.faults.map(faultView) };
  const { value: profile, faultAt } = checked;
  const standing = await standingOf(profile.id);
  const why = versionFault(profile, standing);
  if (why === undefined) return { ok: true, profile };
  return { ok: false, faults: [faultView(faultAt('profile', why))] };
};

const versionFault = (
  { id, profile: version }: DeviceProfile,
  { builtIn, isPublished }: Standing,
): string | undefined => {
  if (!isHigher(version, builtIn)) {
    return `must be above ${builtIn}: ${id} ships with the product, only a later one replaces it`;
  }
  if (isPublished(version)) return 'is published: a change needs a higher version';
  return undefined;
};

const wholeFault = (message: string): ProfileFaultView => ({
  line: 1,
  column: 1,
  path: '',
  message,
  hint: '',
});

/** The checker says how to mend a thing after a colon. */
const faultView = ({ line, column, path, message }: YamlFault): ProfileFaultView => {
  const at = message.indexOf(': ');
  const [what, hint] =
    at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + ': '.length)];
  return { line, column, path, message: what, hint };
};

const reports = new WeakMap<DeviceProfile, VectorReport>();

/** Run once for each profile in memory: lists ask for all of them. */
export const vectorReport = (profile: DeviceProfile): VectorReport => {
  const report = reports.get(profile) ?? runVectors(profile);
  reports.set(profile, report);
  return report;
};

export const refusal = (code: keyof typeof refusalTexts, detail = ''): Refusal => ({
  code,
  text: { ...refusalTexts[code] },
  detail,
});

type Rule = {
  readonly code: keyof typeof refusalTexts;
  /** A shadow moves nothing: what is not proven yet may be tried. */
  readonly ofShadows: boolean;
  /** Undefined = it holds. */
  readonly fault: (
    profile: DeviceProfile,
    report: VectorReport,
    standing: Standing,
  ) => string | undefined;
};

const shownMax = 5;

const rules: readonly Rule[] = [
  {
    code: 'vectors_fail',
    ofShadows: true,
    fault: (_profile, { results }) => {
      const failed = results.filter(({ ok }) => !ok);
      const shown = failed.slice(0, shownMax).map(({ index, title }) => `${index} ${title}`);
      return failed.length === 0 ? undefined : shown.join('; ');
    },
  },
  {
    code: 'not_covered',
    ofShadows: false,
    fault: (_profile, { coverage: { missing } }) => {
      const shown = missing.slice(0, shownMax).map(({ path, why }) => `${path}: ${why}`);
      return missing.length === 0 ? undefined : shown.join('; ');
    },
  },
  {
    code: 'not_higher',
    ofShadows: true,
    fault: ({ profile: version }, _report, { live, builtIn }) =>
      isHigher(version, live) && isHigher(version, builtIn) ? undefined : (live ?? builtIn),
  },
  {
    code: 'version_too_small',
    ofShadows: false,
    fault: (profile, _report, { running }) => {
      if (running === undefined || !isHigher(profile.profile, running.profile)) return undefined;
      const { isEnough, atLeast, changes } = diffProfiles(running, profile);
      const [first] = changes;
      if (isEnough) return undefined;
      return `${atLeast}: ${first?.path ?? ''} ${first?.what ?? ''}`;
    },
  },
];

const changesMax = 200;

/** What a new version changes of the one that runs; undefined where none runs. */
export const diffOf = (
  profile: DeviceProfile,
  { running }: Standing,
): ProfileCheckedView['diff'] | undefined => {
  if (running === undefined) return undefined;
  const { from, atLeast, changes } = diffProfiles(running, profile);
  return { from, atLeast, changes: changes.slice(0, changesMax).map((one) => ({ ...one })) };
};

/** Why a version may not be published; empty = it may. */
export const refusalsOf = (
  profile: DeviceProfile,
  standing: Standing,
  mode: 'live' | 'shadow' = 'live',
): readonly Refusal[] => {
  const report = vectorReport(profile);
  return rules
    .filter(({ ofShadows }) => mode === 'live' || ofShadows)
    .flatMap(({ code, fault }) => {
      const detail = fault(profile, report, standing);
      return detail === undefined ? [] : [refusal(code, detail)];
    });
};
