import { useCallback, useEffect, useRef, useState } from 'react';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { enrolPhone } from './use-card.ts';
import type { Card, CardHold } from './use-card.ts';

/**
 * Enrols this phone: by itself where the card has no phone yet, after a tap where that ends the
 * card on another one.
 */
export const EnrolCard = ({
  store,
  card,
  hold,
  state,
}: {
  readonly store: PhoneStore;
  readonly card: Card;
  readonly hold: CardHold;
  readonly state: 'fresh' | 'elsewhere';
}) => {
  const { t, pick } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const hasBegun = useRef(false);
  const { reload } = hold;
  const person = card.person;
  const enrol = useCallback(async () => {
    setBusy(true);
    setError(null);
    try {
      await enrolPhone(store, person);
      await reload();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  }, [store, person, reload]);

  useEffect(() => {
    if (state !== 'fresh' || hasBegun.current) return;
    hasBegun.current = true;
    void enrol();
  }, [state, enrol]);

  return (
    <section className="card stopped">
      <p className="card-name">{pick(card.me.person.name)}</p>
      <div className="card-plate">
        <h2>{t(`card.enrol.${state}.title`)}</h2>
        <p className="quiet">{t(`card.enrol.${state}.text`)}</p>
        {error === null ? null : <ErrorNote error={error} />}
        {state === 'fresh' && error === null ? (
          <p role="status">{t('card.enrol.working')}</p>
        ) : (
          <button
            type="button"
            className="button main wide"
            disabled={isBusy}
            onClick={() => void enrol()}
          >
            {t(isBusy ? 'card.enrol.working' : 'card.enrol.go')}
          </button>
        )}
      </div>
    </section>
  );
};
