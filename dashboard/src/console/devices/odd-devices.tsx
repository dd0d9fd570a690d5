import type { ProfileView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import type { DeviceStatus, StatusedDevice } from '../../device/device-status.ts';
import { deviceStatuses } from '../../device/device-status.ts';
import { StatusSign } from '../../device/status-sign.tsx';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useServerNow } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import { DeviceCard } from './device-card.tsx';

const odd: ReadonlySet<DeviceStatus> = new Set(['alarm', 'attention', 'silent', 'unknown']);
const shownMax = 12;

const order = (a: StatusedDevice, b: StatusedDevice): number =>
  deviceStatuses.indexOf(a.status) - deviceStatuses.indexOf(b.status) ||
  Date.parse(b.device.since ?? '1970-01-01') - Date.parse(a.device.since ?? '1970-01-01');

/** Behind a silent gateway nothing is known of any device: that is one line, not fifty. */
const SilentGateways = ({ devices }: { readonly devices: readonly StatusedDevice[] }) => {
  const { t, pick } = useWords();
  const now = useServerNow();
  const { gateways } = usePicture();
  const ids = [...new Set(devices.map(({ device }) => device.gateway))];
  return ids.map((id) => {
    const own = devices.filter(({ device }) => device.gateway === id);
    const gateway = gateways.get(id);
    const name = gateway?.name ?? own[0]?.device.gatewayName;
    const beat = gateway?.lastBeatAt ?? null;
    return (
      <li key={id}>
        <Link to="/devices" search={{ gateway: id }} className="odd odd-silent">
          <StatusSign status="old" size={20} />
          <span className="odd-name">{name === undefined ? id : pick(name)}</span>
          <span className="tone-unknown">{t('devices.behind', { count: own.length })}</span>
          <span className="figures quiet">
            {beat === null ? '' : lasting(now - Date.parse(beat), t)}
          </span>
        </Link>
      </li>
    );
  });
};

/** What is silent or odd, the gravest first: what somebody goes and looks at. */
export const OddDevices = ({
  devices,
  profiles,
  now,
}: {
  readonly devices: readonly StatusedDevice[];
  readonly profiles: ReadonlyMap<string, ProfileView>;
  readonly now: number;
}) => {
  const { t } = useWords();
  const old = devices.filter(({ status }) => status === 'old');
  const single = devices.filter(({ status }) => odd.has(status)).sort(order);
  const more = single.length - shownMax;
  return (
    <Panel title={t('devices.odd')} count={single.length} className="devices-odd">
      {single.length + old.length === 0 ? (
        <Calm text={t('devices.calm')} hint={t('devices.calmHint')} />
      ) : null}
      {single.length === 0 ? null : (
        <ul className="device-cards">
          {single.slice(0, shownMax).map((found) => (
            <DeviceCard
              key={found.device.id}
              found={found}
              profile={profiles.get(found.device.profile)}
              now={now}
            />
          ))}
        </ul>
      )}
      {more > 0 ? <p className="quiet">{t('now.more', { count: more })}</p> : null}
      {old.length === 0 ? null : (
        <ul className="odds">
          <SilentGateways devices={old} />
        </ul>
      )}
    </Panel>
  );
};
