import type { ProfileView } from '@gatehouse/protocols';
import { useState } from 'react';
import type { StatusedDevice } from '../../device/device-status.ts';
import { FamilyIcon, isFamily } from '../../device/family-icon.tsx';
import { useWords } from '../../i18n/i18n.ts';
import type { DeviceGrouping } from '../search.ts';
import { DeviceCard } from './device-card.tsx';

/** Enough for a floor; the rest of a large family is one press away. */
const shownMax = 24;

/** Small families stand beside each other. */
const columnsMax = 4;

type Group = {
  readonly id: string;
  readonly name: string;
  readonly family: string | null;
  readonly devices: readonly StatusedDevice[];
};

const useGroups = (devices: readonly StatusedDevice[], by: DeviceGrouping): readonly Group[] => {
  const { t, pick } = useWords();
  const groups = new Map<string, Group>();
  for (const found of devices) {
    const { family, buildingName } = found.device;
    const isByFamily = by === 'family';
    const id = isByFamily ? family : buildingName.en;
    const title = isFamily(family) ? t(`family.${family}`) : family;
    const before = groups.get(id);
    groups.set(id, {
      id,
      name: isByFamily ? title : pick(buildingName),
      family: isByFamily ? family : null,
      devices: [...(before?.devices ?? []), found],
    });
  }
  return [...groups.values()];
};

const OneGroup = ({
  group,
  profiles,
  now,
}: {
  readonly group: Group;
  readonly profiles: ReadonlyMap<string, ProfileView>;
  readonly now: number;
}) => {
  const { t } = useWords();
  const [isWhole, setWhole] = useState(false);
  const { id, name, family, devices } = group;
  const shown = isWhole ? devices : devices.slice(0, shownMax);
  const headId = `devices-${id.replace(/\W+/g, '-')}`;
  return (
    <section
      className={`device-group device-group-${Math.min(columnsMax, devices.length)}`}
      aria-labelledby={headId}
    >
      <h2 id={headId}>
        {family === null ? null : <FamilyIcon family={family} size={20} />}
        {name}
        <span className="quiet figures">{devices.length}</span>
      </h2>
      <ul className="device-cards">
        {shown.map((found) => (
          <DeviceCard
            key={found.device.id}
            found={found}
            profile={profiles.get(found.device.profile)}
            now={now}
          />
        ))}
      </ul>
      {shown.length < devices.length ? (
        <p>
          <button
            type="button"
            className="button small"
            onClick={() => {
              setWhole(true);
            }}
          >
            {t('devices.showAll', { count: devices.length })}
          </button>
        </p>
      ) : null}
    </section>
  );
};

/** Devices by what they are or by where they are. */
export const DeviceGroups = ({
  devices,
  by,
  profiles,
  now,
}: {
  readonly devices: readonly StatusedDevice[];
  readonly by: DeviceGrouping;
  readonly profiles: ReadonlyMap<string, ProfileView>;
  readonly now: number;
}) => (
  <div className="device-groups">
    {useGroups(devices, by).map((group) => (
      <OneGroup key={group.id} group={group} profiles={profiles} now={now} />
    ))}
  </div>
);
