import type { DoorView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow } from '../console-context.ts';
import { DeviceCard } from '../devices/device-card.tsx';
import { useDevices } from '../devices/use-devices.ts';
import { Panel } from '../panel.tsx';

/** What hangs at this door; absent where nothing is known of it, or nothing may be seen. */
export const DoorDevices = ({ door }: { readonly door: DoorView }) => {
  const { t } = useWords();
  const now = useServerNow(10_000);
  const { devices, profiles } = useDevices();
  const own = (devices ?? []).filter(({ device }) => device.door?.id === door.id);
  if (own.length === 0) return null;
  return (
    <Panel title={t('door.devices')} count={own.length}>
      <ul className="device-cards">
        {own.map((found) => (
          <DeviceCard
            key={found.device.id}
            found={found}
            profile={profiles.get(found.device.profile)}
            now={now}
            showsPlace={false}
          />
        ))}
      </ul>
    </Panel>
  );
};
