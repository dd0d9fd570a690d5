import { useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { routes } from '../api/routes.ts';
import { useWords } from '../i18n/i18n.ts';
import { Spread } from './spread.tsx';
import type { Card, CardHold } from './use-card.ts';

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
  const { t, pick } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const unfreeze = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      hold.setMe(await routes.unfreeze());
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <section className="card stopped">
      <p className="card-name">{pick(card.me.person.name)}</p>
      <div className="card-plate">
        <div role="status">
          <h2>{t(`card.stopped.${state}.title`)}</h2>
        </div>
        <p className="quiet">{t(`card.stopped.${state}.text`)}</p>
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
      </div>
    </section>
  );
};
