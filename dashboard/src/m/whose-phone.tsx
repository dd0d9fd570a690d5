import { useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { routes } from '../api/routes.ts';
import { useWords } from '../i18n/i18n.ts';
import { DemoScanner } from './demo-scanner.tsx';
import type { Card } from './load-card.ts';

const Means = ({ also }: Card['me']) => {
  const { t } = useWords();
  if (also.length === 0) return null;
  return (
    <ul className="means">
      {also.map(({ kind, digits }) => (
        <li key={kind + digits} className="figures">
          {t(`own.means.${kind}`, { digits })}
        </li>
      ))}
    </ul>
  );
};

type Choice = {
  readonly card: Card;
  /** `borrowed`: no key comes here, and nothing stays here. */
  readonly answer: 'asked' | 'borrowed';
  readonly onMine: () => void;
  readonly onNotMine: () => void;
};

const Borrowed = ({ onMine }: Pick<Choice, 'onMine'>) => {
  const { t } = useWords();
  const [error, setError] = useState<unknown>(null);
  const leave = async (): Promise<void> => {
    setError(null);
    try {
      await routes.signOut();
      location.assign('/');
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <>
      {error === null ? null : <ErrorNote error={error} />}
      <button type="button" className="button main wide" onClick={() => void leave()}>
        {t('own.borrowed.leave')}
      </button>
      <button type="button" className="button plain wide" onClick={onMine}>
        {t('own.borrowed.mine')}
      </button>
    </>
  );
};

/** Whether this phone is the holder’s own; and the card of somebody at another one’s phone. */
export const WhosePhone = ({ card, answer, onMine, onNotMine }: Choice) => {
  const { t, pick } = useWords();
  return (
    <>
      <section className="card stopped">
        <p className="card-name">{pick(card.me.person.name)}</p>
        <div className="card-plate">
          <div role="status">
            <h2>{t(`own.${answer}.title`)}</h2>
          </div>
          <p className="quiet">{t(`own.${answer}.text`)}</p>
          <Means {...card.me} />
          {answer === 'borrowed' ? (
            <Borrowed onMine={onMine} />
          ) : (
            <>
              <button type="button" className="button main wide" onClick={onMine}>
                {t('phone.enrolGo.elsewhere')}
              </button>
              <button type="button" className="button wide" onClick={onNotMine}>
                {t('phone.notMine')}
              </button>
            </>
          )}
        </div>
      </section>
      {card.campus.demo ? <DemoScanner card={card} pass={null} /> : null}
    </>
  );
};
