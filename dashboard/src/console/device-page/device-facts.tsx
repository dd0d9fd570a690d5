import type { DevicePageView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useServerNow } from '../console-context.ts';
import { heardText } from '../gateways/heard-text.ts';
import { Panel } from '../panel.tsx';
import { useMay } from '../profiles/use-profile.ts';

const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div className="fact">
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const GatewayFact = ({ page }: { readonly page: DevicePageView }) => {
  const { t, pick } = useWords();
  const now = useServerNow();
  const { device } = page;
  const gateway = usePicture().gateways.get(device.gateway);
  return (
    <Fact name={t('door.gateway')}>
      <Link to="/gateways">{pick(device.gatewayName)}</Link>
      {gateway === undefined ? null : (
        <span className={`figures ${gateway.state === 'online' ? 'quiet' : 'tone-unknown'}`}>
          {t(`gateway.state.${gateway.state}`)} · {heardText(gateway, now, t)}
        </span>
      )}
    </Fact>
  );
};

/** A way to its profile, for those who may see it. */
const ProfileName = ({ id, version }: { readonly id: string; readonly version: string }) => {
  const name = (
    <code>
      {id}@{version}
    </code>
  );
  if (!useMay('profile.read')) return name;
  return (
    <Link to="/profiles/$profile" params={{ profile: id }}>
      {name}
    </Link>
  );
};

/** Which unit and which description this is: read when something is ordered or reported. */
export const DeviceFacts = ({ page }: { readonly page: DevicePageView }) => {
  const { t, pick } = useWords();
  const { device, profile } = page;
  const runs = device.profileVersion;
  const isBehind = runs !== null && runs !== profile.version;
  return (
    <Panel title={t('device.facts')} className="device-facts">
      <dl className="facts">
        <GatewayFact page={page} />
        <Fact name={t('device.place')}>
          {pick(device.buildingName)}
          {device.side === null ? null : ` · ${t(`side.${device.side}`)}`}
        </Fact>
        <Fact name={t('device.maker')}>
          {profile.vendor} · {profile.product}
        </Fact>
        <Fact name={t('device.profile')}>
          <ProfileName id={profile.id} version={profile.version} />
          {isBehind ? (
            <span className="tone-attention">{t('device.runs', { version: runs })}</span>
          ) : null}
          {runs === null ? <span className="quiet">{t('device.runsUnknown')}</span> : null}
        </Fact>
        <Fact name={t('device.manual')}>
          {profile.source ?? <span className="quiet">{t('device.invented')}</span>}
        </Fact>
        <Fact name={t('device.vectors')}>
          <span className="figures">
            {t('device.vectorsOf', { count: profile.vectors, manual: profile.vectorsFromManual })}
          </span>
        </Fact>
        <Fact name={t('device.wires')}>{profile.transports.join(', ')}</Fact>
        <Fact name={t('device.id')}>
          <code>{device.id}</code>
        </Fact>
      </dl>
    </Panel>
  );
};
