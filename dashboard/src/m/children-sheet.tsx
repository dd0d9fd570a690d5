import type { CardHitView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { cardRoutes, photoPath } from '../api/card-routes.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { useWords } from '../i18n/i18n.ts';
import './desk.css';

const Child = ({
  hit,
  onChange,
}: {
  readonly hit: CardHitView;
  readonly onChange: (hit: CardHitView) => void;
}) => {
  const { t, pick } = useWords();
  const [reason, setReason] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const freeze = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onChange(await cardRoutes.freeze(hit.card, reason.trim()));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const name = pick(hit.person.name);
  return (
    <li className="child">
      <img src={photoPath(hit.card)} alt="" width="64" height="80" />
      <div>
        <strong>{name}</strong>
        <span className="quiet">{pick(hit.person.unit)}</span>
        <span className="figures">{hit.number}</span>
        <span role="status">
          {t(hit.state === 'active' ? 'mine.children.active' : 'mine.children.frozen')}
        </span>
      </div>
      {hit.state === 'active' ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() !== '') void freeze();
          }}
        >
          <label>
            <span>{t('mine.children.reason')}</span>
            <input
              className="field"
              value={reason}
              maxLength={200}
              placeholder={t('mine.children.reasonHint')}
              onChange={({ currentTarget }) => {
                setReason(currentTarget.value);
              }}
            />
          </label>
          <button type="submit" className="button danger" disabled={isBusy || reason.trim() === ''}>
            {t('mine.children.freeze')}
            <span className="visually-hidden"> {name}</span>
          </button>
        </form>
      ) : null}
      {error === null ? null : <ErrorNote error={error} />}
    </li>
  );
};

/** The cards of a guardian’s own children. */
export const ChildrenSheet = () => {
  const { t } = useWords();
  const [hits, setHits] = useState<readonly CardHitView[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    cardRoutes.find('').then(setHits, setError);
  }, []);
  if (error !== null) return <ErrorNote error={error} />;
  if (hits === null) return null;
  if (hits.length === 0) return <p className="empty">{t('mine.children.none')}</p>;
  return (
    <ul className="children">
      {hits.map((hit) => (
        <Child
          key={hit.card}
          hit={hit}
          onChange={(next) => {
            setHits(hits.map((one) => (one.card === next.card ? next : one)));
          }}
        />
      ))}
    </ul>
  );
};
