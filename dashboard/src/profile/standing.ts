import type { ProfileListItem } from '@gatehouse/protocols';

/** How far the version that devices are to run has come. */
export type Standing =
  /** No device has this profile. */
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  /** Of gateways that can be heard. */
  | { readonly kind: 'behind'; readonly gateways: number }
  /** All that are heard run it; of the silent ones nobody knows. */
  | { readonly kind: 'silent'; readonly gateways: number };

export const standingOf = ({ running, version, devices }: ProfileListItem): Standing => {
  const gatewaysWith = (rows: ProfileListItem['running']): number =>
    new Set(rows.map(({ gateway }) => gateway)).size;
  if (devices === 0) return { kind: 'none' };
  const behind = running.filter((run) => run.fresh && run.version !== version);
  if (behind.length > 0) return { kind: 'behind', gateways: gatewaysWith(behind) };
  const silent = running.filter(({ fresh }) => !fresh);
  if (silent.length > 0) return { kind: 'silent', gateways: gatewaysWith(silent) };
  return { kind: 'all' };
};

export const profileFits = (item: ProfileListItem, q: string): boolean => {
  const { id, title, vendor, product, family } = item;
  const text = [id, title.zh, title.en, vendor, product, family].join(' ').toLowerCase();
  return text.includes(q.trim().toLowerCase());
};

/** Who stands behind an example: `invented`, `capture …`, `session`, or a manual with its page. */
export type SourceKind = 'invented' | 'capture' | 'session' | 'manual';

export const sourceKindOf = (source: string): SourceKind => {
  if (source === 'invented' || source === 'session') return source;
  return source.startsWith('capture') ? 'capture' : 'manual';
};
