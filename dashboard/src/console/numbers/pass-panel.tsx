import type { PassNumbersView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { Calm, Panel } from '../panel.tsx';
import { useCountText, useGroupName, usePassNumbers } from './use-numbers.ts';

type OddRow = PassNumbersView['odd'][number];

const ratioText = (made: number, used: number): string =>
  String(Math.round((10 * made) / Math.max(1, used)) / 10);

const Odd = ({ row }: { readonly row: OddRow }) => {
  const { t, pick } = useWords();
  const count = useCountText();
  const { card, made, used, doors, why } = row;
  const { person } = card;
  return (
    <li className="odd-row">
      <span className="odd-who">
        {person === null ? (
          <strong>{t('numbers.cardNumber', { number: card.number })}</strong>
        ) : (
          <Link to="/events" search={{ person: person.id }} className="row-link">
            {pick(person.name)}
          </Link>
        )}
        <span className="quiet">
          {pick(card.unit)}
          {person === null ? '' : ` · ${card.number}`}
        </span>
      </span>
      <span className="odd-figures figures">
        {t('numbers.madeUsed', { made: count(made), used: count(used) })}
        <span className="quiet">{t('numbers.ratio', { ratio: ratioText(made, used) })}</span>
      </span>
      <span className="odd-why">
        <strong>{t(`numbers.odd.${why}.title`)}</strong>
        <span className="quiet">{t(`numbers.odd.${why}.next`, { doors })}</span>
      </span>
    </li>
  );
};

const Limits = ({ view }: { readonly view: PassNumbersView }) => {
  const { t } = useWords();
  const groupName = useGroupName();
  return (
    <details className="pass-limits">
      <summary>{t('numbers.limits.title')}</summary>
      <p className="quiet">{t('numbers.limits.how')}</p>
      <ul>
        {view.limits.map(({ affiliation, keys, median, limit, basis }) => (
          <li key={affiliation} className="figures">
            <strong>{groupName({ id: affiliation, name: null })}</strong>{' '}
            {t(`numbers.limits.${basis}`, {
              keys,
              median: median === null ? '–' : ratioText(median, 1),
              limit: ratioText(limit, 1),
            })}
          </li>
        ))}
      </ul>
    </details>
  );
};

const Body = ({ view }: { readonly view: PassNumbersView }) => {
  const { t } = useWords();
  const count = useCountText();
  const { keys, made, used, odd } = view;
  if (keys === 0) return <Calm text={t('numbers.noPasses')} hint={t('numbers.noPassesHint')} />;
  return (
    <>
      <p>
        {t('numbers.passesTotal', {
          ...{ keys: count(keys), made: count(made), used: count(used) },
          ratio: ratioText(made, used),
        })}
      </p>
      {odd.length === 0 ? (
        <Calm text={t('numbers.noOdd')} hint={t('numbers.noOddHint')} />
      ) : (
        <ul className="odd-rows">
          {odd.map((row) => (
            <Odd key={`${row.card.card} ${row.why}`} row={row} />
          ))}
        </ul>
      )}
      <Limits view={view} />
    </>
  );
};

/** Codes made and used, and the phones that somebody should look at. */
export const PassPanel = () => {
  const { t } = useWords();
  const { data, error, refetch } = usePassNumbers();
  return (
    <Panel title={t('numbers.passes')} count={data?.odd.length ?? 0}>
      {data === undefined && error !== null ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : null}
      {data === undefined && error === null ? <div className="rows-wait" aria-busy="true" /> : null}
      {data === undefined ? null : <Body view={data} />}
    </Panel>
  );
};
