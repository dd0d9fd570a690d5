import { eventKinds } from '@gatehouse/protocols';
import type { EventView } from '@gatehouse/protocols';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useSentenceWords, useServerNow, useTimes } from '../console-context.ts';
import { EventLine } from '../event-line.tsx';
import { PickOne } from '../pick-one.tsx';
import type { EventsSearch } from '../search.ts';
import { MoreEvents } from './more-events.tsx';

const route = getRouteApi('/events');

const pageEvents = 50;

/** Filters that people come back to, each an address. */
const presets: readonly { readonly name: string; readonly search: EventsSearch }[] = [
  { name: 'all', search: {} },
  { name: 'denied', search: { result: 'denied' } },
  { name: 'forced', search: { kind: 'door.forced' } },
  { name: 'held', search: { kind: 'door.held' } },
  { name: 'remote', search: { kind: 'command.accepted' } },
  { name: 'conditions', search: { kind: 'condition.raised' } },
];

const isSame = (a: EventsSearch, b: EventsSearch): boolean =>
  a.door === b.door && a.person === b.person && a.kind === b.kind && a.result === b.result;

const Filters = ({
  search,
  personName,
  onChange,
}: {
  readonly search: EventsSearch;
  readonly personName: string | null;
  readonly onChange: (search: EventsSearch) => void;
}) => {
  const { t, pick } = useWords();
  const doors = [...usePicture().doors.values()];
  const { person, ...others } = search;
  const set = <Name extends keyof EventsSearch>(name: Name, value: EventsSearch[Name]): void => {
    const { [name]: _, ...rest } = search;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <>
      <div className="chips" role="group" aria-label={t('events.presets')}>
        {presets.map((preset) => (
          <button
            key={preset.name}
            type="button"
            className="chip"
            aria-pressed={isSame(preset.search, search)}
            onClick={() => {
              onChange(preset.search);
            }}
          >
            {t(`events.preset.${preset.name}`)}
          </button>
        ))}
      </div>
      <div className="list-tools">
        <PickOne
          label={t('events.door')}
          all={t('events.allDoors')}
          chosen={search.door}
          options={doors.map(({ id, name }) => ({ id, text: pick(name) }))}
          onChoose={(door) => {
            set('door', door);
          }}
        />
        <PickOne
          label={t('events.kind')}
          all={t('events.allKinds')}
          chosen={search.kind}
          options={Object.keys(eventKinds).map((id) => ({ id, text: t(`kind.${id}`) }))}
          onChoose={(kind) => {
            set('kind', kind);
          }}
        />
        <PickOne
          label={t('events.result')}
          all={t('events.allResults')}
          chosen={search.result}
          options={[
            { id: 'granted' as const, text: t('events.granted') },
            { id: 'denied' as const, text: t('events.denied') },
          ]}
          onChoose={(result) => {
            set('result', result);
          }}
        />
        {person === undefined ? null : (
          <button
            type="button"
            className="chip"
            aria-pressed="true"
            onClick={() => {
              onChange(others);
            }}
          >
            {t('events.onlyPerson', { name: personName ?? t('events.onePerson') })} ✕
          </button>
        )}
      </div>
    </>
  );
};

const useEventPages = (search: EventsSearch) =>
  useInfiniteQuery({
    queryKey: ['events', search],
    queryFn: ({ pageParam }) =>
      routes.events({
        ...search,
        limit: pageEvents,
        before: pageParam,
      }),
    initialPageParam: '',
    getNextPageParam: ({ before }) => before ?? undefined,
    staleTime: 0,
  });

const EventList = ({ events }: { readonly events: readonly EventView[] }) => {
  const words = useSentenceWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  return (
    <ul className="events events-long">
      {events.map((event) => (
        <EventLine
          key={event.id}
          event={event}
          words={words}
          times={times}
          when={times.moment(Date.parse(event.at), now)}
        />
      ))}
    </ul>
  );
};

/** Everything that happened, newest first; the address holds the filter. */
export const EventsPage = () => {
  const { t, pick } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const pages = useEventPages(search);
  const events = pages.data?.pages.flatMap((page) => page.events) ?? [];
  const person = events.find((event) => event.person?.id === search.person)?.person;
  const change = (next: EventsSearch): void => {
    void navigate({ search: next, replace: true });
  };
  return (
    <div className="list-page">
      <header className="list-head">
        <h1>{t('nav.events')}</h1>
        <Filters search={search} personName={person ? pick(person.name) : null} onChange={change} />
      </header>
      {pages.error === null ? null : (
        <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
      )}
      <section className="panel" aria-busy={pages.isPending}>
        {pages.isPending ? <div className="rows-wait" /> : <EventList events={events} />}
        {!pages.isPending && events.length === 0 && pages.error === null ? (
          <div className="empty-state">
            <h2>{t('events.none')}</h2>
            <p className="quiet">{t('events.noneHint')}</p>
          </div>
        ) : null}
        <MoreEvents
          hasMore={pages.hasNextPage}
          isLoading={pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
        />
      </section>
    </div>
  );
};
