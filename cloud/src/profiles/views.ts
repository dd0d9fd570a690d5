import { isCopied, runVectors, sampleParams } from '@gatehouse/device-profiles';
import type { Binding, DeviceProfile } from '@gatehouse/device-profiles';
import type {
  DeviceView,
  ProfileListItem,
  ProfilePageView,
  ProfileRunView,
  ProfileVersionView,
  VectorsView,
} from '@gatehouse/protocols';
import { deviceViews } from '../fleet/device-views.ts';
import { describeProfile, sourceText } from '../fleet/profile-view.ts';
import type { Queryable } from '../ports.ts';
import { versionBefore } from './changes.ts';
import { readHappenings } from './happenings.ts';
import { vectorReport } from './judgement.ts';
import type { ProfileLibrary } from './library.ts';
import { isHigher } from './semver.ts';
import { allVersions, readPointers, versionsOf } from './version-rows.ts';
import type { Pointers, VersionRow } from './version-rows.ts';

type Sources = { readonly database: Queryable; readonly library: ProfileLibrary };

/** All that is known of one profile. */
type Known = {
  readonly id: string;
  readonly pointers: Pointers;
  /** Newest first. */
  readonly versions: readonly VersionRow[];
  readonly builtIn: string | undefined;
  readonly devices: readonly DeviceView[];
};

const gather = async ({ database, library }: Sources): Promise<readonly Known[]> => {
  const [versions, pointers, devices] = await Promise.all([
    allVersions(database),
    readPointers(database),
    deviceViews(database, library.profiles),
  ]);
  const ids = new Set([
    ...library.builtIns().map(({ profile }) => profile.id),
    ...versions.map(({ id }) => id),
  ]);
  return [...ids].toSorted().map((id) => ({
    id,
    pointers: pointers.get(id) ?? {},
    versions: versions.filter((row) => row.id === id),
    builtIn: library.builtIn(id)?.profile.profile,
    devices: devices.filter(({ profile }) => profile === id),
  }));
};

/** The version that devices are to run; of a profile that is only a draft, its newest draft. */
const mainVersion = ({ pointers, builtIn, versions }: Known): string | undefined => {
  const { live } = pointers;
  if (live !== undefined && isHigher(live, builtIn)) return live;
  return builtIn ?? versions[0]?.version;
};

const stateOf = (
  { pointers, builtIn }: Known,
  version: string,
  row: VersionRow | undefined,
): ProfileVersionView['state'] => {
  if (pointers.live === version && isHigher(version, builtIn)) return 'live';
  if (pointers.shadow === version) return 'shadow';
  if (row === undefined) return isHigher(pointers.live ?? '0.0.0', version) ? 'retired' : 'live';
  return row.publishedAt === null ? 'draft' : 'retired';
};

/** The profile of one version; undefined where there is none, or it cannot be read any more. */
const versionAt = (
  library: ProfileLibrary,
  known: Known,
  version: string,
): { readonly profile: DeviceProfile; readonly text: string } | undefined => {
  const row = known.versions.find((one) => one.version === version);
  if (row === undefined) {
    return known.builtIn === version ? library.builtIn(known.id) : undefined;
  }
  const profile = library.read(row);
  return profile === undefined ? undefined : { profile, text: row.text };
};

const runsOf = (devices: readonly DeviceView[]): ProfileRunView[] => {
  const runs = new Map<string, ProfileRunView>();
  for (const { gateway, gatewayName, profileVersion: version, fresh } of devices) {
    const key = `${gateway} ${version ?? ''}`;
    const known = runs.get(key) ?? { gateway, gatewayName, fresh, devices: 0, version };
    runs.set(key, { ...known, devices: known.devices + 1 });
  }
  return [...runs.values()];
};

const draftOf = ({ versions, pointers, builtIn }: Known): string | null =>
  versions.find(
    ({ publishedAt, version }) =>
      publishedAt === null && isHigher(version, pointers.live) && isHigher(version, builtIn),
  )?.version ?? null;

const itemOf = (library: ProfileLibrary, known: Known): ProfileListItem | undefined => {
  const { id, versions, builtIn, devices, pointers } = known;
  const version = mainVersion(known);
  const found = version === undefined ? undefined : versionAt(library, known, version);
  if (version === undefined || found === undefined) return undefined;
  const { profile } = found;
  const { results, coverage } = vectorReport(profile);
  const row = versions.find((one) => one.version === version);
  const custom = builtIn === undefined ? 'custom' : 'override';
  return {
    id,
    origin: row === undefined ? 'builtIn' : custom,
    state: stateOf(known, version, row),
    version,
    draft: draftOf(known),
    shadow: pointers.shadow ?? null,
    family: profile.family,
    title: profile.title,
    vendor: profile.vendor,
    product: profile.product,
    source: sourceText(profile),
    vectors: {
      count: results.length,
      fromManual: profile.vectors.filter(isCopied).length,
      invented: profile.vectors.filter((vector) => !isCopied(vector)).length,
      failed: results.filter(({ ok }) => !ok).length,
    },
    coverage: { needed: coverage.needed, covered: coverage.covered },
    devices: devices.length,
    running: runsOf(devices),
  };
};

