import { cardLists, neverDaysDefault } from '@gatehouse/protocols';
import type { CardRowView } from '@gatehouse/protocols';
import { Link, getRouteApi } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { exportPath } from '../../api/number-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useTimes } from '../console-context.ts';
import { MoreEvents } from '../events/more-events.tsx';
import { filterOf } from './numbers-search.ts';
import type { CardsSearch } from './numbers-search.ts';
import { useCardPages, useCountText, useGroupName, useNumbersMay } from './use-numbers.ts';

const route = getRouteApi('/numbers/cards');

const Row = ({ card }: { readonly card: CardRowView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const count = useCountText();
  const groupName = useGroupName();
  const { person, lastAt, enrolledAt } = card;
  return (
    <li className="counted-row">
      <span className="card-who">
        {person === null ? (
          <strong className="figures">{card.number}</strong>
        ) : (
          <Link to="/events" search={{ person: person.id }} className="row-link">
            {pick(person.name)}
          </Link>
        )}
        <span className="quiet">
          {person === null ? '' : <span className="figures">{card.number} · </span>}
          {groupName({ id: card.affiliation, name: null })} · {pick(card.unit)}
        </span>
      </span>
      <span className={enrolledAt === null ? 'tone-unknown' : 'tone-granted'}>
        {t(enrolledAt === null ? 'numbers.card.noPhone' : 'numbers.card.phone')}
      </span>
      <span className="figures">
        {lastAt === null
          ? t('numbers.card.neverUsed')
          : t('numbers.card.last', {
              at: times.full(Date.parse(lastAt)),
              text: count(card.grants),
            })}
      </span>
    </li>
  );
};

const Tools = ({
  search,
  onChange,
}: {
  readonly search: CardsSearch;
  readonly onChange: (search: CardsSearch) => void;
}) => {
  const { t } = useWords();
  const groupName = useGroupName();
  const hasNames = useNumbersMay('numbers.names');
  const { q = '', list = 'issued', group } = search;
  const label = t(hasNames ? 'numbers.card.search' : 'numbers.card.searchNumber');
  return (
    <div className="list-tools">
      <input
        type="search"
        className="field"
        aria-label={label}
        placeholder={label}
        value={q}
        maxLength={80}
        onChange={({ currentTarget }) => {
          const { q: _, ...rest } = search;
          onChange(currentTarget.value === '' ? rest : { ...rest, q: currentTarget.value });
        }}
      />
      <select
        className="field"
        aria-label={t('numbers.card.which')}
        value={list}
        onChange={({ currentTarget }) => {
          const chosen = cardLists.find((each) => each === currentTarget.value);
          onChange({ ...search, ...(chosen === undefined ? {} : { list: chosen }) });
        }}
      >
        {cardLists.map((each) => (
          <option key={each} value={each}>
            {t(`numbers.list.${each}`)}
          </option>
        ))}
      </select>
      {group === undefined ? null : (
        <button
          type="button"
          className="chip"
          aria-pressed="true"
          onClick={() => {
            const { group: _, by: __, ...rest } = search;
            onChange(rest);
          }}
        >
          {groupName({ id: group, name: null })} ✕
        </button>
      )}
      <a className="button small" href={exportPath(filterOf(search))} download>
        {t('numbers.card.export')}
      </a>
    </div>
  );
};

/** The cards behind a number, page by page; the address holds the filter. */
export const CardListPage = () => {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const hasNames = useNumbersMay('numbers.names');
  const filter = filterOf(search);
  // Typing does not wait for the answers to what was typed before.
  const pages = useCardPages(useDeferredValue(filter));
  const cards = pages.data?.pages.flatMap((page) => page.cards) ?? [];
  const change = (next: CardsSearch): void => {
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  return (
    <div className="list-page">
      <header className="list-head">
        <p>
          <Link to="/numbers" className="panel-link">
            ‹ {t('nav.numbers')}
          </Link>
        </p>
        <h1>{t(`numbers.list.${filter.list}`)}</h1>
        <p className="quiet">
          {t(`numbers.about.${filter.list}`, { days: search.never ?? neverDaysDefault })}
          {hasNames ? '' : ` ${t('numbers.card.noNames')}`}
        </p>
        <Tools search={search} onChange={change} />
      </header>
      {pages.error === null ? null : (
        <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
      )}
      <section className="panel" aria-busy={pages.isPending}>
        {pages.isPending ? <div className="rows-wait" /> : null}
        <ul className="counted-rows">
          {cards.map((card) => (
            <Row key={card.card} card={card} />
          ))}
        </ul>
        {!pages.isPending && cards.length === 0 && pages.error === null ? (
          <div className="empty-state">
            <h2>{t('numbers.card.none')}</h2>
            <p className="quiet">{t('numbers.card.noneHint')}</p>
            <button type="button" className="button main" onClick={() => change({})}>
              {t('numbers.card.all')}
            </button>
          </div>
        ) : null}
        <MoreEvents
          hasMore={pages.hasNextPage}
          isLoading={pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
          word={'numbers.card.more'}
        />
      </section>
    </div>
  );
};
