import { affiliationKinds, listStates } from '@gatehouse/protocols';
import type { ListedCardView, ListState, PeopleFilter } from '@gatehouse/protocols';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes, personPhotoPath } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { CardStateSign } from '../cards/card-face.tsx';
import { PickOne } from '../pick-one.tsx';
import { useDays } from './use-days.ts';
import './people.css';

const Row = ({ row }: { readonly row: ListedCardView }) => {
  const { t, pick } = useWords();
  const days = useDays();
  const { person, card } = row;
  const kind = person.affiliation === '' ? '' : t(`affiliation.${person.affiliation}`);
  const means =
    card === null
      ? []
      : [
          ...(card.phone ? [t('people.means.phone')] : []),
          ...(card.uids > 0 ? [t('people.means.uids', { count: card.uids })] : []),
          ...(card.pin ? ['PIN'] : []),
        ];
  return (
    <li>
      <Link to="/people/$person" params={{ person: person.id }} className="listed-row">
        <img src={personPhotoPath(person.id)} alt="" loading="lazy" />
        <span className="card-row-name">
          <strong>{pick(person.name)}</strong>
          <span className="quiet">
            {[kind, pick(person.unit)].filter((text) => text !== '').join(' · ')}
          </span>
        </span>
        <span className="figures listed-number">{card?.number ?? '–'}</span>
        <span className="quiet listed-means">
          {card === null ? '' : means.join(' · ') || t('people.means.none')}
        </span>
        <span className="listed-state">
          {card === null ? (
            <span className="quiet">{t('people.listState.none')}</span>
          ) : (
            <CardStateSign state={card.state} />
          )}
          {card !== null && card.state !== 'ended' && days.isOver(card.validTo) ? (
            <span className="held-over">{t('people.over')}</span>
          ) : null}
        </span>
      </Link>
    </li>
  );
};

const without = (filter: PeopleFilter, name: keyof PeopleFilter): PeopleFilter =>
  Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name));

type Change = { readonly onChange: (filter: PeopleFilter) => void };

const Filters = ({ filter, onChange }: Change & { readonly filter: PeopleFilter }) => {
  const { t } = useWords();
  return (
    <div className="list-tools">
      <PickOne
        label={t('people.kind')}
        all={t('people.allKinds')}
        chosen={filter.kind}
        options={affiliationKinds.map((id) => ({ id, text: t(`affiliation.${id}`) }))}
        onChoose={(kind) => {
          onChange(kind === undefined ? without(filter, 'kind') : { ...filter, kind });
        }}
      />
      {(['phone', 'uid', 'pin'] as const).map((name) => (
        <PickOne
          key={name}
          label={t(`people.anyOf.${name}`)}
          all={t(`people.anyOf.${name}`)}
          chosen={filter[name]}
          options={[
            { id: 'yes', text: t(`people.with.${name}`) },
            { id: 'no', text: t(`people.without.${name}`) },
          ]}
          onChoose={(chosen) => {
            onChange(chosen === undefined ? without(filter, name) : { ...filter, [name]: chosen });
          }}
        />
      ))}
    </div>
  );
};

const StateChips = ({
  filter,
  counts,
  onChange,
}: Change & {
  readonly filter: PeopleFilter;
  readonly counts: Readonly<Record<ListState, number>> | undefined;
}) => {
  const { t } = useWords();
  return (
    <div className="chips" role="group" aria-label={t('people.stateFilter')}>
      {listStates.map((state) => (
        <button
          key={state}
          type="button"
          className="chip"
          aria-pressed={filter.state === state}
          onClick={() => {
            onChange(filter.state === state ? without(filter, 'state') : { ...filter, state });
          }}
        >
          {t(`people.listState.${state}`)} <span className="figures">{counts?.[state] ?? ''}</span>
        </button>
      ))}
    </div>
  );
};

/** Cards and people for those who issue them: filtered, counted, page by page. */
export const CardList = ({ filter, onChange }: Change & { readonly filter: PeopleFilter }) => {
  const { t } = useWords();
  // Typing does not wait for the answers to what was typed before.
  const asked = useDeferredValue(filter);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    {
      queryKey: ['card-list', asked],
      queryFn: ({ pageParam }) => peopleRoutes.list(asked, pageParam),
      initialPageParam: '',
      getNextPageParam: ({ after }) => after ?? undefined,
      placeholderData: keepPreviousData,
      staleTime: 0,
    },
  );
  const rows = data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <div className="listed">
      <Filters filter={filter} onChange={onChange} />
      <StateChips filter={filter} counts={data?.pages[0]?.counts} onChange={onChange} />
      {error === null ? null : <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? (
        <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />
      ) : null}
      {data !== undefined && rows.length === 0 ? (
        <section className="empty-state">
          <h2>{t('cards.none')}</h2>
          <p className="quiet">{t('people.noneHint')}</p>
        </section>
      ) : null}
      <ul className="listed-rows" aria-label={t('cards.hits')}>
        {rows.map((row) => (
          <Row key={row.key} row={row} />
        ))}
      </ul>
      {hasNextPage ? (
        <button
          type="button"
          className="button"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t('people.more')}
        </button>
      ) : null}
    </div>
  );
};
