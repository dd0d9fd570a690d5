import type { CampusView, ChoiceView, Role } from '@gatehouse/protocols';
import { useCallback, useEffect, useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { routes } from '../api/routes.ts';
import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { useTheme } from '../theme/use-theme.ts';
import { Choice } from './choice.tsx';

type Offer = { readonly campus: CampusView; readonly choices: readonly ChoiceView[] };

type Target = 'console' | 'm';

/** In this order, because that is the order in which the demo is best seen. */
const groups: readonly { readonly name: Target; readonly roles: readonly Role[] }[] = [
  { name: 'm', roles: ['student', 'guardian'] },
  { name: 'console', roles: ['guard', 'teacher', 'clerk', 'warden', 'facility', 'admin'] },
];

const useOffer = () => {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(async () => {
    setError(null);
    try {
      const [campus, choices] = await Promise.all([routes.campus(), routes.choices()]);
      setOffer({ campus, choices });
    } catch (failure) {
      setError(failure);
    }
  }, []);
  useEffect(() => {
    void load();
  }, [load]);
  return { offer, error, setError, load };
};

const Groups = ({
  offer,
  isBusy,
  onGo,
}: {
  readonly offer: Offer;
  readonly isBusy: boolean;
  readonly onGo: (choice: ChoiceView, target: Target) => void;
}) => {
  const { t } = useWords();
  return groups.map(({ name, roles }) => {
    const own = roles.flatMap((role) => offer.choices.filter((choice) => choice.role === role));
    return own.length === 0 ? null : (
      <section key={name} className="choice-group" aria-labelledby={`group-${name}`}>
        <h2 id={`group-${name}`}>{t(`choose.group.${name}`)}</h2>
        <ul>
          {own.map((choice, i) => (
            <Choice
              key={`${choice.person.id} ${choice.role}`}
              choice={choice}
              target={name}
              isFirst={own[i - 1]?.role !== choice.role}
              isBusy={isBusy}
              onGo={onGo}
            />
          ))}
        </ul>
      </section>
    );
  });
};

/** Who are you? One tap opens the page of that person. */
export const Chooser = () => {
  const { t, pick, language, speak } = useWords();
  const { offer, error, setError, load } = useOffer();
  const [isBusy, setBusy] = useState(false);
  useTheme(offer?.campus.colour ?? null);
  const other = language === 'zh' ? 'en' : 'zh';

  const go = async (choice: ChoiceView, target: Target): Promise<void> => {
    setBusy(true);
    try {
      await routes.signIn({ person: choice.person.id, role: choice.role });
      location.assign(`/${target}/`);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <main className="chooser">
      <header>
        <Mark size={52} />
        <div>
          <h1>{t('product')}</h1>
          <p className="quiet">{offer === null ? '\u00a0' : pick(offer.campus.name)}</p>
        </div>
        <button
          type="button"
          className="button plain"
          lang={other === 'zh' ? 'zh-CN' : 'en'}
          onClick={() => {
            speak(other);
          }}
        >
          {t('language.other')}
        </button>
      </header>
      <p className="chooser-question">{t('choose.question')}</p>
      <p className="quiet">{t('choose.demo')}</p>
      {error === null ? null : <ErrorNote error={error} onRetry={() => void load()} />}
      {offer === null && error === null ? <div className="choice-wait" aria-busy="true" /> : null}
      {offer === null ? null : (
        <Groups offer={offer} isBusy={isBusy} onGo={(choice, target) => void go(choice, target)} />
      )}
      <p className="chooser-open">
        <a href="/freeze">{t('choose.freeze')}</a> <a href="/found">{t('choose.found')}</a>
      </p>
    </main>
  );
};
