import type { ProfileListItem } from '@gatehouse/protocols';
import { standingOf } from '../../profile/standing.ts';
import { useWords } from '../../i18n/i18n.ts';

const tones = {
  none: 'quiet',
  all: 'tone-granted',
  behind: 'tone-attention',
  silent: 'tone-unknown',
} as const;
const signs = { none: '', all: '✓ ', behind: '◷ ', silent: '▨ ' } as const;

/** Whether all gateways run what they are to run. */
export const StandingNote = ({ item }: { readonly item: ProfileListItem }) => {
  const { t } = useWords();
  const standing = standingOf(item);
  const count = 'gateways' in standing ? standing.gateways : 0;
  return (
    <span className={tones[standing.kind]}>
      <span aria-hidden="true">{signs[standing.kind]}</span>
      {t(`profiles.standing.${standing.kind}`, { count, version: item.version })}
    </span>
  );
};

/** What sort of file this is and what waits, each as a word. */
export const ProfileTags = ({ item }: { readonly item: ProfileListItem }) => {
  const { t } = useWords();
  const { origin, state, draft, shadow, vectors } = item;
  return (
    <span className="profile-tags">
      {origin === 'builtIn' ? null : <i className="tag">{t(`profiles.origin.${origin}`)}</i>}
      {state === 'draft' ? <i className="tag tag-wait">{t('profiles.state.draft')}</i> : null}
      {draft === null ? null : (
        <i className="tag tag-wait">{t('profiles.draftWaits', { version: draft })}</i>
      )}
      {shadow === null ? null : (
        <i className="tag tag-wait">{t('profiles.shadowRuns', { version: shadow })}</i>
      )}
      {vectors.failed === 0 ? null : (
        <i className="tag tag-bad">{t('profiles.failed', { count: vectors.failed })}</i>
      )}
    </span>
  );
};
