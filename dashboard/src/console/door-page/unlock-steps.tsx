import { commandFailures } from '@gatehouse/protocols';
import type { CommandView, Text } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useTimes } from '../console-context.ts';

type StepName = CommandView['state'];

const failures: Readonly<Record<string, Text>> = commandFailures;

const way: readonly StepName[] = ['accepted', 'at_gateway', 'sent', 'confirmed'];

/** The four steps of a command, or as far as it came and how it ended instead. */
const stepsOf = (command: CommandView | null): readonly StepName[] => {
  if (command === null || (command.state !== 'expired' && command.state !== 'failed')) return way;
  const reached = way.filter((name) => command.steps.some(({ state }) => state === name));
  return [...reached, command.state];
};

const secondsText = (ms: number): string => (ms < 100 ? '< 0.1' : (ms / 1000).toFixed(1));

const useFailureText = (command: CommandView | null): string | null => {
  const { t, pick } = useWords();
  if (command?.state !== 'expired' && command?.state !== 'failed') return null;
  const code = command.failure ?? command.state;
  const text = Object.hasOwn(failures, code) ? failures[code] : undefined;
  return t('unlock.failed', { text: text === undefined ? code : pick(text) });
};

/** What really happened and when, never what was merely sent. */
export const UnlockSteps = ({ command }: { readonly command: CommandView | null }) => {
  const { t } = useWords();
  const times = useTimes();
  const failure = useFailureText(command);
  const startMs = Date.parse(command?.steps[0]?.at ?? '');
  const next = stepsOf(command).find(
    (name) => command?.steps.some(({ state }) => state === name) !== true,
  );
  return (
    <div className="unlock-progress">
      <ol className="steps">
        {stepsOf(command).map((name) => {
          const step = command?.steps.find(({ state }) => state === name);
          const atMs = step === undefined ? null : Date.parse(step.at);
          const reached = atMs === null ? (name === next ? 'waiting' : 'ahead') : 'reached';
          return (
            <li key={name} className={`step step-${reached} step-of-${name}`}>
              <i aria-hidden="true" />
              <span>{t(`command.${name}`)}</span>
              <small className="figures quiet" title={atMs === null ? '' : times.full(atMs)}>
                {atMs === null
                  ? '\u00a0'
                  : atMs === startMs
                    ? times.clock(atMs)
                    : t('unlock.after', { seconds: secondsText(atMs - startMs) })}
              </small>
            </li>
          );
        })}
      </ol>
      <p className="visually-hidden" role="status">
        {command === null ? t('unlock.underWay') : t(`command.${command.state}`)}
      </p>
      {failure === null ? null : <p className="unlock-failure">{failure}</p>}
    </div>
  );
};
