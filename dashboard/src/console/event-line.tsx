import type { EventView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { sentenceOf, toneOf } from '../event/sentence.ts';
import type { Piece, SentenceWords, Tone } from '../event/sentence.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { useIsKeeper } from './console-context.ts';

const signs: Readonly<Record<Tone, string>> = {
  granted: 'M5 12.5l4.5 4.5L19 7.5',
  denied: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  attention: 'M12 5v9M12 18.5v.3',
  alarm: 'M13.5 3 7 13.5h4.5L10.5 21 17 10.5h-4.5z',
  quiet: 'M12 12h.01',
};

export const ToneSign = ({ tone }: { readonly tone: Tone }) => (
  <svg
    className={`tone-sign tone-${tone}`}
    width="18"
    height="18"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    strokeWidth={tone === 'quiet' ? 5 : 2.6}
    strokeLinecap="round"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d={signs[tone]} />
  </svg>
);

const PieceView = ({ piece }: { readonly piece: Piece }) => {
  const { kind, text, id } = piece;
  const isKeeper = useIsKeeper();
  if (kind === 'door' && id !== undefined) {
    return (
      <Link to="/doors/$door" params={{ door: id }} className="piece-link">
        {text}
      </Link>
    );
  }
  if (kind === 'device' && id !== undefined && isKeeper) {
    return (
      <Link to="/devices/$device" params={{ device: id }} className="piece-link">
        {text}
      </Link>
    );
  }
  if (kind === 'person' && id !== undefined) {
    return (
      <Link to="/events" search={{ person: id }} className="piece-link piece-person">
        {text}
      </Link>
    );
  }
  return kind === 'text' ? text : <span className={`piece-${kind}`}>{text}</span>;
};

/** One event as a sentence. Late ones say when they happened and when they came. */
export const EventLine = memo(
  ({
    event,
    words,
    times,
    when,
    wentThrough = false,
  }: {
    readonly event: EventView;
    readonly words: SentenceWords;
    readonly times: TimeWords;
    /** What stands at the front: a time of today, or a day with it. */
    readonly when: string;
    /** Of a grant: the person has gone through since. */
    readonly wentThrough?: boolean;
  }) => {
    const { t } = useWords();
    const tone = toneOf(event);
    const isSeeded = event.data['demo'] === 'seed';
    const pieces = sentenceOf(event, words);
    const detail = words.detailOf?.(event) ?? '';
    return (
      <li className={`event event-${tone}`}>
        <time
          className="figures quiet"
          dateTime={event.at}
          title={times.full(Date.parse(event.at))}
        >
          {when}
        </time>
        <ToneSign tone={tone} />
        <span className="event-sentence">
          {pieces.map((piece, i) => (
            <PieceView key={i} piece={piece} />
          ))}
          {wentThrough ? <span className="piece-after">{t('event.wentThrough')}</span> : null}
          {detail === '' ? null : <span className="piece-detail">{detail}</span>}
          {isSeeded ? <span className="event-seeded">{t('numbers.seeded')}</span> : null}
          {event.late && !isSeeded ? (
            <span className="event-late" title={times.full(Date.parse(event.receivedAt))}>
              {t('event.late', { at: times.clock(Date.parse(event.receivedAt)) })}
            </span>
          ) : null}
        </span>
      </li>
    );
  },
);
EventLine.displayName = 'EventLine';
