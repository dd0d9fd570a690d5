import type { ProfilePageView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { hasStatus } from '../../api/failure.ts';
import { FamilyIcon, isFamily } from '../../device/family-icon.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useWide } from '../use-wide.ts';
import { HappeningsPanel, ProfileDevices, ShadowPanel } from './profile-devices.tsx';
import { ProfileModel } from './profile-model.tsx';
import { ProfileTags } from './standing-note.tsx';
import { TryFrame } from './try-frame.tsx';
import { useProfilePage } from './use-profile.ts';
import { VectorsPanel } from './vectors-panel.tsx';
import { VersionsPanel } from './versions-panel.tsx';

const route = getRouteApi('/profiles/$profile');

const NoProfile = () => {
  const { t } = useWords();
  return (
    <section className="empty-state">
      <h1>{t('profiles.none')}</h1>
      <p className="quiet">{t('profiles.noneHint')}</p>
      <Link to="/profiles" className="button main">
        {t('profiles.all')}
      </Link>
    </section>
  );
};

const Head = ({ page }: { readonly page: ProfilePageView }) => {
  const { t, pick } = useWords();
  const { profile, item, shown } = page;
  const { family, vendor, product, source, transports } = profile;
  return (
    <>
      <p className="crumbs">
        <Link to="/profiles">{t('nav.profiles')}</Link>
      </p>
      <header className="device-head">
        <span className="device-head-icon">
          <FamilyIcon family={family} size={36} />
        </span>
        <div>
          <h1>{pick(profile.title)}</h1>
          <p className="device-word">
            <strong className="figures">
              {t('profiles.version', { version: shown.version })} ·{' '}
              {t(`profiles.state.${shown.state}`)}
            </strong>
            <ProfileTags item={item} />
          </p>
          <p className="device-where">
            {isFamily(family) ? t(`family.${family}`) : family} · {vendor} · {product} ·{' '}
            {transports.join(', ')}
          </p>
          <p className="quiet">
            {t('device.manual')}: {source ?? t('device.invented')} · <code>{profile.id}</code>
          </p>
        </div>
      </header>
    </>
  );
};

const Loaded = ({ page }: { readonly page: ProfilePageView }) => {
  const isWide = useWide(1024);
  const { item, shown } = page;
  const life = (
    <>
      <VersionsPanel page={page} />
      <ShadowPanel page={page} />
      <ProfileDevices page={page} />
      <HappeningsPanel page={page} />
    </>
  );
  return (
    <article className="device-page profile-page">
      <Head page={page} />
      <div className="device-columns">
        <div className="door-column">
          <TryFrame key={`${item.id}@${shown.version}`} page={page} />
          {isWide ? null : life}
          <ProfileModel profile={page.profile} />
          <VectorsPanel id={item.id} version={shown.version} />
        </div>
        {isWide ? <div className="door-column">{life}</div> : null}
      </div>
    </article>
  );
};

/** One profile: what it says a device is, the proof of it, who runs it, and its versions. */
export const ProfilePage = () => {
  const { t } = useWords();
  const { profile: id } = route.useParams();
  const { version } = route.useSearch();
  const { data, error, refetch } = useProfilePage(id, version);
  if (hasStatus(error, 404)) return <NoProfile />;
  if (error !== null && data === undefined) {
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  if (data?.item.id !== id) {
    return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
  }
  return <Loaded key={id} page={data} />;
};
