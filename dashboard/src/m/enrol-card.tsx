import { Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { pause } from '../adapters/clock.ts';
import { isBorrowed, setBorrowed } from '../adapters/phone-page.ts';
import type { PhoneStore } from '../adapters/phone-store.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import { lazyPart } from './lazy-part.tsx';
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

const WhosePhone = lazyPart(async () => (await import('./whose-phone.tsx')).WhosePhone);

type Whose = 'mine' | 'asked' | 'borrowed';

/** Who carries a wristband or a tag may have no phone, and look at the card on another one's. */
const firstAnswer = ({ me }: Card, state: EnrolState): Whose => {
  if (isBorrowed()) return 'borrowed';
  const isBearer = me.also.some(({ kind }) => kind === 'wristband' || kind === 'tag');
  return state === 'fresh' && isBearer ? 'asked' : 'mine';
};

const useEnrol = (store: PhoneStore, card: Card, hold: CardHold) => {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { reload } = hold;
  const { card: id } = card;
  const enrol = useCallback(
    async (by: 'tap' | 'itself', healed: Healing | null) => {
      setBusy(true);
      setError(null);
      try {
        if (healed !== null) await pause(purgeEndsMs);
        await enrolPhone(store, id, by);
        healed?.set('healed');
        await reload();
      } catch (failure) {
        setError(failure);
      }
      setBusy(false);
    },
    [store, id, reload],
  );
  return { isBusy, error, enrol };
};

/**
 * Enrols this phone: by itself where the card has no phone yet or this browser has lost its own
 * key, after a tap where that ends the card on another one or the phone may not be the holder's.
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
  const { isBusy, error, enrol } = useEnrol(store, card, hold);
  const [whose, setWhose] = useState(() => firstAnswer(card, state));
  const hasBegun = useRef(false);
  const { healing } = hold;
  const isOwn = card.me.credential?.here === true;

  useEffect(() => {
    if (hasBegun.current || whose !== 'mine') return;
    hasBegun.current = true;
    if (state === 'fresh') void enrol('itself', null);
    else if (state === 'purged' && isOwn && healing.begin()) void enrol('itself', healing);
  }, [state, isOwn, whose, healing, enrol]);

  const onNotMine = (): void => {
    setBorrowed(true);
    setWhose('borrowed');
  };
  if (whose !== 'mine') {
    const onMine = (): void => {
      setBorrowed(false);
      setWhose('mine');
    };
    return (
      <Suspense fallback={<p aria-busy="true" />}>
        <WhosePhone card={card} answer={whose} onMine={onMine} onNotMine={onNotMine} />
      </Suspense>
    );
  }
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
          <button
            type="button"
            className="button main wide"
            onClick={() => void enrol('tap', null)}
          >
            {t(`phone.enrolGo.${state}`)}
          </button>
        )}
        {state === 'elsewhere' && !isBusy ? (
          <button type="button" className="button wide" onClick={onNotMine}>
            {t('phone.notMine')}
          </button>
        ) : null}
      </div>
    </section>
  );
};
