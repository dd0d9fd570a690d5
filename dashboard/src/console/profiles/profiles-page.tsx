import type { ProfileListItem } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { FamilyIcon } from '../../device/family-icon.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { profileFits } from '../../profile/standing.ts';
import { ProfileTags, StandingNote } from './standing-note.tsx';
import { useMay, useProfileList } from './use-profile.ts';

const route = getRouteApi('/profiles');

const Row = ({ item }: { readonly item: ProfileListItem }) => {
  const { t, pick } = useWords();
  const { id, version, vectors, devices, vendor, product } = item;
  return (
    <li>
      <Link to="/profiles/$profile" params={{ profile: id }} className="profile-row">
        <FamilyIcon family={item.family} size={24} />
        <span className="profile-row-name">
          <strong>{pick(item.title)}</strong>
          <span className="quiet">
            {vendor} · {product}
          </span>
        </span>
        <span className="profile-row-version">
          <span className="figures">{t('profiles.version', { version })}</span>
          <ProfileTags item={item} />
        </span>
        <span className="profile-row-proof">
          <span className="figures">
            {t('profiles.fromManual', { count: vectors.fromManual, of: vectors.count })}
          </span>
          <span className="meter" aria-hidden="true">
            <i style={{ width: `${(100 * vectors.fromManual) / Math.max(1, vectors.count)}%` }} />
          </span>
        </span>
        <span className="profile-row-use">
          <span className="figures">{t('profiles.devices', { count: devices })}</span>
          <StandingNote item={item} />
        </span>
      </Link>
    </li>
  );
};

const Group = ({
  name,
  items,
}: {
  readonly name: 'own' | 'builtIn';
  readonly items: readonly ProfileListItem[];
}) => {
  const { t } = useWords();
  if (items.length === 0) return null;
  return (
    <section className="profile-group" aria-labelledby={`profiles-${name}`}>
      <h2 id={`profiles-${name}`}>
        {t(`profiles.group.${name}`)} <span className="quiet figures">{items.length}</span>
      </h2>
      <ul className="profile-rows">
        {items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
};

const Body = ({ q, onClear }: { readonly q: string; readonly onClear: () => void }) => {
  const { t } = useWords();
  const { data, error, refetch } = useProfileList();
  if (error !== null && data === undefined) {
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) {
    return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
  }
  const shown = data.filter((item) => profileFits(item, q));
  if (shown.length === 0) {
    return (
      <section className="empty-state">
        <h2>{t('profiles.noFit')}</h2>
        <p className="quiet">{t('doors.noFitHint')}</p>
        <button type="button" className="button main" onClick={onClear}>
          {t('doors.clear')}
        </button>
      </section>
    );
  }
  return (
    <>
      <Group name="own" items={shown.filter(({ origin }) => origin !== 'builtIn')} />
      <Group name="builtIn" items={shown.filter(({ origin }) => origin === 'builtIn')} />
    </>
  );
};

/** What devices are driven by: one description each. */
export const ProfilesPage = () => {
  const { t } = useWords();
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const mayWrite = useMay('profile.write');
  const change = (text: string): void => {
    void navigate({ search: text === '' ? {} : { q: text }, replace: true });
  };
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('nav.profiles')}</h1>
        <p className="quiet">{t('profiles.intro')}</p>
        <div className="list-tools">
          <input
            type="search"
            className="field"
            aria-label={t('profiles.search')}
            placeholder={t('profiles.search')}
            value={q}
            onChange={({ currentTarget }) => {
              change(currentTarget.value);
            }}
          />
          {mayWrite ? (
            <Link to="/profiles/new" className="button">
              {t('profiles.add')}
            </Link>
          ) : null}
        </div>
      </header>
      <Body
        q={q}
        onClear={() => {
          change('');
        }}
      />
    </div>
  );
};
