import type { FreezeCodeView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { ownCardRoutes } from '../api/card-routes.ts';
import { ErrorNote } from '../api/error-note.tsx';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import './desk.css';

/** Ten characters for a drawer at home: they freeze the card when the phone is gone too. */
export const CodeSheet = ({
  card,
  times,
}: {
  readonly card: string;
  readonly times: TimeWords;
}) => {
  const { t } = useWords();
  const [madeAt, setMadeAt] = useState<string | null>(null);
  const [made, setMade] = useState<FreezeCodeView | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    ownCardRoutes.codeMadeAt(card).then((state) => {
      setMadeAt(state.madeAt);
    }, setError);
  }, [card]);
  const make = async (): Promise<void> => {
    setError(null);
    try {
      setMade(await ownCardRoutes.makeCode(card));
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div className="freeze">
      <p>{t('mine.code.text')}</p>
      {error === null ? null : <ErrorNote error={error} />}
      {made === null ? (
        <>
          <p className="quiet">
            {madeAt === null
              ? t('mine.code.never')
              : t('mine.code.made', { at: times.full(Date.parse(madeAt)) })}
          </p>
          <button type="button" className="button main wide" onClick={() => void make()}>
            {t(madeAt === null ? 'mine.code.make' : 'mine.code.again')}
          </button>
        </>
      ) : (
        <p className="shown-code" role="status">
          {t('mine.code.shown')} <code>{made.code}</code>
        </p>
      )}
    </div>
  );
};