export const profileList = async (sources: Sources): Promise<ProfileListItem[]> =>
  (await gather(sources)).flatMap((known) => itemOf(sources.library, known) ?? []);

const versionView = (
  known: Known,
  version: string,
  row: VersionRow | undefined,
): ProfileVersionView => ({
  version,
  state: stateOf(known, version, row),
  origin: row === undefined ? 'builtIn' : 'custom',
  sha256: row?.sha256 ?? null,
  author: row?.author ?? null,
  createdAt: row?.createdAt.toISOString() ?? null,
  publishedAt: row?.publishedAt?.toISOString() ?? null,
  publishedBy: row?.publishedBy ?? null,
  note: row?.note ?? '',
});

const versionViews = (known: Known): ProfileVersionView[] => {
  const own = known.versions.map((row) => versionView(known, row.version, row));
  return known.builtIn === undefined ? own : [...own, versionView(known, known.builtIn, undefined)];
};

const isText = (binding: Binding): boolean =>
  // Typed lines and pushed requests.
  binding.transport === 'usb-hid' ||
  binding.transport === 'http-push' ||
  (binding.transport === 'serial' &&
    [binding.framing].flat().every((framing) => framing.kind === 'lines'));

const knownOf = async ({ database, library }: Sources, id: string): Promise<Known> => {
  const pointers = await readPointers(database);
  return {
    id,
    pointers: pointers.get(id) ?? {},
    versions: await versionsOf(database, id),
    builtIn: library.builtIn(id)?.profile.profile,
    devices: [],
  };
};

type Found = { readonly profile: DeviceProfile; readonly text: string; readonly known: Known };

/**
 * One version, checked and with its text; undefined where there is none.
 * @param version left out = the one that devices are to run
 */
export const profileVersion = async (
  sources: Sources,
  id: string,
  version: string | undefined,
): Promise<Found | undefined> => {
  const known = await knownOf(sources, id);
  const wanted = version ?? mainVersion(known);
  const found = wanted === undefined ? undefined : versionAt(sources.library, known, wanted);
  return found && { ...found, known };
};

type PageWish = {
  readonly id: string;
  readonly version: string | undefined;
  readonly mayWrite: boolean;
  readonly mayRun: boolean;
};

export const profilePage = async (
  sources: Sources,
  { id, version, mayWrite, mayRun }: PageWish,
): Promise<ProfilePageView | undefined> => {
  const { database, library } = sources;
  const found = await profileVersion(sources, id, version);
  if (found === undefined) return undefined;
  const { profile, text } = found;
  const all = await deviceViews(database, library.profiles);
  const known = { ...found.known, devices: all.filter((device) => device.profile === id) };
  const item = itemOf(library, known);
  if (item === undefined) return undefined;
  const row = known.versions.find((one) => one.version === profile.profile);
  const before = versionBefore(known.pointers.live, known.versions, known.builtIn);
  return {
    item,
    profile: describeProfile(profile, () => mayRun),
    shown: versionView(known, profile.profile, row),
    text,
    bindings: Object.entries(profile.bindings).map(([name, binding]) => ({
      name,
      transport: binding.transport,
      isText: isText(binding),
    })),
    // Lists of values are never written into: the view's type only lacks the word.
    params: { ...sampleParams(profile) } as ProfilePageView['params'],
    versions: versionViews(known),
    devices: known.devices.map(({ id: device, name, gateway, gatewayName, profileVersion: v }) => ({
      ...{ id: device, name, gateway, gatewayName, version: v },
    })),
    ...(await readHappenings(database, id)),
    mayWrite,
    back: before?.version ?? null,
  };
};

/** Runs them all, now. @param nowMs of a clock that never goes back */
export const runProfileVectors = (profile: DeviceProfile, nowMs: () => number): VectorsView => {
  const fromMs = nowMs();
  const { results, coverage } = runVectors(profile);
  return {
    id: profile.id,
    version: profile.profile,
    results: results.map(({ expected, got, ...result }) => ({
      ...result,
      expected: expected ?? null,
      got: got ?? null,
    })),
    coverage: { ...coverage, missing: [...coverage.missing] },
    tookMs: nowMs() - fromMs,
  };
};
