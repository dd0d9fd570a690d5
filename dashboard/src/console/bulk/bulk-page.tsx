import type { BulkJobView } from '@gatehouse/protocols';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import { bulkRoutes } from '../../api/bulk-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import { BulkJob } from './bulk-job.tsx';
import { BulkStart } from './bulk-start.tsx';

const route = getRouteApi('/cards/bulk');

const JobLine = ({ job }: { readonly job: BulkJobView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  return (
    <li>
      <Link to="/cards/bulk" search={{ job: job.id }} className="bulk-line">
        <strong>{job.fileName === '' ? t('bulk.pasted') : job.fileName}</strong>
        <span className="figures">{t('bulk.rowCount', { count: job.rows })}</span>
        <span className={`bulk-state bulk-state-${job.state}`}>{t(`bulk.state.${job.state}`)}</span>
        <span className="quiet">
          {times.moment(Date.parse(job.madeAt), now)} · {pick(job.madeBy)}
        </span>
      </Link>
    </li>
  );
};

const Former = () => {
  const { t } = useWords();
  const { data, error, refetch } = useQuery({
    queryKey: ['bulk'],
    queryFn: bulkRoutes.jobs,
    staleTime: 0,
  });
  return (
    <Panel title={t('bulk.former')}>
      {error === null ? null : <ErrorNote error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 ? <Calm text={t('bulk.none')} hint={t('bulk.noneHint')} /> : null}
      <ul className="bulk-lines">
        {(data ?? []).map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
    </Panel>
  );
};

/** Cards for many people at once: a file, what it would do, then that. */
export const BulkPage = () => {
  const { t } = useWords();
  const { job } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className="list-page bulk">
      <header className="list-head">
        <p className="crumbs">
          {job === undefined ? (
            <Link to="/cards">‹ {t('nav.cards')}</Link>
          ) : (
            <Link to="/cards/bulk">‹ {t('bulk.title')}</Link>
          )}
        </p>
        <h1>{t('bulk.title')}</h1>
        {job === undefined ? <p className="quiet">{t('bulk.intro')}</p> : null}
      </header>
      {job === undefined ? (
        <>
          <BulkStart onMade={({ id }) => void navigate({ search: { job: id } })} />
          <Former />
        </>
      ) : (
        <BulkJob key={job} id={job} />
      )}
    </div>
  );
};
