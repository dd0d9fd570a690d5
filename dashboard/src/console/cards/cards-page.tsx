import type { CardHitView } from '@gatehouse/protocols';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { cardRoutes } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole } from '../console-context.ts';
import { CardList } from '../people/card-list.tsx';
import { CardFace, CardStateSign } from './card-face.tsx';
import type { CardsSearch } from '../search.ts';
import { FoundPanel } from './found-panel.tsx';

const route = getRouteApi('/cards');

const Hit = ({ hit }: { readonly hit: CardHitView }) => {
  const { pick } = useWords();
  return (
    <li>
      <Link to="/cards/$card" params={{ card: hit.card }} className="card-row">
        <CardFace hit={hit} size="row" />
        <span className="card-row-name">
          <strong>{pick(hit.person.name)}</strong>
          <span className="quiet">{pick(hit.person.unit)}</span>
        </span>
        <span className="figures card-row-number">{hit.number}</span>
        <CardStateSign state={hit.state} />
      </Link>
    </li>
  );
};

const Hits = ({ q }: { readonly q: string }) => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ['cards', q],
    queryFn: () => cardRoutes.find(q),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (data === undefined) {
    return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
  }
  if (data.length === 0) {
    return (
      <section className="empty-state">
        <h2>{t('cards.none')}</h2>
        <p className="quiet">{t('cards.noneHint')}</p>
      </section>
    );
  }
  return (
    <ul className="card-rows" aria-label={t('cards.hits')}>
      {data.map((hit) => (
        <Hit key={hit.card} hit={hit} />
      ))}
    </ul>
  );
};

/** Whose card is it, and how is it? Typed or scanned into one field. */
export const CardsPage = () => {
  const { t } = useWords();
  const { session } = useConsole();
  const search = route.useSearch();
  const { q = '' } = search;
  const navigate = route.useNavigate();
  const isWarden = session.role === 'warden';
  const issues = session.may.includes('card.issue');
  const change = (next: CardsSearch): void => {
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t(isWarden ? 'cards.residents' : 'nav.cards')}</h1>
        <p className="quiet">{t(isWarden ? 'cards.residentsIntro' : 'cards.intro')}</p>
        <div className="list-tools">
          <input
            type="search"
            className="field card-search"
            autoFocus
            maxLength={60}
            aria-label={t('cards.search')}
            placeholder={t('cards.search')}
            value={q}
            onChange={({ currentTarget: { value } }) => {
              const { q: _, ...rest } = search;
              change(value === '' ? rest : { ...rest, q: value });
            }}
          />
          {issues ? (
            <>
              <Link to="/people/new" search={{ kind: 'visitor' }} className="button main">
                {t('people.newVisitor')}
              </Link>
              <Link to="/people/new" className="button">
                {t('people.newPerson')}
              </Link>
            </>
          ) : null}
          {session.may.includes('card.bulk') ? (
            <Link to="/cards/bulk" className="button">
              {t('bulk.open')}
            </Link>
          ) : null}
        </div>
      </header>
      <div className="card-columns">
        {issues ? <CardList filter={search} onChange={change} /> : <Hits q={q} />}
        {session.may.includes('card.found') ? <FoundPanel /> : null}
      </div>
    </div>
  );
};
