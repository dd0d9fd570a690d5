import { useState } from 'react';
import type { ReactNode } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { phoneRoutes } from '../api/phone-routes.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import type { Card } from './load-card.ts';
import { Spread } from './spread.tsx';
import type { CardHold } from './use-card.ts';

const Stopped = ({
  card,
  title,
  text,
  children,
}: {
  readonly card: Card;
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}) => {
  const { pick } = useWords();
  return (
    <section className="card stopped">
      <p className="card-name">{pick(card.me.person.name)}</p>
      <div className="card-plate">
        <div role="status">
          <h2>{title}</h2>
        </div>
        <p className="quiet">{text}</p>
        {children}
      </div>
    </section>
  );
};

/** No counter can be saved, so no code may be shown. */
export const UnsavedCard = ({
  card,
  onRetry,
}: {
  readonly card: Card;
  readonly onRetry: () => void;
}) => {
  const { t } = useWords();
  return (
    <Stopped card={card} title={t('phone.unsaved.title')} text={t('phone.unsaved.text')}>
      <button type="button" className="button main wide" onClick={onRetry}>
        {t('error.retry')}
      </button>
    </Stopped>
  );
};

/** The card has changed phones too often: from when on it may again, and who can do it sooner. */
export const DeskCard = ({ card, times }: { readonly card: Card; readonly times: TimeWords }) => {
  const { t } = useWords();
  const { nextChangeAt } = card.me;
  const when = nextChangeAt === null ? null : times.dayMinute(Date.parse(nextChangeAt));
  return (
    <Stopped card={card} title={t('phone.desk.title')} text={t('phone.desk.text')}>
      {when === null ? null : <p className="figures">{t('phone.desk.when', { when })}</p>}
    </Stopped>
  );
};

/** A card that shows no code, and why. */
export const StoppedCard = ({
  card,
  hold,
  state,
}: {
  readonly card: Card;
  readonly hold: CardHold;
  readonly state: 'frozen' | 'ended' | 'no_crypto';
}) => {
  const { t } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const unfreeze = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      hold.setMe(await phoneRoutes.unfreeze(card.me.card.id));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const [title, text] = [t(`card.stopped.${state}.title`), t(`card.stopped.${state}.text`)];
  return (
    <Stopped card={card} title={title} text={text}>
      {state === 'frozen' ? <Spread spread={card.me.spread} /> : null}
      {error === null ? null : <ErrorNote error={error} />}
      {state === 'frozen' ? (
        <button
          type="button"
          className="button main wide"
          disabled={isBusy}
          onClick={() => void unfreeze()}
        >
          {t(isBusy ? 'card.freeze.working' : 'card.freeze.unfreeze')}
        </button>
      ) : null}
    </Stopped>
  );
};
