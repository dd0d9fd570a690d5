import { bulkFaultText } from '@gatehouse/protocols';
import type { BulkFaultView, BulkJobView, BulkRowView, BulkVerdict } from '@gatehouse/protocols';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { bulkRoutes } from '../../api/bulk-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { MoreEvents } from '../events/more-events.tsx';

const Faults = ({ faults }: { readonly faults: readonly BulkFaultView[] }) => {
  const { pick } = useWords();
  return faults.map(({ code, what }) => (
    <li key={code} className="bulk-fault">
      {pick(bulkFaultText(code, what))} <code className="quiet">{code}</code>
    </li>
  ));
};

const Changes = ({ row }: { readonly row: BulkRowView }) => {
  const { t } = useWords();
  return row.changes.map(({ field, from, to }) => (
    <li key={field}>
      {t(`bulk.column.${field}`)}
      {from === '' && to === '' ? null : (
        <>
          {': '}
          <del>{from === '' ? t('bulk.empty') : from}</del> →{' '}
          <ins>{to === '' ? t('bulk.empty') : to}</ins>
        </>
      )}
    </li>
  ));
};

/** Its verdict says it all; one that could not be written is refused whatever its verdict was. */
const isPlain = ({ outcome, verdict }: BulkRowView): boolean =>
  outcome === null || outcome === 'kept' || (outcome === 'refused' && verdict === 'refused');

/** What became of a row, beyond what its verdict says. */
const Fate = ({ row }: { readonly row: BulkRowView }) => {
  const { t } = useWords();
  const { outcome, undo, undoLeft } = row;
  const words = [
    ...(isPlain(row) ? [] : [t(`bulk.outcome.${outcome}`)]),
    ...(undo === null ? [] : [t(`bulk.undo.${undo}`)]),
    ...undoLeft.map((field) => t(`bulk.column.${field}`)),
  ];
  return words.length === 0 ? null : <span className="bulk-fate">{words.join(' · ')}</span>;
};

const Row = ({ row }: { readonly row: BulkRowView }) => {
  const { t, language } = useWords();
  const names = language === 'zh' ? [row.name.zh, row.name.en] : [row.name.en, row.name.zh];
  const hasMore = row.changes.length + row.faults.length + row.sinceFaults.length > 0;
  return (
    <li className="bulk-row">
      <span className="quiet figures">{t('bulk.line', { n: row.line })}</span>
      <span className="bulk-who">
        <strong>{names.find((name) => name !== '') ?? ''}</strong>
        {row.card === null ? (
          <span className="figures">{row.number}</span>
        ) : (
          <Link to="/cards/$card" params={{ card: row.card }} className="figures">
            {row.number}
          </Link>
        )}
      </span>
      <span>
        <span className={`bulk-word bulk-${row.verdict}`}>{t(`bulk.verdict.${row.verdict}`)}</span>
        <Fate row={row} />
        {hasMore ? (
          <ul className="bulk-why">
            <Changes row={row} />
            <Faults faults={[...row.faults, ...row.sinceFaults]} />
          </ul>
        ) : null}
      </span>
    </li>
  );
};

/** The rows of a file, page by page; looked at anew when the job comes to another state. */
export const BulkRows = ({
  job,
  show,
}: {
  readonly job: BulkJobView;
  readonly show: BulkVerdict | undefined;
}) => {
  const { t } = useWords();
  const pages = useInfiniteQuery({
    queryKey: ['bulk', job.id, 'rows', show ?? '', job.state],
    queryFn: ({ pageParam }) => bulkRoutes.rows(job.id, show, pageParam),
    initialPageParam: 0,
    getNextPageParam: ({ after }) => after ?? undefined,
  });
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <section
      className="panel"
      aria-label={show === undefined ? t('bulk.rows') : t(`bulk.verdict.${show}`)}
      aria-busy={pages.isPending}
    >
      {pages.error === null ? null : (
        <ErrorNote error={pages.error} onRetry={() => void pages.refetch()} />
      )}
      {pages.isPending ? <div className="rows-wait" /> : null}
      <ul className="bulk-rows">
        {rows.map((row) => (
          <Row key={row.n} row={row} />
        ))}
      </ul>
      <MoreEvents
        hasMore={pages.hasNextPage}
        isLoading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
        word={'bulk.more'}
      />
    </section>
  );
};
