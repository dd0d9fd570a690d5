import type { DevicePageView, EventView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { eventDetail } from '../../device/event-detail.ts';
import type { SentenceWords } from '../../event/sentence.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useSentenceWords, useServerNow, useTimes } from '../console-context.ts';
import { EventLine } from '../event-line.tsx';
import { Panel } from '../panel.tsx';

const shownMax = 20;
/** They stand in the charts. */
const isReading = ({ kind }: EventView): boolean => kind === 'device.measured';

/** The live ones first; each once. */
const merged = (live: readonly EventView[], loaded: readonly EventView[]): readonly EventView[] => {
  const ids = new Set(live.map(({ id }) => id));
  return [...live, ...loaded.filter(({ id }) => !ids.has(id))]
    .filter((event) => !isReading(event))
    .slice(0, shownMax);
};

/** What happened to it and by it, in the words of its profile. */
export const DeviceEvents = ({ page }: { readonly page: DevicePageView }) => {
  const { t, language } = useWords();
  const { device, profile } = page;
  const { events } = usePicture();
  const times = useTimes();
  const now = useServerNow(60_000);
  const others = useSentenceWords();
  const words: SentenceWords = {
    ...others,
    nameOf: (id) => (id === device.id ? device.name : others.nameOf(id)),
    detailOf: (event) => eventDetail(event, profile, { t, language }),
  };
  const loaded = useQuery({
    queryKey: ['device-events', device.id],
    queryFn: () => routes.events({ device: device.id, limit: shownMax }),
    staleTime: 0,
  });
  const whenOf = (atMs: number): string =>
    times.day(atMs) === times.day(now) ? times.clock(atMs) : times.day(atMs);
  const isOwn = (event: EventView): boolean => event.device === device.id;
  const shown = merged(events.filter(isOwn), (loaded.data?.events ?? []).filter(isOwn));
  return (
    <Panel title={t('device.events')}>
      {loaded.error === null ? null : <ErrorNote error={loaded.error} />}
      {shown.length === 0 && !loaded.isPending ? (
        <p className="quiet">{t('device.noEvents')}</p>
      ) : (
        <ul className="events">
          {shown.map((event) => (
            <EventLine
              key={event.id}
              event={event}
              words={words}
              times={times}
              when={whenOf(Date.parse(event.at))}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
};
