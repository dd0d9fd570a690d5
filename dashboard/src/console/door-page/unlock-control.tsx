import type { CommandView, DoorView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { pause } from '../../adapters/clock.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture } from '../console-context.ts';
import { HoldButton } from './hold-button.tsx';
import { UnlockSteps } from './unlock-steps.tsx';

const reasonCharsMax = 200;
const askEveryMs = 2_500;

const ended: readonly CommandView['state'][] = ['confirmed', 'expired', 'failed'];

const isRunning = (command: CommandView | null): boolean =>
  command !== null && !ended.includes(command.state);

const hasMore = (asked: CommandView, streamed: CommandView | null): boolean =>
  asked.id === streamed?.id && asked.steps.length > streamed.steps.length;

/** The stream tells each step; where it is broken, asking tells how the command ended. */
const useAsked = (command: CommandView | null): CommandView | undefined => {
  const id = command?.id ?? '';
  const { data } = useQuery({
    queryKey: ['command', id],
    queryFn: async () => {
      await pause(askEveryMs);
      return routes.command(id);
    },
    enabled: isRunning(command),
    refetchInterval: ({ state }) => (isRunning(state.data ?? null) ? askEveryMs : false),
    staleTime: 0,
  });
  return data;
};

/** Opens a door from afar: held for a second, never by one stray tap, followed to its end. */
export const UnlockControl = ({
  door,
  asksReason,
}: {
  readonly door: DoorView;
  readonly asksReason: boolean;
}) => {
  const { t } = useWords();
  const { commands } = usePicture();
  const [sent, setSent] = useState<CommandView | null>(null);
  const [reason, setReason] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const streamed = sent === null ? null : (commands.get(sent.id) ?? sent);
  const asked = useAsked(streamed);
  const command = asked !== undefined && hasMore(asked, streamed) ? asked : streamed;
  const isUnderWay = isAsking || isRunning(command);

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
      {command === null && !isAsking ? null : <UnlockSteps command={command} />}
      {error === null ? null : <ErrorNote error={error} />}
    </>
  );
};
