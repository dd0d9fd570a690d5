import { reasonRow } from '@gatehouse/protocols';
import type { TrafficView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { Calm, Panel } from '../panel.tsx';
import { HeatMap } from './heat-map.tsx';
import { percentOf } from './heat.ts';
import { dayChoices } from './numbers-search.ts';
import { useCountText, useTraffic } from './use-numbers.ts';

const results = ['granted', 'denied'] as const;
type Result = (typeof results)[number];

const readersFirst = 12;

const Bar = ({ granted, denied, most }: Readonly<Record<Result | 'most', number>>) => (
  <span className="count-bar" aria-hidden="true">
    <i className="bar-granted" style={{ width: `${percentOf(granted, most)}%` }} />
    <i className="bar-denied" style={{ width: `${percentOf(denied, most)}%` }} />
  </span>
);

const Reader = ({
  row,
  most,
}: {
  readonly row: TrafficView['readers'][number];
  readonly most: number;
}) => {
  const { t, pick } = useWords();
  const count = useCountText();
  const { door, granted, denied } = row;
  const name = row.name === null ? row.reader || t('numbers.noReader') : pick(row.name);
  return (
    <li className="count-row">
      <span className="count-name">{name}</span>
      <Bar granted={granted} denied={denied} most={most} />
      <span className="count-figures figures">
        {door === null ? (
          count(granted)
        ) : (
          <Link to="/events" search={{ door: door.id, result: 'granted' }}>
            {t('numbers.granted', { text: count(granted) })}
          </Link>
        )}
        {denied > 0 && door !== null ? (
          <Link to="/events" search={{ door: door.id, result: 'denied' }} className="count-denied">
            {t('numbers.denied', { text: count(denied) })}
          </Link>
        ) : null}
      </span>
    </li>
  );
};

const Readers = ({ view }: { readonly view: TrafficView }) => {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const most = Math.max(1, ...view.readers.map(({ granted, denied }) => granted + denied));
  const rows = all ? view.readers : view.readers.slice(0, readersFirst);
  return (
    <Panel title={t('numbers.readers')}>
      <ul className="count-rows">
        {rows.map((row) => (
          <Reader key={`${row.door?.id ?? ''} ${row.reader}`} row={row} most={most} />
        ))}
      </ul>
      {view.readers.length > readersFirst ? (
        <button type="button" className="button small" onClick={() => setAll(!all)}>
          {all ? t('numbers.fewerReaders') : t('numbers.allReaders', { of: view.readers.length })}
        </button>
      ) : null}
    </Panel>
  );
};

const Reasons = ({ view }: { readonly view: TrafficView }) => {
  const { t, pick } = useWords();
  const count = useCountText();
  const rows = view.reasons.filter(({ granted, reason }) => !granted || reason !== 'granted');
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <Panel title={t('numbers.reasons')}>
      {rows.length === 0 ? (
        <Calm text={t('numbers.noRefusals')} hint={t('numbers.noRefusalsHint')} />
      ) : (
        <ul className="count-rows">
          {rows.map(({ reason, granted, count: times }) => {
            const words = reasonRow(reason);
            return (
              <li key={`${reason} ${granted}`} className="count-row reason-row">
                <span className="count-name">
                  {words === undefined ? reason : pick(words.text)}
                  {words === undefined || pick(words.next) === '' ? null : (
                    <span className="quiet reason-next">{pick(words.next)}</span>
                  )}
                </span>
                <Bar granted={granted ? times : 0} denied={granted ? 0 : times} most={most} />
                <span className="count-figures figures">
                  <Link to="/events" search={{ result: granted ? 'granted' : 'denied' }}>
                    {count(times)}
                  </Link>
                </span>
              </li>
            );
          })}
        </ul>
      )}
      <p className="quiet panel-foot">{t('numbers.reasonsHint')}</p>
    </Panel>
  );
};

type Choice = {
  readonly days: number;
  readonly of: Result;
  readonly onDays: (days: number) => void;
  readonly onShow: (of: Result) => void;
};

const Days = ({ days, onDays }: Pick<Choice, 'days' | 'onDays'>) => {
  const { t } = useWords();
  return (
    <div className="chips" role="group" aria-label={t('numbers.days.label')}>
      {dayChoices.map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={each === days}
          onClick={() => onDays(each)}
        >
          {each === 1 ? t('numbers.days.today') : t('numbers.days.last', { days: each })}
        </button>
      ))}
    </div>
  );
};

const Shown = ({ view, of, onShow }: { readonly view: TrafficView } & Omit<Choice, 'onDays'>) => {
  const { t } = useWords();
  const count = useCountText();
  if (view.granted + view.denied === 0) {
    return (
      <section className="panel">
        <Calm text={t('numbers.noTraffic')} hint={t('numbers.noTrafficHint')} />
      </section>
    );
  }
  const tools = (
    <div className="chips" role="group" aria-label={t('numbers.heat.show')}>
      {results.map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={each === of}
          onClick={() => onShow(each)}
        >
          {t(`numbers.${each}`, { text: count(view[each]) })}
        </button>
      ))}
    </div>
  );
  return (
    <>
      <Panel title={t('numbers.heat.title')} tools={tools}>
        <HeatMap view={view} of={of} />
      </Panel>
      <div className="numbers-pair">
        <Readers view={view} />
        <Reasons view={view} />
      </div>
    </>
  );
};

/** When, where and why: decisions at the doors of the last days. */
export const TrafficPanels = ({ days, of, onDays, onShow }: Choice) => {
  const { t } = useWords();
  const { data, error, refetch } = useTraffic(days);
  return (
    <section className="numbers-traffic" aria-labelledby="numbers-traffic">
      <header className="panel-head">
        <h2 id="numbers-traffic">{t('numbers.traffic')}</h2>
        <Days days={days} onDays={onDays} />
      </header>
      {data === undefined && error !== null ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
      {data === undefined && error === null ? <div className="rows-wait" aria-busy="true" /> : null}
      {data === undefined ? null : <Shown view={data} days={days} of={of} onShow={onShow} />}
    </section>
  );
};
