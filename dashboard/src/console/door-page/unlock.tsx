import type { DoorView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { UnlockControl } from './unlock-control.tsx';

export const Unlock = ({ door }: { readonly door: DoorView }) => {
  const { t } = useWords();
  return (
    <Panel title={t('unlock.title')}>
      {door.mayUnlock ? (
        <UnlockControl door={door} asksReason />
      ) : (
        <p className="quiet">{t('unlock.notAllowed')}</p>
      )}
    </Panel>
  );
};
