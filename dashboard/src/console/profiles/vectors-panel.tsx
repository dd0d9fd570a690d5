import type { VectorsView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { profileRoutes } from '../../api/profile-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { sourceKindOf } from '../../profile/standing.ts';
import { Panel } from '../panel.tsx';

const shownMax = 12;

type Result = VectorsView['results'][number];

const OneVector = ({ result }: { readonly result: Result }) => {
  const { t } = useWords();
  const { ok, title, source, binding, expected, got } = result;
  const kind = sourceKindOf(source);
  return (
    <li className={`vector ${ok ? '' : 'vector-bad'}`}>
      <span className={ok ? 'tone-granted' : 'tone-denied'}>
        <span aria-hidden="true">{ok ? '✓' : '✗'}</span>
        <span className="visually-hidden">{t(`profiles.vectors.${ok ? 'holds' : 'fails'}`)}</span>
      </span>
      <div>
        <code>{title}</code>
        <span className="quiet">
          {binding} · {kind === 'manual' ? source : t(`profiles.source.${kind}`, { source })}
        </span>
        {ok ? null : (
          <dl className="vector-why">
            <dt>{t('profiles.vectors.expected')}</dt>
            <dd>
              <code>{expected ?? ''}</code>
            </dd>
            <dt>{t('profiles.vectors.got')}</dt>
            <dd>
              <code>{got ?? ''}</code>
            </dd>
          </dl>
        )}
      </div>
    </li>
  );
};

/** What no example shows yet. */
const Gaps = ({ coverage }: { readonly coverage: VectorsView['coverage'] }) => {
  const { t } = useWords();
  const { needed, covered, missing } = coverage;
  if (missing.length === 0) {
    return <p className="quiet">{t('profiles.vectors.noGaps', { count: needed })}</p>;
  }
  return (
    <div className="vector-gaps">
      <h3 className="tone-attention">
        {t('profiles.vectors.gaps', { count: missing.length, covered, needed })}
      </h3>
      <ul>
        {missing.map(({ path, why }) => (
          <li key={path + why}>
            <code>{path}</code> <span className="quiet">{why}</span>
          </li>
        ))}
      </ul>
    </div>
  );
};

/** Each example with what came of it; what fails stands first. */
export const VectorResults = ({ run }: { readonly run: VectorsView }) => {
  const { t } = useWords();
  const [isWhole, setWhole] = useState(false);
  const sorted = [...run.results].sort((a, b) => Number(a.ok) - Number(b.ok));
  const good = sorted.filter(({ ok }) => ok).length;
  const shown = isWhole ? sorted : sorted.slice(0, shownMax);
  return (
    <>
      <p role="status" className={good === sorted.length ? 'tone-granted' : 'tone-denied'}>
        <span aria-hidden="true">{good === sorted.length ? '✓ ' : '✗ '}</span>
        <strong className="figures">
          {t('profiles.vectors.summary', { good, count: sorted.length })}
        </strong>{' '}
        <span className="quiet figures">
          {t('profiles.vectors.took', { ms: Math.max(1, Math.round(run.tookMs)) })}
        </span>
      </p>
      <Gaps coverage={run.coverage} />
      <ul className="vectors">
        {shown.map((result) => (
          <OneVector key={result.index} result={result} />
        ))}
      </ul>
      {shown.length < sorted.length ? (
        <p>
          <button
            type="button"
            className="button small"
            onClick={() => {
              setWhole(true);
            }}
          >
            {t('profiles.vectors.all', { count: sorted.length })}
          </button>
        </p>
      ) : null}
    </>
  );
};

/** The examples of the file, run by the server while one waits. */
export const VectorsPanel = ({
  id,
  version,
}: {
  readonly id: string;
  readonly version: string;
}) => {
  const { t } = useWords();
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['profile-vectors', id, version],
    queryFn: () => profileRoutes.vectors(id, version),
    staleTime: Infinity,
  });
  return (
    <Panel
      title={t('profiles.vectors.title')}
      tools={
        <button
          type="button"
          className="button small"
          disabled={isFetching}
          onClick={() => void refetch()}
        >
          {t(isFetching ? 'profiles.vectors.running' : 'profiles.vectors.again')}
        </button>
      }
    >
      {error === null ? null : <ErrorNote error={error} />}
      {data === undefined ? null : <VectorResults run={data} />}
    </Panel>
  );
};
