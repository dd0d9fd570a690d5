import { getRouteApi } from '@tanstack/react-router';
import { Segmented } from 'antd';
import { ErrorNote } from '../../api/error-note.tsx';
import { deviceStatuses } from '../../device/device-status.ts';
import type { DeviceStatus, StatusedDevice } from '../../device/device-status.ts';
import { StatusSign } from '../../device/status-sign.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useIsKeeper, useServerNow } from '../console-context.ts';
import { PickOne } from '../pick-one.tsx';
import { deviceGroupings } from '../search.ts';
import type { DeviceGrouping, DevicesSearch } from '../search.ts';
import { DeviceGroups } from './device-groups.tsx';
import { OddDevices } from './odd-devices.tsx';
import { useDevices } from './use-devices.ts';
import type { DeviceList } from './use-devices.ts';

const route = getRouteApi('/devices');

const textOf = ({ device }: StatusedDevice): string => {
  const { id, name, profileTitle, door, profile } = device;
  const names = [name, profileTitle, ...(door === null ? [] : [door.name])];
  return [id, profile, ...names.flatMap(({ zh, en }) => [zh, en])].join(' ').toLowerCase();
};

const fits = (found: StatusedDevice, search: DevicesSearch): boolean =>
  textOf(found).includes(search.q?.trim().toLowerCase() ?? '') &&
  (search.building === undefined || found.device.buildingName.en === search.building) &&
  (search.gateway === undefined || found.device.gateway === search.gateway) &&
  (search.status === undefined || found.status === search.status);

const isFiltered = ({ by: _, ...rest }: DevicesSearch): boolean => Object.keys(rest).length > 0;

/** How many are how: a filter and a summary in one. */
const StatusChips = ({
  devices,
  chosen,
  onChoose,
}: {
  readonly devices: readonly StatusedDevice[];
  readonly chosen: DeviceStatus | undefined;
  readonly onChoose: (status: DeviceStatus | undefined) => void;
}) => {
  const { t } = useWords();
  const counts = deviceStatuses
    .map((status) => ({ status, count: devices.filter((each) => each.status === status).length }))
    .filter(({ status, count }) => count > 0 || status === chosen);
  return (
    <div className="chips" role="group" aria-label={t('devices.status')}>
      {counts.map(({ status, count }) => (
        <button
          key={status}
          type="button"
          className="chip"
          aria-pressed={status === chosen}
          onClick={() => {
            onChoose(status === chosen ? undefined : status);
          }}
        >
          <StatusSign status={status} size={15} />
          {t(`deviceStatus.${status}`)} <span className="figures">{count}</span>
        </button>
      ))}
    </div>
  );
};

const Tools = ({
  devices,
  search,
  onChange,
}: {
  readonly devices: readonly StatusedDevice[];
  readonly search: DevicesSearch;
  readonly onChange: (search: DevicesSearch) => void;
}) => {
  const { t, pick } = useWords();
  const set = <Name extends keyof DevicesSearch>(name: Name, value: DevicesSearch[Name]): void => {
    const { [name]: _, ...rest } = search;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  const buildings = new Map(
    devices.map(({ device }) => [device.buildingName.en, device.buildingName]),
  );
  return (
    <>
      <div className="list-tools">
        <input
          type="search"
          className="field"
          aria-label={t('devices.search')}
          placeholder={t('devices.search')}
          value={search.q ?? ''}
          onChange={({ currentTarget }) => {
            set('q', currentTarget.value === '' ? undefined : currentTarget.value);
          }}
        />
        <PickOne
          label={t('doors.building')}
          all={t('doors.allBuildings')}
          chosen={search.building}
          options={[...buildings].map(([id, name]) => ({ id, text: pick(name) }))}
          onChoose={(building) => {
            set('building', building);
          }}
        />
        <Segmented<DeviceGrouping>
          className="grouping"
          aria-label={t('devices.group')}
          value={search.by ?? 'family'}
          options={deviceGroupings.map((value) => ({ value, label: t(`devices.by.${value}`) }))}
          onChange={(by) => {
            set('by', by === 'family' ? undefined : by);
          }}
        />
      </div>
      <StatusChips
        devices={devices}
        chosen={search.status}
        onChoose={(status) => {
          set('status', status);
        }}
      />
    </>
  );
};

const Body = ({
  list,
  search,
  onClear,
}: {
  readonly list: DeviceList;
  readonly search: DevicesSearch;
  readonly onClear: () => void;
}) => {
  const { t } = useWords();
  const now = useServerNow(10_000);
  const { devices, profiles, error, reload } = list;
  const isKeeper = useIsKeeper();
  if (error !== null) return <ErrorNote error={error} onRetry={reload} />;
  if (devices === null && isKeeper) {
    return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
  }
  const shown = (devices ?? []).filter((found) => fits(found, search));
  const filtered = isFiltered(search);
  if (shown.length === 0) {
    return (
      <section className="empty-state">
        <h2>{t(filtered ? 'devices.noFit' : 'devices.none')}</h2>
        <p className="quiet">{t(filtered ? 'doors.noFitHint' : 'devices.noneHint')}</p>
        {filtered ? (
          <button type="button" className="button main" onClick={onClear}>
            {t('doors.clear')}
          </button>
        ) : null}
      </section>
    );
  }
  return (
    <>
      {filtered ? null : <OddDevices devices={shown} profiles={profiles} now={now} />}
      <DeviceGroups devices={shown} by={search.by ?? 'family'} profiles={profiles} now={now} />
    </>
  );
};

/** What is silent or odd first, then everything, by what it is or where it is. */
export const DevicesPage = () => {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useDevices();
  const change = (next: DevicesSearch): void => {
    void navigate({ search: next, replace: true });
  };
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('nav.devices')}</h1>
        <Tools devices={list.devices ?? []} search={search} onChange={change} />
      </header>
      <Body
        list={list}
        search={search}
        onClear={() => {
          change({});
        }}
      />
    </div>
  );
};
