import type { DoorView, EventView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useSentenceWords, useServerNow, useTimes } from '../console-context.ts';
import { EventLine } from '../event-line.tsx';
import { Panel } from '../panel.tsx';

const shownMax = 20;

/** The live ones first; each once. */
const merged = (live: readonly EventView[], loaded: readonly EventView[]): readonly EventView[] => {
  const ids = new Set(live.map(({ id }) => id));
  return [...live, ...loaded.filter(({ id }) => !ids.has(id))].slice(0, shownMax);
};

/** What happened at this door today. */
export const DoorEvents = ({ door }: { readonly door: DoorView }) => {
  const { t } = useWords();
  const { events } = usePicture();
  const words = useSentenceWords();
  const times = useTimes();
  const now = useServerNow(60_000);
  const loaded = useQuery({
    queryKey: ['door-events', door.id],
    queryFn: () => routes.events({ door: door.id, limit: shownMax }),
    staleTime: 0,
  });
  const live = events.filter((event) => event.door?.id === door.id);
  const today = times.moment(now, now).split(' ')[0];
  const shown = merged(live, loaded.data?.events ?? []).filter(
    ({ at }) => times.moment(Date.parse(at), now).split(' ')[0] === today,
  );
  return (
    <Panel
      title={t('door.today')}
      tools={
        <Link to="/events" search={{ door: door.id }} className="panel-link">
          {t('door.allEvents')}
        </Link>
      }
    >
      {loaded.error === null ? null : <ErrorNote error={loaded.error} />}
      {shown.length === 0 && !loaded.isPending ? (
        <p className="quiet">{t('door.noEvents')}</p>
      ) : (
        <ul className="events">
          {shown.map((event) => (
            <EventLine
              key={event.id}
              event={event}
              words={words}
              times={times}
              when={times.clock(Date.parse(event.at))}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
};
