import type { ProfileMode, ProfilePageView, PublishedView } from '@gatehouse/protocols';
import { profileModes, profileNoteCharsMax } from '@gatehouse/protocols';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { profileRoutes } from '../../api/profile-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useProfileChanged } from './use-profile.ts';

/** Why it cannot be published, each with what exactly is amiss. */
export const Refusals = ({
  refusals,
  title,
}: {
  readonly refusals: PublishedView['refusals'];
  readonly title: string;
}) => {
  const { pick } = useWords();
  if (refusals.length === 0) return null;
  return (
    <div className="refusals" role="alert">
      <strong>{title}</strong>
      <ul>
        {refusals.map(({ code, text, detail }) => (
          <li key={code}>
            {pick(text)}
            {detail === '' ? null : <code>{detail}</code>}
          </li>
        ))}
      </ul>
    </div>
  );
};

/** Runs one change and keeps what became of it. */
export const useChange = () => {
  const changed = useProfileChanged();
  const [isBusy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<PublishedView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const run = async (change: () => Promise<PublishedView | undefined>): Promise<void> => {
    setBusy(true);
    setError(null);
    setAnswer(null);
    try {
      setAnswer((await change()) ?? null);
      await changed();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return { isBusy, answer, error, run };
};

const Modes = ({
  mode,
  onChange,
}: {
  readonly mode: ProfileMode;
  readonly onChange: (mode: ProfileMode) => void;
}) => {
  const { t } = useWords();
  return (
    <fieldset className="modes">
      <legend className="visually-hidden">{t('profiles.publish.mode')}</legend>
      {[...profileModes].reverse().map((each) => (
        <label key={each}>
          <input
            type="radio"
            name="publish-mode"
            checked={mode === each}
            onChange={() => {
              onChange(each);
            }}
          />
          <span>
            <strong>{t(`profiles.mode.${each}`)}</strong>
            <span className="quiet">{t(`profiles.modeHint.${each}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
};

/** Of the version that is shown, where it is not live: beside the running one first, or at once. */
export const PublishForm = ({ page }: { readonly page: ProfilePageView }) => {
  const { t } = useWords();
  const { shown, item } = page;
  const isShadow = shown.state === 'shadow';
  const [mode, setMode] = useState<ProfileMode>(isShadow ? 'live' : 'shadow');
  const [note, setNote] = useState('');
  const { isBusy, answer, error, run } = useChange();
  return (
    <form
      className="publish"
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => profileRoutes.publish(item.id, shown.version, { note: note.trim(), mode }));
      }}
    >
      <h3>{t('profiles.publish.title', { version: shown.version })}</h3>
      {isShadow ? null : <Modes mode={mode} onChange={setMode} />}
      <label className="try-line">
        <span>{t('profiles.publish.note')}</span>
        <input
          className="field"
          required
          maxLength={profileNoteCharsMax}
          value={note}
          onChange={({ currentTarget }) => {
            setNote(currentTarget.value);
          }}
        />
      </label>
      <p className="publish-buttons">
        <button type="submit" className="button main" disabled={isBusy || note.trim() === ''}>
          {t(`profiles.publish.${mode}`)}
        </button>
        {isShadow ? (
          <button
            type="button"
            className="button"
            disabled={isBusy}
            onClick={() => void run(() => profileRoutes.endShadow(item.id).then(() => undefined))}
          >
            {t('profiles.publish.endShadow')}
          </button>
        ) : null}
      </p>
      {answer === null ? null : (
        <Refusals refusals={answer.refusals} title={t('profiles.publish.refused')} />
      )}
      {error === null ? null : <ErrorNote error={error} />}
    </form>
  );
};
