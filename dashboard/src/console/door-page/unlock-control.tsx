import type { CommandView, DoorView } from '@gatehouse/protocols';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { CommandSteps } from '../command/command-steps.tsx';
import { HoldButton } from '../command/hold-button.tsx';
import { isRunning, useCommand } from '../command/use-command.ts';

const reasonCharsMax = 200;
const end = { by: 'door', confirms: true } as const;

/** Opens a door from afar: held for a second, never by one stray tap, followed to its end. */
export const UnlockControl = ({
  door,
  asksReason,
}: {
  readonly door: DoorView;
  readonly asksReason: boolean;
}) => {
  const { t } = useWords();
  const [sent, setSent] = useState<CommandView | null>(null);
  const [reason, setReason] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const command = useCommand(sent, end.confirms);
  const isUnderWay = isAsking || isRunning(command, end.confirms);

  const ask = async (): Promise<void> => {
    setAsking(true);
    setError(null);
    setSent(null);
    try {
      setSent(await routes.unlock(door.id, reason.trim()));
    } catch (failure) {
      setError(failure);
    }
    setAsking(false);
  };

  return (
    <>
      <HoldButton
        label={t(isUnderWay ? 'unlock.underWay' : 'unlock.hold')}
        hint={t('unlock.hint')}
        isBusy={isUnderWay}
        onHeld={() => void ask()}
      />
      {asksReason ? (
        <label className="unlock-reason">
          <span className="quiet">{t('unlock.reason')}</span>
          <input
            className="field"
            value={reason}
            maxLength={reasonCharsMax}
            placeholder={t('unlock.reasonHint')}
            onChange={({ currentTarget }) => {
              setReason(currentTarget.value);
            }}
          />
        </label>
      ) : null}
      {command === null && !isAsking ? null : <CommandSteps command={command} end={end} />}
      {error === null ? null : <ErrorNote error={error} />}
    </>
  );
};
