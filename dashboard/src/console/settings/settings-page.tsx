import { doorClasses } from '@gatehouse/protocols';
import type { Settings, SettingsView } from '@gatehouse/protocols';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { settingsRoutes } from '../../api/settings-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';
import { daysIn, draftOf, hoursIn, settingsIn } from './settings-draft.ts';
import type { Draft } from './settings-draft.ts';
import './settings.css';

const queryKey = ['settings'];

/** How many phone keys lapse in the coming week, before it happens. */
const Forecast = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useWords();
  const { lapsing, keys, settings } = view;
  const count = lapsing.reduce((sum, day) => sum + day.count, 0);
  const most = Math.max(1, ...lapsing.map((day) => day.count));
  if (settings.revalidateDays === 0) return <p className="quiet">{t('settings.neverLapse')}</p>;
  return (
    <>
      <p className={count === 0 ? 'quiet' : 'tone-attention'} role="status">
        {t(count === 0 ? 'settings.noneLapse' : 'settings.lapsing', { count, keys })}
      </p>
      <ul className="lapse-days">
        {lapsing.map((day) => (
          <li key={day.day}>
            <span className="quiet figures">{day.day.slice(5)}</span>
            <i style={{ width: `${(100 * day.count) / most}%` }} aria-hidden="true" />
            <span className="figures">{day.count}</span>
          </li>
        ))}
      </ul>
    </>
  );
};

const HoursFields = ({
  draft,
  onDraft,
}: {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}) => {
  const { t } = useWords();
  return (
    <div className="settings-hours">
      {doorClasses.map((name) => (
        <label key={name} className="settings-field">
          <span>{t(`doorClass.${name}`)}</span>
          <input
            className="field figures"
            inputMode="numeric"
            value={draft.hours[name] ?? ''}
            aria-invalid={hoursIn(draft.hours[name] ?? '') === null}
            onChange={({ target }) => {
              onDraft({ ...draft, hours: { ...draft.hours, [name]: target.value } });
            }}
          />
          <span className="quiet">{t('settings.hours')}</span>
        </label>
      ))}
    </div>
  );
};

const Form = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(view.settings));
  const [state, setState] = useState<'editing' | 'saving' | 'saved'>('editing');
  const [error, setError] = useState<unknown>(null);
  const wanted = settingsIn(draft, view.settings);
  const onDraft = (next: Draft): void => {
    setState('editing');
    setDraft(next);
  };
  const save = async (settings: Settings): Promise<void> => {
    setState('saving');
    setError(null);
    try {
      client.setQueryData(queryKey, await settingsRoutes.save(settings));
      setState('saved');
    } catch (failure) {
      setState('editing');
      setError(failure);
    }
  };
  return (
    <form
      className="settings-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== null) void save(wanted);
      }}
    >
      <Panel title={t('settings.revalidate.title')}>
        <p className="quiet">{t('settings.revalidate.text')}</p>
        <label className="settings-field">
          <span>{t('settings.revalidate.days')}</span>
          <input
            className="field figures"
            inputMode="numeric"
            value={draft.days}
            aria-invalid={daysIn(draft.days) === null}
            onChange={({ target }) => {
              onDraft({ ...draft, days: target.value });
            }}
          />
          <span className="quiet">{t('settings.days')}</span>
        </label>
        <Forecast view={view} />
      </Panel>
      <Panel title={t('settings.holdover.title')}>
        <p className="quiet">{t('settings.holdover.text')}</p>
        <HoursFields draft={draft} onDraft={onDraft} />
      </Panel>
      {error === null ? null : <ErrorNote error={error} />}
      <div className="settings-save">
        <button
          type="submit"
          className="button main"
          disabled={wanted === null || state === 'saving'}
        >
          {t('settings.save')}
        </button>
        <span role="status" className="quiet">
          {wanted === null ? t('settings.wrong') : ''}
          {state === 'saved' ? t('settings.saved') : ''}
        </span>
      </div>
    </form>
  );
};

/** What the school sets for all its doors. */
export const SettingsPage = () => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({ queryKey, queryFn: settingsRoutes.view });
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('nav.settings')}</h1>
        <Link to="/settings/card-face">{t('cardFace.open')}</Link>
      </header>
      {data === undefined ? null : <Form view={data} />}
      {data === undefined && error !== null ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
    </div>
  );
};
