import { bulkVerdicts } from '@gatehouse/protocols';
import type { BulkJobView, BulkVerdict } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { bulkResultPath, bulkRoutes, bulkStreamPath } from '../../api/bulk-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useViewStream } from '../cards/use-view-stream.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { BulkActions } from './bulk-actions.tsx';
import { BulkRows } from './bulk-rows.tsx';

const route = getRouteApi('/cards/bulk');

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

/** Four counts as one bar; each part is a button that shows its rows. */
const Verdicts = ({
  job,
  show,
  onShow,
}: {
  readonly job: BulkJobView;
  readonly show: BulkVerdict | undefined;
  readonly onShow: (verdict: BulkVerdict | undefined) => void;
}) => {
  const { t } = useWords();
  return (
    <div className="bulk-bar" role="group" aria-label={t('bulk.verdicts')}>
      {bulkVerdicts.map((verdict) => (
        <button
          key={verdict}
          type="button"
          className={`bulk-part bulk-${verdict}`}
          style={{ flexGrow: job.counts[verdict] }}
          aria-pressed={show === verdict}
          disabled={job.counts[verdict] === 0}
          onClick={() => {
            onShow(show === verdict ? undefined : verdict);
          }}
        >
          <strong className="figures">{job.counts[verdict]}</strong>
          <span>{t(`bulk.verdict.${verdict}`)}</span>
        </button>
      ))}
    </div>
  );
};

/** How far the work has come; undefined while nothing runs. */
const progressOf = (job: BulkJobView): { done: number; of: number } | undefined => {
  if (job.state === 'checking') return { done: sum(job.counts), of: job.rows };
  if (job.state === 'applying') return { done: sum(job.outcomes), of: job.rows };
  const applied = job.outcomes.issued + job.outcomes.changed;
  return job.state === 'undoing' ? { done: sum(job.undos), of: applied } : undefined;
};

const Progress = ({ job }: { readonly job: BulkJobView }) => {
  const { t } = useWords();
  const progress = progressOf(job);
  if (progress === undefined) return null;
  const { done, of } = progress;
  return (
    <div className="bulk-progress">
      <progress max={of} value={done} aria-label={t(`bulk.state.${job.state}`)} />
      <p className="figures">{t('bulk.progress', { done, of })}</p>
      <p className="quiet">{t('bulk.leave')}</p>
    </div>
  );
};

/** What became of it, in the words that count. */
const Results = ({ job }: { readonly job: BulkJobView }) => {
  const { t } = useWords();
  const said = [
    ...Object.entries(job.outcomes).map(([name, n]) => [`bulk.outcome.${name}`, n] as const),
    ...Object.entries(job.undos).map(([name, n]) => [`bulk.undo.${name}`, n] as const),
  ].filter(([, n]) => n > 0);
  if (said.length === 0) return null;
  return (
    <div role="status">
      <ul className="bulk-results">
        {said.map(([key, n]) => (
          <li key={key}>
            <strong className="figures">{n}</strong> {t(key)}
          </li>
        ))}
      </ul>
    </div>
  );
};

const Facts = ({ job }: { readonly job: BulkJobView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  const at = (time: string): string => times.moment(Date.parse(time), now);
  return (
    <div className="bulk-facts quiet">
      <p>
        {t('bulk.made', { at: at(job.madeAt), who: pick(job.madeBy) })}{' '}
        {t(`bulk.encoding.${job.encoding}`)} · {t(`bulk.separator.${job.separator}`)} ·{' '}
        <span className="figures" title={job.sha256}>
          SHA-256 {job.sha256.slice(0, 8)}
        </span>
      </p>
      {job.appliedAt === null || job.appliedBy === null ? null : (
        <p>{t('bulk.applied', { at: at(job.appliedAt), who: pick(job.appliedBy) })}</p>
      )}
      {job.undoneAt === null || job.undoneBy === null ? null : (
        <p>{t('bulk.undone', { at: at(job.undoneAt), who: pick(job.undoneBy) })}</p>
      )}
      {job.isErased ? <p>{t('bulk.erased')}</p> : null}
      <ul className="bulk-map" aria-label={t('bulk.map')}>
        {job.headings.map(({ text, column }, i) => (
          <li key={`${i} ${text}`} className={column === null ? 'bulk-unread' : ''}>
            {text} → {column === null ? t('bulk.unread') : t(`bulk.column.${column}`)}
          </li>
        ))}
      </ul>
    </div>
  );
};

const Loaded = ({
  job,
  onChange,
}: {
  readonly job: BulkJobView;
  readonly onChange: (job: BulkJobView) => void;
}) => {
  const { t } = useWords();
  const { show } = route.useSearch();
  const navigate = route.useNavigate();
  const isJudged = job.state !== 'checking' && job.state !== 'dropped';
  return (
    <>
      <section className="panel" aria-label={job.fileName}>
        <header className="panel-head">
          <h2>
            {job.fileName === '' ? t('bulk.pasted') : job.fileName}
            <span className={`bulk-state bulk-state-${job.state}`}>
              {t(`bulk.state.${job.state}`)}
            </span>
          </h2>
          {isJudged ? (
            <a className="button small" href={bulkResultPath(job.id)} download>
              {t('bulk.result')}
            </a>
          ) : null}
        </header>
        {isJudged ? (
          <Verdicts
            job={job}
            show={show}
            onShow={(verdict) => {
              const next = verdict === undefined ? {} : { show: verdict };
              void navigate({
                search: { job: job.id, ...next },
                replace: true,
                resetScroll: false,
              });
            }}
          />
        ) : null}
        <Progress job={job} />
        <Results job={job} />
        <BulkActions job={job} onChange={onChange} />
        <Facts job={job} />
      </section>
      {isJudged ? <BulkRows job={job} show={show} /> : null}
    </>
  );
};

/** One file: what it would do, what it did, and how to take that back. */
export const BulkJob = ({ id }: { readonly id: string }) => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ['bulk', id],
    queryFn: () => bulkRoutes.job(id),
    staleTime: 0,
  });
  const { view, put } = useViewStream<BulkJobView>(bulkStreamPath(id), 'bulk');
  const shown = view?.id === id ? view : data;
  if (shown !== undefined) return <Loaded job={shown} onChange={put} />;
  if (error !== null) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  return <div className="rows-wait" aria-busy="true" aria-label={t('events.loading')} />;
};
