import type { DeviceLiveView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { openLiveStream } from '../../adapters/live-stream.ts';
import { deviceStreamPath } from '../../api/routes.ts';
import { noWire, withLive } from '../../device/wire.ts';
import type { Wire } from '../../device/wire.ts';

export type WireLink = 'off' | 'connecting' | 'live' | 'lost';

/** The wire of one device, for as long as somebody looks. */
export const useWire = (
  device: string,
  isOn: boolean,
): { readonly wire: Wire; readonly link: WireLink } => {
  const [wire, setWire] = useState(noWire);
  const [link, setLink] = useState<WireLink>('off');
  useEffect(() => {
    setWire(noWire);
    setLink(isOn ? 'connecting' : 'off');
    if (!isOn) return undefined;
    return openLiveStream(deviceStreamPath(device), {
      onMessage: ({ event, data }) => {
        if (event !== 'live') return;
        // Our own server, of the same contract.
        const live = JSON.parse(data) as DeviceLiveView;
        setWire((before) => withLive(before, live));
      },
      onAlive: () => {
        setLink('live');
      },
      onLost: () => {
        setLink('lost');
      },
    });
  }, [device, isOn]);
  return { wire, link };
};
