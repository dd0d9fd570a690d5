import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { ownCardRoutes } from '../api/card-routes.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { useTheme } from '../theme/use-theme.ts';

const Field = ({
  label,
  hint,
  value,
  lengthMax,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly lengthMax: number;
  readonly onChange: (value: string) => void;
}) => {
  const id = useId();
  return (
    <p className="open-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        value={value}
        maxLength={lengthMax}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
    </p>
  );
};

/** One question, one button, one answer. */
const Ask = ({
  go,
  done,
  isReady,
  ask,
  children,
}: {
  readonly go: string;
  readonly done: string;
  readonly isReady: boolean;
  readonly ask: () => Promise<unknown>;
  readonly children: ReactNode;
}) => {
  const [isBusy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await ask();
      setDone(true);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  if (isDone) {
    return (
      <p className="open-done" role="status">
        {done}
      </p>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && !isBusy) void send();
      }}
    >
      {children}
      {error === null ? null : <ErrorNote error={error} />}
      <button type="submit" className="button main" disabled={!isReady || isBusy}>
        {go}
      </button>
    </form>
  );
};

const codeCharsMin = 10;

const Freeze = () => {
  const { t } = useWords();
  const [code, setCode] = useState('');
  return (
    <Ask
      go={t('open.freeze.go')}
      done={t('open.freeze.done')}
      isReady={code.trim().length >= codeCharsMin}
      ask={() => ownCardRoutes.freezeByCode(code.trim())}
    >
      <Field
        label={t('open.freeze.code')}
        hint="XXXXX-XXXXX"
        value={code}
        lengthMax={24}
        onChange={setCode}
      />
    </Ask>
  );
};

const Found = () => {
  const { t } = useWords();
  const [card, setCard] = useState('');
  const [place, setPlace] = useState('');
  return (
    <Ask
      go={t('open.found.go')}
      done={t('open.found.done')}
      isReady={card.trim() !== '' && place.trim() !== ''}
      ask={() => ownCardRoutes.reportFound({ card: card.trim(), place: place.trim() })}
    >
      <Field label={t('open.found.card')} hint="" value={card} lengthMax={40} onChange={setCard} />
      <Field
        label={t('open.found.place')}
        hint={t('open.found.placeHint')}
        value={place}
        lengthMax={120}
        onChange={setPlace}
      />
    </Ask>
  );
};

export type OpenPageName = 'freeze' | 'found';

/** What anybody can do without signing in: freeze by a code, tell of a found card. */
export const OpenPage = ({ name }: { readonly name: OpenPageName }) => {
  const { t, language, speak } = useWords();
  useTheme(null);
  const other = name === 'freeze' ? 'found' : 'freeze';
  return (
    <main className="open-page">
      <header>
        <a href="/" aria-label={t('open.home')}>
          <Mark size={32} />
        </a>
        <button
          type="button"
          className="button plain"
          lang={language === 'zh' ? 'en' : 'zh-CN'}
          onClick={() => {
            speak(language === 'zh' ? 'en' : 'zh');
          }}
        >
          {t('open.language')}
        </button>
      </header>
      <h1>{t(`open.${name}.title`)}</h1>
      <p className="quiet">{t(`open.${name}.text`)}</p>
      {name === 'freeze' ? <Freeze /> : <Found />}
      <p>
        <a href={`/${other}`}>{t(`open.${name}.other`)}</a>
      </p>
    </main>
  );
};
