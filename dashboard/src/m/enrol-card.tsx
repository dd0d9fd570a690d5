import { useCallback, useEffect, useRef, useState } from 'react';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { enrolPhone } from './load-card.ts';
import type { Card } from './load-card.ts';
import type { CardHold } from './use-card.ts';

export type EnrolState = 'fresh' | 'purged' | 'elsewhere';

/** What moving the card costs, before it is moved. */
const Cost = ({ card }: { readonly card: Card }) => {
  const { t } = useWords();
  return (
    <p className="quiet figures">
      {t('phone.changesLeft', { count: card.me.changesLeft })} {t('phone.labsWillWait')}
    </p>
  );
};

/**
 * Enrols this phone: by itself where the card has no phone yet or this browser has lost its own
 * key, after a tap where that ends the card on another one.
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
  readonly state: EnrolState;
}) => {
  const { t, pick } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const hasBegun = useRef(false);
  const { reload, healing } = hold;
  const person = card.person;
  const isOwn = card.me.credential?.here === true;
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

  const heals = state === 'purged' && isOwn && healing.state === 'none';
  const isAutomatic = state === 'fresh' || heals;
  useEffect(() => {
    if (!isAutomatic || hasBegun.current) return;
    hasBegun.current = true;
    if (heals) healing.set('healed');
    void enrol();
  }, [isAutomatic, heals, healing, enrol]);

  const isWorking = isBusy || (hasBegun.current && error === null);
  return (
    <section className="card stopped">
      <p className="card-name">{pick(card.me.person.name)}</p>
      <div className="card-plate">
        <div role="status">
          <h2>{t(`card.enrol.${state}.title`)}</h2>
        </div>
        <p className="quiet">{t(`card.enrol.${state}.text`)}</p>
        {state === 'fresh' || isOwn ? null : <Cost card={card} />}
        {error === null ? null : <ErrorNote error={error} />}
        {isWorking ? (
          <p role="status">{t('card.enrol.working')}</p>
        ) : (
          <button
            type="button"
            className="button main wide"
            disabled={isBusy}
            onClick={() => void enrol()}
          >
            {t(`phone.enrolGo.${state}`)}
          </button>
        )}
      </div>
    </section>
  );
};
