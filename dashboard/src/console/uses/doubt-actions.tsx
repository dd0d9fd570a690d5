import type { DoubtView } from '@gatehouse/protocols';
import { useId, useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { useRoutes } from '../../api/use-routes.ts';
import type { DoubtAction } from '../../api/use-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { useDoubtsChanged, useMayInDoubt } from './use-doubts.ts';

const noteCharsMax = 500;

const useAction = (use: string) => {
  const changed = useDoubtsChanged();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (action: DoubtAction, note: string): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await useRoutes.act(use, action, note);
      await changed();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, run };
};

const Closed = ({ closed }: { readonly closed: NonNullable<DoubtView['closed']> }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const at = times.moment(Date.parse(closed.at), now);
  const who = pick(closed.by.name);
  return (
    <p className="use-closed">
      <span className="quiet figures">{t('uses.closedBy', { who, at })}</span> {closed.note}
    </p>
  );
};

/** What a person decides: nothing here happens by itself, and each is kept with name and note. */
export const DoubtActions = ({ doubt }: { readonly doubt: DoubtView }) => {
  const { t } = useWords();
  const mayAct = useMayInDoubt('use.act');
  const noteId = useId();
  const [note, setNote] = useState('');
  const { isBusy, error, run } = useAction(doubt.use.id);
  const { card, closed } = doubt;
  const isFrozen = card?.state === 'frozen';
  if (closed !== null) return <Closed closed={closed} />;
  if (!mayAct) return <p className="quiet">{t('uses.mayNot')}</p>;
  const cannot = isBusy || note.trim() === '';
  const act = (action: DoubtAction): void => {
    void run(action, note.trim());
  };
  return (
    <form
      className="use-actions"
      onSubmit={(event) => {
        event.preventDefault();
        act('close');
      }}
    >
      <label htmlFor={noteId}>{t('uses.note')}</label>
      <textarea
        id={noteId}
        className="field"
        rows={2}
        maxLength={noteCharsMax}
        placeholder={t('uses.noteHint')}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
        }}
      />
      <p className="use-buttons">
        <button type="submit" className="button main" disabled={cannot}>
          {t('uses.close')}
        </button>
        {card === null || card.state === 'ended' ? null : (
          <button
            type="button"
            className="button danger"
            disabled={cannot || isFrozen}
            onClick={() => {
              act('freeze');
            }}
          >
            {t(isFrozen ? 'uses.frozen' : 'uses.freeze', { number: card.number })}
          </button>
        )}
      </p>
      {error === null ? null : <ErrorNote error={error} />}
    </form>
  );
};
