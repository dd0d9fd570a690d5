import type { CommandView, DeviceView, ModelCommandView } from '@gatehouse/protocols';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { readArgs, startText } from '../../device/arg-field.ts';
import type { ArgProblem, ArgTexts } from '../../device/arg-field.ts';
import { useWords } from '../../i18n/i18n.ts';
import { CommandSteps } from '../command/command-steps.tsx';
import { HoldButton } from '../command/hold-button.tsx';
import { isRunning, useCommand } from '../command/use-command.ts';
import { ArgFields } from './arg-fields.tsx';

const reasonCharsMax = 200;

const startTexts = ({ args }: ModelCommandView): ArgTexts =>
  Object.fromEntries(args.map((model) => [model.name, startText(model)]));

const useRun = (device: DeviceView, command: ModelCommandView) => {
  const [texts, setTexts] = useState<ArgTexts>(() => startTexts(command));
  const [problems, setProblems] = useState<Readonly<Record<string, ArgProblem>>>({});
  const [reason, setReason] = useState('');
  const [sent, setSent] = useState<CommandView | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const followed = useCommand(sent, command.confirms);
  const ask = async (): Promise<void> => {
    const read = readArgs(command.args, texts);
    setProblems(read.problems);
    if (Object.keys(read.problems).length > 0) return;
    setAsking(true);
    setError(null);
    setSent(null);
    try {
      setSent(
        await routes.run(device.id, command.name, { args: read.args, reason: reason.trim() }),
      );
    } catch (failure) {
      setError(failure);
    }
    setAsking(false);
  };
  const change = (name: string, text: string): void => {
    setTexts((before) => ({ ...before, [name]: text }));
    setProblems(({ [name]: _, ...others }) => others);
  };
  return { texts, problems, reason, setReason, followed, isAsking, error, ask, change };
};

/** "Sent" is the most that can be said: so the screen says to look. */
const Unconfirmed = ({ followed }: { readonly followed: CommandView | null }) => {
  const { t } = useWords();
  if (followed?.state !== 'sent') return null;
  return <p className="run-unconfirmed">{t('run.unconfirmed')}</p>;
};

/** One command: its arguments, why, and how far it really came. */
export const RunForm = ({
  device,
  command,
}: {
  readonly device: DeviceView;
  readonly command: ModelCommandView;
}) => {
  const { t, pick } = useWords();
  const run = useRun(device, command);
  const { followed, isAsking, error } = run;
  const { confirms, opens } = command;
  const isUnderWay = isAsking || isRunning(followed, confirms);
  const label = isUnderWay ? t('run.underWay') : pick(command.title);
  return (
    <form
      className="run-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        // What moves a door is held, never sent by the return key.
        if (!opens && !isUnderWay) void run.ask();
      }}
    >
      {command.args.length === 0 ? null : (
        <ArgFields
          command={command}
          texts={run.texts}
          problems={run.problems}
          onChange={run.change}
        />
      )}
      <label className="unlock-reason">
        <span className="quiet">{t('run.reason')}</span>
        <input
          className="field"
          value={run.reason}
          maxLength={reasonCharsMax}
          onChange={({ currentTarget }) => {
            run.setReason(currentTarget.value);
          }}
        />
      </label>
      {opens ? (
        <HoldButton
          label={isUnderWay ? label : t('run.hold', { command: label })}
          hint={t(confirms ? 'run.holdHint' : 'run.holdHintUnconfirmed')}
          isBusy={isUnderWay}
          onHeld={() => void run.ask()}
        />
      ) : (
        <p>
          <button type="submit" className="button main" disabled={isUnderWay}>
            {label}
          </button>
        </p>
      )}
      {followed === null && !isAsking ? null : (
        <CommandSteps command={followed} end={{ by: 'device', confirms }} />
      )}
      {confirms ? null : <Unconfirmed followed={followed} />}
      {error === null ? null : <ErrorNote error={error} />}
    </form>
  );
};
