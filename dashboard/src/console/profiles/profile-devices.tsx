import type { ProfileHappeningView, ProfilePageView, ShadowReportView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import { StandingNote } from './standing-note.tsx';

/** Which device runs which version. */
export const ProfileDevices = ({ page }: { readonly page: ProfilePageView }) => {
  const { t, pick } = useWords();
  const { devices, item } = page;
  return (
    <Panel title={t('profiles.using.title')} count={devices.length}>
      {devices.length === 0 ? (
        <p className="quiet">{t('profiles.using.none')}</p>
      ) : (
        <>
          <p>
            <StandingNote item={item} />
          </p>
          <ul className="profile-devices">
            {devices.map(({ id, name, gatewayName, version }) => (
              <li key={id}>
                <span>
                  <Link to="/devices/$device" params={{ device: id }} className="row-link">
                    {pick(name)}
                  </Link>
                  <span className="quiet">{pick(gatewayName)}</span>
                </span>
                <span
                  className={`figures ${version === item.version ? 'quiet' : 'tone-attention'}`}
                >
                  {version ?? t('profiles.using.unknown')}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
};

const OneShadow = ({ shadow }: { readonly shadow: ShadowReportView }) => {
  const { t, pick } = useWords();
  const { deviceName, from, to, frames, differing, differences } = shadow;
  return (
    <li className="shadow">
      <p>
        <strong>{pick(deviceName)}</strong>{' '}
        <span className="quiet figures">{t('profiles.shadow.versions', { from, to })}</span>
      </p>
      <p className={`figures ${differing === 0 ? 'tone-granted' : 'tone-attention'}`}>
        {differing === 0
          ? t('profiles.shadow.same', { count: frames })
          : t('profiles.shadow.differs', { count: frames, differing })}
      </p>
      {differences.map(({ hex, from: before, to: after }) => (
        <dl key={hex + before + after} className="difference">
          <dt className="visually-hidden">{t('wire.column.bytes')}</dt>
          <dd>
            <code>{hex}</code>
          </dd>
          <dt className="quiet figures">{from}</dt>
          <dd>{before}</dd>
          <dt className="quiet figures">{to}</dt>
          <dd>
            <strong>{after}</strong>
          </dd>
        </dl>
      ))}
    </li>
  );
};

/** What would decode differently, found on real frames before anything was moved. */
export const ShadowPanel = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  if (page.shadows.length === 0 && page.item.shadow === null) return null;
  return (
    <Panel title={t('profiles.shadow.title')}>
      {page.shadows.length === 0 ? (
        <p className="quiet">{t('profiles.shadow.waiting')}</p>
      ) : (
        <ul className="shadows">
          {page.shadows.map((shadow) => (
            <OneShadow key={shadow.device} shadow={shadow} />
          ))}
        </ul>
      )}
    </Panel>
  );
};

const happeningWords: Readonly<Record<string, { readonly key: string; readonly tone: string }>> = {
  'profile.swapped': { key: 'swapped', tone: 'tone-granted' },
  'profile.refused': { key: 'refused', tone: 'tone-denied' },
  'profile.rolled_back': { key: 'rolledBack', tone: 'tone-attention' },
};

const OneHappening = ({ happening }: { readonly happening: ProfileHappeningView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const { kind, at, gatewayName, device, from, to, tookMs, why } = happening;
  const { key, tone } = happeningWords[kind] ?? { key: 'other', tone: 'quiet' };
  const atMs = Date.parse(at);
  return (
    <li>
      <time className="figures quiet" dateTime={at} title={times.full(atMs)}>
        {times.moment(atMs, now)}
      </time>
      <span>
        <span className={tone}>{t(`profiles.happened.${key}`, { to })}</span>
        {from === null ? null : (
          <span className="quiet figures">{t('profiles.happened.from', { from })}</span>
        )}
        <span className="quiet">
          {pick(gatewayName)}
          {device === null ? '' : ` · ${device}`}
          {tookMs === null ? '' : ` · ${t('profiles.happened.took', { ms: Math.round(tookMs) })}`}
        </span>
        {why === '' ? null : <span>{why}</span>}
      </span>
    </li>
  );
};

/** What became of the versions on the gateways. */
export const HappeningsPanel = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  return (
    <Panel title={t('profiles.happened.title')}>
      {page.happenings.length === 0 ? (
        <Calm text={t('profiles.happened.none')} hint={t('profiles.happened.noneHint')} />
      ) : (
        <ul className="happenings">
          {page.happenings.map((happening) => (
            <OneHappening key={happening.event} happening={happening} />
          ))}
        </ul>
      )}
    </Panel>
  );
};
