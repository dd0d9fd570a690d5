import type { CardHitView, DeskView, QueueItemView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { CardFace } from '../cards/card-face.tsx';
import { useTimes } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';

const numberNames = ['waiting', 'done', 'walkIns', 'missed', 'undone'] as const;

export const DayNumbers = ({ numbers }: { readonly numbers: DeskView['numbers'] }) => {
  const { t } = useWords();
  return (
    <dl className="day-numbers">
      {numberNames.map((name) => (
        <div key={name}>
          <dt>{t(`desk.numbers.${name}`)}</dt>
          <dd className="figures">{numbers[name]}</dd>
        </div>
      ))}
      <div>
        <dt>{t('desk.numbers.median')}</dt>
        <dd className="figures">
          {numbers.medianMs === null
            ? '–'
            : t('time.seconds', { seconds: Math.round(numbers.medianMs / 1000) })}
        </dd>
      </div>
    </dl>
  );
};

const Item = ({
  item,
  isCurrent,
  onTake,
}: {
  readonly item: QueueItemView;
  readonly isCurrent: boolean;
  readonly onTake: (hit: CardHitView) => void;
}) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const { booking, hit, state } = item;
  return (
    <li className={`queue-item queue-${state} ${isCurrent ? 'queue-current' : ''}`}>
      <button
        type="button"
        disabled={state === 'done'}
        onClick={() => {
          onTake(hit);
        }}
      >
        <time className="figures" dateTime={booking.at}>
          {times.minute(Date.parse(booking.at))}
        </time>
        <CardFace hit={hit} size="row" />
        <span className="card-row-name">
          <strong>{pick(hit.person.name)}</strong>
          <span className="quiet figures">{hit.number}</span>
        </span>
        <span className="queue-why">
          {t(`desk.why.${booking.why}`)}
          <span className="quiet">{t(`desk.state.${state}`)}</span>
        </span>
      </button>
    </li>
  );
};

/** Who is booked today. */
export const Queue = ({
  queue,
  current,
  onTake,
}: {
  readonly queue: DeskView['queue'];
  readonly current: string | null;
  readonly onTake: (hit: CardHitView) => void;
}) => {
  const { t } = useWords();
  return (
    <Panel title={t('desk.queue')} count={queue.length} className="desk-queue">
      {queue.length === 0 ? <Calm text={t('desk.empty')} hint={t('desk.emptyHint')} /> : null}
      <ol>
        {queue.map((item) => (
          <Item
            key={item.booking.id}
            item={item}
            isCurrent={item.hit.card === current}
            onTake={onTake}
          />
        ))}
      </ol>
    </Panel>
  );
};
