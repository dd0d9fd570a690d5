import { checkedProfile, faultText } from '@gatehouse/device-profiles';
import type { DeviceProfile } from '@gatehouse/device-profiles';
import { toHex, utf8 } from '@gatehouse/protocols';
import type { Primitives } from '@gatehouse/protocols';
import type { ProfileRow } from '../policy/roster.ts';
import type { ProfileKept } from '../ports.ts';

/** One version of a profile as it drives devices. */
export type Edition = {
  readonly profile: DeviceProfile;
  /** Undefined: it came with this release. */
  readonly custom: { readonly text: string; readonly sha256: string } | undefined;
};

/** What a gateway should run of one profile, and why not what it was sent. */
export type Choice = {
  /** Undefined: there is none yet. */
  readonly edition: Edition | undefined;
  readonly refused:
    { readonly version: string; readonly sha256: string; readonly why: string } | undefined;
};

export type Editions = {
  readonly read: (text: string) => Edition | string;
  readonly builtIn: (id: string) => Edition | undefined;
  /** @param row the signed one; undefined = the cloud has none */
  readonly choose: (
    id: string,
    row: ProfileRow | undefined,
    kept: ProfileKept | undefined,
  ) => Choice;
  /** What this box begins with: a change since then is swapped in like any other. */
  readonly first: (
    id: string,
    row: ProfileRow | undefined,
    kept: ProfileKept | undefined,
  ) => Edition | undefined;
};

const whyCharsMax = 300;
/** Texts in memory with what was read of them; live, shadow and former of some profiles. */
const knownMax = 64;

type Read = {
  /** A text: why it is none. */
  readonly edition: Edition | string;
  readonly digest: string;
};

export const createEditions = (
  builtIns: ReadonlyMap<string, DeviceProfile>,
  { sha256 }: Pick<Primitives, 'sha256'>,
): Editions => {
  const builtIn = (id: string): Edition | undefined => {
    const profile = builtIns.get(id);
    return profile && { profile, custom: undefined };
  };
  /** Each change of the policy asks for all of them. */
  const known = new Map<string, Read>();
  const readOne = (text: string): Read => {
    const held = known.get(text);
    if (held !== undefined) return held;
    const digest = toHex(sha256(utf8(text)));
    const checked = checkedProfile(text, 'profile.yaml');
    const fault = checked.ok ? undefined : checked.faults[0];
    const edition = checked.ok
      ? { profile: checked.value, custom: { text, sha256: digest } }
      : (fault === undefined ? 'not readable' : faultText(fault)).slice(0, whyCharsMax);
    const [oldest] = known.keys();
    if (known.size >= knownMax && oldest !== undefined) known.delete(oldest);
    known.set(text, { edition, digest });
    return { edition, digest };
  };
  const read = (text: string): Edition | string => readOne(text).edition;
  /** The one that went well before, where the release has not caught up with it. */
  const former = (id: string, kept: ProfileKept | undefined): Edition | undefined => {
    const own = builtIn(id);
    const text = kept?.inForce?.text;
    const edition = text === undefined ? undefined : read(text);
    const isGood = typeof edition === 'object' && isAbove(edition, own);
    return isGood ? edition : own;
  };
  const choose: Editions['choose'] = (id, row, kept) => {
    // Nobody takes the profile from a device that runs: what the cloud no longer has stays.
    if (row === undefined) return { edition: builtIn(id) ?? former(id, kept), refused: undefined };
    const { edition, digest } = readOne(row.text);
    const refused = (why: string): Choice => ({
      edition: former(id, kept),
      refused: { version: row.version, sha256: digest, why },
    });
    if (typeof edition === 'string') return refused(edition);
    if (edition.profile.id !== id || edition.profile.profile !== row.version) {
      return refused('it names another profile or version');
    }
    if (kept?.refused?.sha256 === digest) return refused(kept.refused.why);
    // An upgrade of this box brought a later one.
    if (!isAbove(edition, builtIn(id))) return { edition: builtIn(id), refused: undefined };
    return { edition, refused: undefined };
  };
  return {
    read,
    builtIn,
    choose,
    first: (id, row, kept) => former(id, kept) ?? choose(id, row, kept).edition,
  };
};

const isAbove = (edition: Edition, other: Edition | undefined): boolean =>
  other === undefined || compare(edition.profile.profile, other.profile.profile) > 0;

const compare = (a: string, b: string): number => {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (const i of [0, 1, 2]) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** Built-in ones by their version, custom ones by their very text. */
export const isSameEdition = (a: Edition, b: Edition): boolean =>
  a.profile.id === b.profile.id &&
  a.profile.profile === b.profile.profile &&
  a.custom?.sha256 === b.custom?.sha256;
