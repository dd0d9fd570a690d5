import { cardGroupings, neverDaysDefault } from '@gatehouse/protocols';
import type { CardNumbersView } from '@gatehouse/protocols';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { CardFunnel } from './card-funnel.tsx';
import { CardGroups } from './card-groups.tsx';
import { daysDefault, neverChoices } from './numbers-search.ts';
import type { NumbersSearch } from './numbers-search.ts';
import { PassPanel } from './pass-panel.tsx';
import { TrafficPanels } from './traffic-panels.tsx';
import { useCardNumbers, useCountText, useNumbersMay, useRecount } from './use-numbers.ts';

const route = getRouteApi('/numbers');

/** A busy campus is always a few positions ahead of its sums. */
const behindMin = 20;

const Recount = () => {
  const { t } = useWords();
  const recount = useRecount();
  const [asks, setAsks] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (error !== null) return <ErrorNote error={error} />;
  if (!asks) {
    return (
      <button type="button" className="button small" onClick={() => setAsks(true)}>
        {t('numbers.recount.open')}
      </button>
    );
  }
  return (
    <span className="numbers-recount">
      <span>{t('numbers.recount.ask')}</span>
      <button
        type="button"
        className="button small main"
        onClick={() => {
          setAsks(false);
          recount().catch(setError);
        }}
      >
        {t('numbers.recount.go')}
      </button>
      <button type="button" className="button small" onClick={() => setAsks(false)}>
        {t('numbers.recount.leave')}
      </button>
    </span>
  );
};

/** How far the sums are, and that some of the past was made up. */
const Notes = ({ view }: { readonly view: CardNumbersView }) => {
  const { t } = useWords();
  const count = useCountText();
  const mayRecount = useNumbersMay('numbers.recount');
  return (
    <div className="numbers-notes">
      {view.demoSeed ? <p className="numbers-note">{t('numbers.demoSeed')}</p> : null}
      {view.behind >= behindMin ? (
        <p className="numbers-note numbers-behind" role="status">
          {t('numbers.behind', { count: view.behind, text: count(view.behind) })}
        </p>
      ) : null}
      {mayRecount ? <Recount /> : null}
    </div>
  );
};

const Tools = ({
  search,
  onChange,
}: {
  readonly search: NumbersSearch;
  readonly onChange: (search: NumbersSearch) => void;
}) => {
  const { t } = useWords();
  const { by = 'affiliation', never = neverDaysDefault } = search;
  return (
    <div className="list-tools">
      <div className="chips" role="group" aria-label={t('numbers.by.label')}>
        {cardGroupings.map((each) => (
          <button
            key={each}
            type="button"
            className="chip"
            aria-pressed={each === by}
            onClick={() => onChange({ ...search, by: each })}
          >
            {t(`numbers.by.${each}`)}
          </button>
        ))}
      </div>
      <select
        className="field"
        aria-label={t('numbers.never.label')}
        value={never}
        onChange={({ currentTarget }) =>
          onChange({ ...search, never: Number(currentTarget.value) })
        }
      >
        {neverChoices.map((days) => (
          <option key={days} value={days}>
            {t('numbers.never.option', { days })}
          </option>
        ))}
      </select>
    </div>
  );
};

/** How many cards there are and are used, what phones make of them, and where and when. */
export const NumbersPage = () => {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { by = 'affiliation', never = neverDaysDefault, days = daysDefault, show } = search;
  const { data, error, refetch } = useCardNumbers(by, never);
  const change = (next: NumbersSearch): void => {
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  return (
    <div className="list-page numbers">
      <header className="list-head">
        <h1>{t('nav.numbers')}</h1>
        <p className="quiet">{t('numbers.intro')}</p>
      </header>
      {error !== null && data === undefined ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
      {data === undefined ? (
        error === null && <div className="rows-wait" aria-busy="true" />
      ) : (
        <>
          <Notes view={data} />
          <CardFunnel view={data} />
          <Tools search={search} onChange={change} />
          <CardGroups view={data} />
        </>
      )}
      <PassPanel />
      <TrafficPanels
        days={days}
        of={show ?? 'granted'}
        onDays={(next) => change({ ...search, days: next })}
        onShow={(next) => {
          const { show: _, ...rest } = search;
          change(next === 'denied' ? { ...rest, show: next } : rest);
        }}
      />
    </div>
  );
};
