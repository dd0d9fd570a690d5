import { useCallback, useEffect, useRef, useState } from 'react';
import { pause } from '../adapters/clock.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { enrolPhone } from './load-card.ts';
import type { Card } from './load-card.ts';
import type { CardHold, Healing } from './use-card.ts';

export type EnrolState = 'fresh' | 'purged' | 'elsewhere';

/** A purge takes its time: what is written meanwhile is thrown away with the rest. */
const purgeEndsMs = 500;

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
  const enrol = useCallback(
    async (healed: Healing | null) => {
      setBusy(true);
      setError(null);
      try {
        if (healed !== null) await pause(purgeEndsMs);
        await enrolPhone(store, person);
        healed?.set('healed');
        await reload();
      } catch (failure) {
        setError(failure);
      }
      setBusy(false);
    },
    [store, person, reload],
  );

  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    if (state === 'fresh') void enrol(null);
    else if (state === 'purged' && isOwn && healing.begin()) void enrol(healing);
  }, [state, isOwn, healing, enrol]);

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
        {isBusy ? (
          <p role="status">{t('card.enrol.working')}</p>
        ) : (
          <button type="button" className="button main wide" onClick={() => void enrol(null)}>
            {t(`phone.enrolGo.${state}`)}
          </button>
        )}
      </div>
    </section>
  );
};
