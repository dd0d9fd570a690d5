import { Link } from '@tanstack/react-router';
import { sinceOf } from '../../device/device-status.ts';
import type { StatusedDevice } from '../../device/device-status.ts';
import { FamilyIcon, isFamily } from '../../device/family-icon.tsx';
import { StatusSign, statusTones } from '../../device/status-sign.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';

/** Never a stale value that looks fresh: says whose silence it is, and since when. */
const Stale = ({ found }: { readonly found: StatusedDevice }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const { device, status } = found;
  if (status !== 'old' && status !== 'silent') return null;
  const at = device.since === null ? t('door.never') : times.moment(Date.parse(device.since), now);
  return (
    <p className="behind device-stale" role="status">
      <i className="behind-hatch" aria-hidden="true" />
      {status === 'old'
        ? t('device.oldGateway', { gateway: pick(device.gatewayName) })
        : t('device.oldSilent', { at })}
    </p>
  );
};

/** What it is, how it is and since when, and where it hangs. */
export const DeviceHead = ({ found }: { readonly found: StatusedDevice }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(10_000);
  const { device, status } = found;
  const { family, door } = device;
  const since = sinceOf(found);
  const sinceMs = since === null ? null : Date.parse(since);
  return (
    <>
      <p className="crumbs">
        <Link to="/devices">{t('nav.devices')}</Link>
        <span aria-hidden="true"> / </span>
        <Link to="/devices" search={{ building: device.buildingName.en }}>
          {pick(device.buildingName)}
        </Link>
      </p>
      <header className={`device-head device-head-${status}`}>
        <span className="device-head-icon">
          <FamilyIcon family={family} size={36} />
        </span>
        <div>
          <h1>{pick(device.name)}</h1>
          <p className="device-word">
            <span className={`device-word-status tone-${statusTones[status]}`}>
              <StatusSign status={status} size={20} />
              <strong>{t(`deviceStatus.${status}`)}</strong>
            </span>
            {sinceMs === null ? null : (
              <time className="figures quiet" dateTime={since ?? ''} title={times.full(sinceMs)}>
                {t('device.since', { at: times.moment(sinceMs, now) })}
              </time>
            )}
          </p>
          <p className="device-where">
            {isFamily(family) ? t(`family.${family}`) : family} · {pick(device.profileTitle)}
            {door === null ? null : (
              <>
                {' · '}
                <Link to="/doors/$door" params={{ door: door.id }}>
                  {pick(door.name)}
                </Link>
              </>
            )}
            {' · '}
            <Link to="/gateways">{pick(device.gatewayName)}</Link>
          </p>
        </div>
      </header>
      <Stale found={found} />
    </>
  );
};
