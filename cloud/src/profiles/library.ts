import { checkedProfile } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { createBell } from '../feed/bell.ts';
import type { Profiles } from '../fleet/profiles.ts';
import type { Clock, Database, Log } from '../ports.ts';
import { isHigher } from './semver.ts';

export type BuiltIn = { readonly profile: DeviceProfile; readonly text: string };

/** Every profile that this cloud knows: those of the release, and the live ones of the tables. */
export type ProfileLibrary = {
  /** By id, always as they are now: the live version where it is above the built-in one. */
  readonly profiles: Profiles;
  readonly builtIn: (id: string) => BuiltIn | undefined;
  readonly builtIns: () => readonly BuiltIn[];
  /** A stored text; undefined where this release can no longer read it. */
  readonly read: (row: {
    readonly text: string;
    readonly sha256: string;
  }) => DeviceProfile | undefined;
  /** After a change of one's own; those of other processes come by the feed. */
  readonly refresh: () => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

export type LibraryOptions = {
  readonly database: Database;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
  readonly builtIns: ReadonlyMap<string, BuiltIn>;
};

/** Checked texts in memory; each is a few hundred kilobytes at most. */
const readMax = 64;
const lookEveryMs = 5_000;
/** The feed rings for every batch of every gateway. */
const restMs = 500;

export const createProfileLibrary = (options: LibraryOptions): ProfileLibrary => {
  const { database, clock, log, builtIns } = options;
  const read = createReader(log);
  const profiles = new Map([...builtIns].map(([id, { profile }]) => [id, profile]));
  const bell = createBell(clock);
  let cancel = (): void => undefined;
  let running: Promise<void> = Promise.resolve();

  const refresh = async (): Promise<void> => {
    const live = await liveProfiles(database, read, builtIns);
    for (const id of profiles.keys()) {
      if (!builtIns.has(id) && !live.has(id)) profiles.delete(id);
    }
    for (const [id, { profile }] of builtIns) profiles.set(id, live.get(id) ?? profile);
    for (const [id, profile] of live) profiles.set(id, profile);
  };
  const follow = async (): Promise<void> => {
    while (!bell.hasEnded()) {
      await refresh().catch((error: unknown) => log.warn('profiles.not_read', { error }));
      await bell.rest(restMs);
      await bell.wait(lookEveryMs);
    }
  };
  return {
    profiles,
    builtIn: (id) => builtIns.get(id),
    builtIns: () => [...builtIns.values()],
    read,
    refresh,
    start: () => {
      cancel = database.onFeed(bell.ring);
      running = follow();
    },
    stop: async () => {
      cancel();
      bell.end();
      await running;
    },
  };
};

/** The live version of each profile, unless the release has a later one. */
const liveProfiles = async (
  database: Database,
  read: ProfileLibrary['read'],
  builtIns: LibraryOptions['builtIns'],
): Promise<ReadonlyMap<string, DeviceProfile>> => {
  const rows = await database.query<{ id: string; text: string; sha256: string; version: string }>(
    `select v.id, v.version, v.text, v.sha256
     from profile_live l join profile_version v on v.id = l.id and v.version = l.version
     where l.mode = 'live'`,
  );
  return new Map(
    rows
      .filter(({ id, version }) => isHigher(version, builtIns.get(id)?.profile.profile))
      .flatMap((row) => {
        const profile = read(row);
        return profile === undefined ? [] : [[row.id, profile] as const];
      }),
  );
};

const createReader = (log: Log): ProfileLibrary['read'] => {
  const known = new Map<string, DeviceProfile>();
  return ({ text, sha256 }) => {
    const held = known.get(sha256);
    if (held !== undefined) return held;
    const checked = checkedProfile(text, 'profile.yaml');
    if (!checked.ok) {
      // It was sound when it was written: the rules of a later release are stricter.
      log.warn('profiles.not_readable', { sha256, fault: checked.faults[0]?.message });
      return undefined;
    }
    const [oldest] = known.keys();
    if (known.size >= readMax && oldest !== undefined) known.delete(oldest);
    known.set(sha256, checked.value);
    return checked.value;
  };
};
