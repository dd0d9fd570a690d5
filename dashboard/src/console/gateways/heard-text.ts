import type { GatewayView } from '@gatehouse/protocols';
import { ago } from '../../event/time.ts';
import type { Translate } from '../../i18n/i18n.ts';

/** While beats come, how old the last one is says nothing. */
export const heardText = (gateway: GatewayView, now: number, t: Translate): string => {
  if (gateway.state === 'online') return t('gateway.beating');
  if (gateway.lastBeatAt === null) return t('gateway.neverHeard');
  return t('gateway.heard', { ago: ago(now - Date.parse(gateway.lastBeatAt), t) });
};
