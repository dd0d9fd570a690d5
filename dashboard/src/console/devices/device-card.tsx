import type { ProfileView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { sinceOf } from '../../device/device-status.ts';
import type { StatusedDevice } from '../../device/device-status.ts';
import { FamilyIcon } from '../../device/family-icon.tsx';
import { StatusSign, statusTones } from '../../device/status-sign.tsx';
import { tellingOf } from '../../device/telling.ts';
import { conditionRow } from '../../event/condition-words.ts';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';

/** How it is, in a word; for a device with one condition, that condition's. */
export const StatusWord = ({
  found,
  now,
}: {
  readonly found: StatusedDevice;
  readonly now: number;
}) => {
  const { t, language } = useWords();
  const { status, conditions } = found;
  const row = conditionRow(conditions[0]?.code ?? '');
  const isSaid = (status === 'attention' || status === 'alarm') && row !== undefined;
  const since = status === 'online' ? null : sinceOf(found);
  return (
    <span className={`device-status tone-${statusTones[status]}`}>
      <StatusSign status={status} />
      <span>{isSaid ? row.title[language] : t(`deviceStatus.${status}`)}</span>
      {since === null ? null : (
        <span className="figures quiet">{lasting(now - Date.parse(since), t)}</span>
      )}
    </span>
  );
};

/** What a person would ask it: 21.5 °C, occupied, 3 boxes open. */
const Values = ({
  found,
  profile,
}: {
  readonly found: StatusedDevice;
  readonly profile: ProfileView | undefined;
}) => {
  const { t, language } = useWords();
  const told = tellingOf(found.device, profile, { t, language });
  if (told.length === 0) return null;
  const isOld = found.status === 'old' || found.status === 'silent';
  return (
    <span className={`device-values figures ${isOld ? 'device-values-old' : ''}`}>
      {told.map(({ name, text, isAlarm }) => (
        <span key={name + text} className={isAlarm ? 'tone-alarm' : ''}>
          {name === '' ? null : <small>{name}</small>}
          <strong>{text}</strong>
        </span>
      ))}
    </span>
  );
};

/** One device in a list: what it is, where, how it is, and what it says. */
export const DeviceCard = ({
  found,
  profile,
  now,
  showsPlace = true,
}: {
  readonly found: StatusedDevice;
  readonly profile: ProfileView | undefined;
  readonly now: number;
  readonly showsPlace?: boolean;
}) => {
  const { pick } = useWords();
  const { device, status } = found;
  const place = device.door === null ? device.buildingName : device.door.name;
  return (
    <li>
      <Link
        to="/devices/$device"
        params={{ device: device.id }}
        className={`device-card device-card-${status}`}
      >
        <span className="device-card-head">
          <FamilyIcon family={device.family} />
          <span className="device-card-name">
            <strong>{pick(device.name)}</strong>
            {showsPlace ? <span className="quiet">{pick(place)}</span> : null}
          </span>
        </span>
        <Values found={found} profile={profile} />
        <StatusWord found={found} now={now} />
      </Link>
    </li>
  );
};
