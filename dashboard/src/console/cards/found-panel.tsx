import type { FoundView } from '@gatehouse/protocols';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { cardRoutes } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';

const key = ['found-cards'] as const;

const useFoundChanged = (): (() => Promise<void>) => {
  const client = useQueryClient();
  return async () => {
    await Promise.all(
      [key[0], 'cards'].map((name) => client.invalidateQueries({ queryKey: [name] })),
    );
  };
};

const TakeForm = () => {
  const { t } = useWords();
  const changed = useFoundChanged();
  const [card, setCard] = useState('');
  const [place, setPlace] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const take = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await cardRoutes.takeFound({ card: card.trim(), place: place.trim() });
      setCard('');
      await changed();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const isReady = card.trim() !== '' && place.trim() !== '' && !isBusy;
  return (
    <form
      className="found-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void take();
      }}
    >
      <label>
        <span>{t('cards.found.card')}</span>
        <input
          className="field"
          value={card}
          maxLength={40}
          autoComplete="off"
          onChange={({ currentTarget }) => {
            setCard(currentTarget.value);
          }}
        />
      </label>
      <label>
        <span>{t('cards.found.place')}</span>
        <input
          className="field"
          value={place}
          maxLength={120}
          placeholder={t('cards.found.placeHint')}
          onChange={({ currentTarget }) => {
            setPlace(currentTarget.value);
          }}
        />
      </label>
      {error === null ? null : <ErrorNote error={error} />}
      <button type="submit" className="button" disabled={!isReady}>
        {t('cards.found.take')}
      </button>
    </form>
  );
};

const FoundRow = ({ found }: { readonly found: FoundView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  const changed = useFoundChanged();
  const [error, setError] = useState<unknown>(null);
  const collect = async (): Promise<void> => {
    setError(null);
    try {
      await cardRoutes.collect(found.id);
      await changed();
    } catch (failure) {
      setError(failure);
    }
  };
  const { hit, place, source, by } = found;
  return (
    <li className="found-row">
      <span>
        <Link to="/cards/$card" params={{ card: hit.card }} className="row-link">
          {pick(hit.person.name)}
        </Link>{' '}
        <span className="quiet figures">{hit.number}</span>
        <span className="found-place">{place}</span>
        <span className="quiet">
          {times.moment(Date.parse(found.at), now)} ·{' '}
          {source === 'page' ? t('cards.found.unchecked') : pick(by ?? hit.person.name)}
        </span>
      </span>
      {source === 'console' ? (
        <button type="button" className="button small" onClick={() => void collect()}>
          {t('cards.found.collect')}
        </button>
      ) : null}
      {error === null ? null : <ErrorNote error={error} />}
    </li>
  );
};

/** Cards that lie somewhere: taken in here, given back here. */
export const FoundPanel = () => {
  const { t } = useWords();
  const { data = [] } = useQuery({ queryKey: key, queryFn: cardRoutes.found, staleTime: 0 });
  return (
    <Panel title={t('cards.found.title')} count={data.length} className="found-panel">
      <p className="quiet">{t('cards.found.intro')}</p>
      <TakeForm />
      <ul className="found-rows">
        {data.map((found) => (
          <FoundRow key={found.id} found={found} />
        ))}
      </ul>
    </Panel>
  );
};
