import type { CommandView, DevicePageView, ModelCommandView } from '@gatehouse/protocols';
import { useId, useState } from 'react';
import { useWords } from '../../i18n/i18n.ts';
import { secondsText } from '../command/command-steps.tsx';
import { usePicture, useServerNow, useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';
import { RunForm } from './run-form.tsx';

const shownMax = 8;

/** A command of the list; its form opens below it, one at a time. */
const OneCommand = ({
  page,
  command,
  isOpen,
  onToggle,
}: {
  readonly page: DevicePageView;
  readonly command: ModelCommandView;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) => {
  const { t, pick } = useWords();
  const id = useId();
  return (
    <li className={`run ${isOpen ? 'run-open' : ''}`}>
      <button
        type="button"
        className="run-head"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={onToggle}
      >
        <strong>{pick(command.title)}</strong>
        {command.confirms ? null : <span className="quiet">{t('run.neverConfirms')}</span>}
        <i aria-hidden="true" />
      </button>
      <div id={id} hidden={!isOpen}>
        {isOpen ? <RunForm device={page.device} command={command} /> : null}
      </div>
    </li>
  );
};

const useHistory = ({ device, commands }: DevicePageView): readonly CommandView[] => {
  const streamed = [...usePicture().commands.values()].filter((each) => each.device === device.id);
  const fresh = new Map(streamed.map((command) => [command.id, command]));
  const known = new Set(commands.map(({ id }) => id));
  return [
    ...streamed.filter(({ id }) => !known.has(id)).reverse(),
    ...commands.map((command) => fresh.get(command.id) ?? command),
  ].slice(0, shownMax);
};

const tones: Readonly<Partial<Record<CommandView['state'], string>>> = {
  confirmed: 'tone-granted',
  expired: 'tone-attention',
  failed: 'tone-denied',
};

const History = ({ page }: { readonly page: DevicePageView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const history = useHistory(page);
  if (history.length === 0) return null;
  const title = (run: string | null): string => {
    const model = page.profile.commands.find(({ name }) => name === run);
    return model === undefined ? (run ?? '') : pick(model.title);
  };
  const word = (state: CommandView['state']): string =>
    state === 'confirmed' ? t('run.confirmed') : t(`command.${state}`);
  return (
    <div className="run-history">
      <h3>{t('run.last')}</h3>
      <ul>
        {history.map(({ id, run, state, steps }) => {
          const [startMs = 0, endMs = 0] = [steps[0], steps.at(-1)].map((step) =>
            Date.parse(step?.at ?? ''),
          );
          return (
            <li key={id}>
              <time className="figures quiet" title={times.full(startMs)}>
                {times.moment(startMs, now)}
              </time>
              <span>{title(run)}</span>
              <span className={tones[state] ?? 'quiet'}>{word(state)}</span>
              <span className="figures quiet">
                {steps.length < 2
                  ? ''
                  : t('unlock.after', { seconds: secondsText(endMs - startMs) })}
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
};

/** What one may make it do; what one may not is not there. */
export const RunCommands = ({ page }: { readonly page: DevicePageView }) => {
  const { t } = useWords();
  const [open, setOpen] = useState<string | null>(null);
  const commands = page.profile.commands.filter(({ mayRun }) => mayRun);
  if (commands.length === 0) return null;
  return (
    <Panel title={t('run.title')}>
      <ul className="runs">
        {commands.map((command) => (
          <OneCommand
            key={command.name}
            page={page}
            command={command}
            isOpen={open === command.name}
            onToggle={() => {
              setOpen((before) => (before === command.name ? null : command.name));
            }}
          />
        ))}
      </ul>
      <History page={page} />
    </Panel>
  );
};
