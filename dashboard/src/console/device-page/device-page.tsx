import type { ConditionView, DevicePageView, DeviceView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { hasStatus } from '../../api/failure.ts';
import { routes } from '../../api/routes.ts';
import type { StatusedDevice } from '../../device/device-status.ts';
import { useWords } from '../../i18n/i18n.ts';
import { ConditionNote } from '../condition-note.tsx';
import { useLive, usePicture } from '../console-context.ts';
import { conditionsByDevice, statused } from '../devices/use-devices.ts';
import { DeviceEvents } from './device-events.tsx';
import { DeviceFacts } from './device-facts.tsx';
import { DeviceHead } from './device-head.tsx';
import { RunCommands } from './run-commands.tsx';
import { StateTiles } from './state-tiles.tsx';
import { Telemetry } from './telemetry.tsx';
import type { Readings } from './telemetry.tsx';
import { useWide } from '../use-wide.ts';
import { useWire } from './use-wire.ts';
import { WirePanel } from './wire-panel.tsx';

const route = getRouteApi('/devices/$device');
const lookAgainMs = 30_000;

const NoDevice = () => {
  const { t } = useWords();
  return (
    <section className="empty-state">
      <h1>{t('device.none')}</h1>
      <p className="quiet">{t('door.noneHint')}</p>
      <Link to="/devices" className="button main">
        {t('device.all')}
      </Link>
    </section>
  );
};

const usePage = (id: string) => {
  const { loads } = useLive();
  return useQuery({
    queryKey: ['device', id, loads],
    queryFn: () => routes.device(id),
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
};

/** The newest of each reading: loaded, or told by the stream, or by the wire while one looks. */
const readingsOf = (page: DevicePageView, fresh: DeviceView['readings'], at: string): Readings => {
  const loaded = page.latest.map(({ name, ...reading }) => [name, reading] as const);
  const news = Object.entries(fresh ?? {}).map(([name, value]) => [name, { value, at }] as const);
  return new Map([...loaded, ...news]);
};

const useFound = (
  page: DevicePageView,
): { readonly found: StatusedDevice; readonly conditions: readonly ConditionView[] } => {
  const { devices, conditions } = usePicture();
  const device = { ...page.device, ...devices.get(page.device.id) };
  const own = conditionsByDevice(conditions.values()).get(device.id) ?? [];
  return { found: statused(device, own, page.profile), conditions: own };
};

const Loaded = ({ page: loaded }: { readonly page: DevicePageView }) => {
  const isWide = useWide(1024);
  const [isWatching, setWatching] = useState(false);
  const { wire, link } = useWire(loaded.device.id, isWatching);
  const { found, conditions } = useFound(loaded);
  const { device, status } = found;
  const page = { ...loaded, device };
  const { profile } = page;
  const isOld = status === 'old' || status === 'silent';
  const heardAt = wire.health?.lastHeardAt ?? null;
  const readings = readingsOf(
    page,
    heardAt === null ? {} : wire.readings,
    new Date(heardAt ?? 0).toISOString(),
  );
  const state = (
    <StateTiles profile={profile} values={{ ...device.values, ...wire.values }} isOld={isOld} />
  );
  return (
    <article className="device-page">
      <DeviceHead found={found} />
      {conditions.map((condition) => (
        <ConditionNote key={condition.id} condition={condition} linksDevice={false} />
      ))}
      <div className="device-columns">
        <div className="door-column">
          {state}
          {isWide ? null : <RunCommands page={page} />}
          {profile.telemetry.length === 0 ? null : (
            <Telemetry page={page} readings={readings} isOld={isOld} />
          )}
          {page.mayWatch ? (
            <WirePanel page={page} wire={wire} link={link} onSwitch={setWatching} />
          ) : null}
        </div>
        <div className="door-column">
          {isWide ? <RunCommands page={page} /> : null}
          <DeviceEvents page={page} />
          <DeviceFacts page={page} />
        </div>
      </div>
    </article>
  );
};

/** One device, drawn wholly from what its profile says it is and can do. */
export const DevicePage = () => {
  const { t } = useWords();
  const { device: id } = route.useParams();
  const { data, error, refetch } = usePage(id);
  if (hasStatus(error, 404)) return <NoDevice />;
  if (error !== null && data === undefined) {
    return <ErrorNote error={error} onRetry={() => void refetch()} />;
  }
  if (data?.device.id !== id) {
    return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
  }
  return <Loaded key={id} page={data} />;
};
