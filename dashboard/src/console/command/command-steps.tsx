import { commandFailures } from '@gatehouse/protocols';
import type { CommandView, Text } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useTimes } from '../console-context.ts';

type StepName = CommandView['state'];

/** Whose word ends it, and whether there will be one. */
export type CommandEnd = { readonly by: 'door' | 'device'; readonly confirms: boolean };

const failures: Readonly<Record<string, Text>> = commandFailures;

const way: readonly StepName[] = ['accepted', 'at_gateway', 'sent', 'confirmed'];
const wordKeys = { door: 'command.confirmed', device: 'run.confirmed' } as const;
const failedKeys = { door: 'unlock.failed', device: 'run.failed' } as const;

/** The steps of a command, or as far as it came and how it ended instead. */
const stepsOf = (command: CommandView | null, { confirms }: CommandEnd): readonly StepName[] => {
  const whole = confirms ? way : way.slice(0, -1);
  if (command === null || (command.state !== 'expired' && command.state !== 'failed')) return whole;
  const reached = whole.filter((name) => command.steps.some(({ state }) => state === name));
  return [...reached, command.state];
};

export const secondsText = (ms: number): string => (ms < 100 ? '< 0.1' : (ms / 1000).toFixed(1));

const useFailureText = (command: CommandView | null, { by }: CommandEnd): string | null => {
  const { t, pick } = useWords();
  if (command?.state !== 'expired' && command?.state !== 'failed') return null;
  const code = command.failure ?? command.state;
  const text = Object.hasOwn(failures, code) ? failures[code] : undefined;
  return t(failedKeys[by], { text: text === undefined ? code : pick(text) });
};

/** What really happened and when, never what was merely sent. */
export const CommandSteps = ({
  command,
  end,
}: {
  readonly command: CommandView | null;
  readonly end: CommandEnd;
}) => {
  const { t } = useWords();
  const times = useTimes();
  const failure = useFailureText(command, end);
  const startMs = Date.parse(command?.steps[0]?.at ?? '');
  const steps = stepsOf(command, end);
  const next = steps.find((name) => command?.steps.some(({ state }) => state === name) !== true);
  const word = (name: StepName): string =>
    name === 'confirmed' ? t(wordKeys[end.by]) : t(`command.${name}`);
  return (
    <div className="unlock-progress">
      <ol className="steps">
        {steps.map((name) => {
          const step = command?.steps.find(({ state }) => state === name);
          const atMs = step === undefined ? null : Date.parse(step.at);
          const reached = atMs === null ? (name === next ? 'waiting' : 'ahead') : 'reached';
          return (
            <li key={name} className={`step step-${reached} step-of-${name}`}>
              <i aria-hidden="true" />
              <span>{word(name)}</span>
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
        {command === null ? t('unlock.underWay') : word(command.state)}
      </p>
      {failure === null ? null : <p className="unlock-failure">{failure}</p>}
    </div>
  );
};
