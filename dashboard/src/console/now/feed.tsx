import { useState } from 'react';
import { useNow } from '../../adapters/clock.ts';
import { everyLine, highlightsOf } from '../../event/passages.ts';
import type { FeedLine } from '../../event/passages.ts';
import { toneOf } from '../../event/sentence.ts';
import type { Tone } from '../../event/sentence.ts';
import { ago } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useLive, usePicture, useSentenceWords, useTimes } from '../console-context.ts';
import { EventLine } from '../event-line.tsx';
import { Calm, Panel } from '../panel.tsx';

const shownMax = 40;

const feedFilters = ['main', 'denied', 'alarm', 'all'] as const;
type FeedFilter = (typeof feedFilters)[number];

const tonesOf: Readonly<Record<FeedFilter, readonly Tone[]>> = {
  main: ['granted', 'denied', 'attention', 'alarm', 'quiet'],
  denied: ['denied'],
  alarm: ['attention', 'alarm'],
  all: ['granted', 'denied', 'attention', 'alarm', 'quiet'],
};

/** What the feed says of itself: since when it runs and how old its last line is. */
const LiveLine = () => {
  const { t } = useWords();
  const { link, liveSinceMs, lastEventMs, offsetMs } = useLive();
  const times = useTimes();
  const now = useNow(1000);
  return (
    <p className={`live-line live-${link}`}>
      <i aria-hidden="true" />
      {liveSinceMs === null || link !== 'live'
        ? t('feed.notLive')
        : t('feed.since', { at: times.minute(liveSinceMs + offsetMs) })}
      {lastEventMs === null ? null : (
        <span className="figures"> · {t('feed.last', { ago: ago(now - lastEventMs, t) })}</span>
      )}
    </p>
  );
};

const useHeld = (lines: readonly FeedLine[]) => {
  const [held, setHeld] = useState<readonly FeedLine[] | null>(null);
  const [isPinned, setPinned] = useState(false);
  const first = held?.[0]?.event.id;
  const news = held === null ? 0 : lines.findIndex(({ event }) => event.id === first);
  return {
    shown: held ?? lines,
    news: news < 0 ? lines.length : news,
    isHeld: held !== null,
    hold: (pin: boolean) => {
      setHeld((before) => before ?? lines);
      if (pin) setPinned(true);
    },
    release: (unpin: boolean) => {
      if (isPinned && !unpin) return;
      setPinned(false);
      setHeld(null);
    },
  };
};

const FilterChips = ({
  chosen,
  onChoose,
}: {
  readonly chosen: FeedFilter;
  readonly onChoose: (filter: FeedFilter) => void;
}) => {
  const { t } = useWords();
  return (
    <div className="chips" role="group" aria-label={t('feed.filter')}>
      {feedFilters.map((filter) => (
        <button
          key={filter}
          type="button"
          className="chip"
          aria-pressed={filter === chosen}
          onClick={() => {
            onChoose(filter);
          }}
        >
          {t(`feed.${filter}`)}
        </button>
      ))}
    </div>
  );
};

/** What happens, in sentences. It stands still under the pointer, so that a line can be read. */
export const Feed = () => {
  const { t } = useWords();
  const { events } = usePicture();
  const words = useSentenceWords();
  const times = useTimes();
  const [filter, setFilter] = useState<FeedFilter>('main');
  const lines = filter === 'all' ? everyLine(events) : highlightsOf(events);
  const fitting = lines.filter(({ event }) => tonesOf[filter].includes(toneOf(event)));
  const { shown, news, isHeld, hold, release } = useHeld(fitting);
  const tools = (
    <div className="feed-tools">
      <FilterChips
        chosen={filter}
        onChoose={(next) => {
          release(true);
          setFilter(next);
        }}
      />
      <button
        type="button"
        className="button small"
        aria-pressed={isHeld}
        onClick={() => {
          if (isHeld) release(true);
          else hold(true);
        }}
      >
        {isHeld ? t('feed.go', { count: news }) : t('feed.hold')}
      </button>
    </div>
  );
  return (
    <Panel title={t('feed.title')} className="feed" tools={tools}>
      <LiveLine />
      {shown.length === 0 ? (
        <Calm text={t('feed.empty')} hint={t('feed.emptyHint')} />
      ) : (
        <ul
          className="events"
          onPointerEnter={({ pointerType }) => {
            if (pointerType === 'mouse') hold(false);
          }}
          onPointerLeave={() => {
            release(false);
          }}
        >
          {shown.slice(0, shownMax).map(({ event, wentThrough }) => (
            <EventLine
              key={event.id}
              event={event}
              words={words}
              times={times}
              when={times.clock(Date.parse(event.at))}
              wentThrough={wentThrough}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
};
