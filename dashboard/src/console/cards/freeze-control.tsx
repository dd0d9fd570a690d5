import type { CardPageView, FreezeCodeView } from '@gatehouse/protocols';
import { useState } from 'react';
import { cardRoutes } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';

const reasonCharsMax = 200;

const Code = ({ card }: { readonly card: string }) => {
  const { t } = useWords();
  const [made, setMade] = useState<FreezeCodeView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const make = async (): Promise<void> => {
    setError(null);
    try {
      setMade(await cardRoutes.makeCode(card));
    } catch (failure) {
      setError(failure);
    }
  };
  if (made !== null) {
    return (
      <p className="paper-code" role="status">
        {t('cards.code.shown')} <code>{made.code}</code>
        <span className="quiet">{t('cards.code.hint')}</span>
      </p>
    );
  }
  return (
    <>
      <button type="button" className="button" onClick={() => void make()}>
        {t('cards.code.make')}
      </button>
      {error === null ? null : <ErrorNote error={error} />}
    </>
  );
};

/** Freezes with a word, or lifts that; each of it where one may. */
export const FreezeControl = ({
  page,
  onChange,
}: {
  readonly page: CardPageView;
  readonly onChange: (page: CardPageView) => void;
}) => {
  const { t } = useWords();
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = async (asked: Promise<CardPageView>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onChange(await asked);
      setReason('');
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const { may, state, card } = page;
  return (
    <div className="freeze-control">
      {state === 'active' && may.freeze ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== '') void change(cardRoutes.freeze(card, reason.trim()));
          }}
        >
          <label>
            <span>{t('cards.reason')}</span>
            <input
              className="field"
              value={reason}
              maxLength={reasonCharsMax}
              placeholder={t('cards.reasonHint')}
              onChange={({ currentTarget }) => {
                setReason(currentTarget.value);
              }}
            />
          </label>
          <button type="submit" className="button danger" disabled={isBusy || reason.trim() === ''}>
            {t('cards.freeze')}
          </button>
        </form>
      ) : null}
      {state === 'frozen' && may.unfreeze ? (
        <button
          type="button"
          className="button main"
          disabled={isBusy}
          onClick={() => void change(cardRoutes.unfreeze(card))}
        >
          {t('cards.unfreeze')}
        </button>
      ) : null}
      {may.desk && state !== 'ended' ? <Code card={card} /> : null}
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  );
};
