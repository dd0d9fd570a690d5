import type { BulkJobView } from '@gatehouse/protocols';
import { useState } from 'react';
import { bulkRoutes } from '../../api/bulk-routes.ts';
import type { BulkOrder } from '../../api/bulk-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';

type Ask = (order: BulkOrder) => void;
type Part = { readonly job: BulkJobView; readonly isBusy: boolean; readonly ask: Ask };

const Checked = ({ job, isBusy, ask }: Part) => {
  const { t } = useWords();
  const writes = job.counts.new + job.counts.changed;
  return (
    <>
      <p>{t(writes === 0 ? 'bulk.nothing' : 'bulk.dry')}</p>
      {writes === 0 ? null : (
        <button
          type="button"
          className="button main"
          disabled={isBusy}
          onClick={() => {
            ask('apply');
          }}
        >
          {t('bulk.apply', { count: writes })}
        </button>
      )}
      <button
        type="button"
        className="button plain"
        disabled={isBusy}
        onClick={() => {
          ask('drop');
        }}
      >
        {t('bulk.dropIt')}
      </button>
    </>
  );
};

const Stop = ({ job, isBusy, ask }: Part) => {
  const { t } = useWords();
  return job.stopAsked ? (
    <p role="status">{t('bulk.stopping')}</p>
  ) : (
    <button
      type="button"
      className="button"
      disabled={isBusy}
      onClick={() => {
        ask('stop');
      }}
    >
      {t('bulk.stop')}
    </button>
  );
};

const wasApplied: ReadonlySet<BulkJobView['state']> = new Set(['applied', 'stopped', 'failed']);

/** Cards that people may hold already: asked twice. */
const Undo = ({ job, isBusy, ask }: Part) => {
  const { t } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  const [isSure, setSure] = useState(false);
  const { issued, changed } = job.outcomes;
  if (issued + changed === 0) return null;
  if (job.undoUntil === null) {
    return wasApplied.has(job.state) && !job.isErased ? <p>{t('bulk.notLast')}</p> : null;
  }
  if (!isSure) {
    return (
      <>
        <button
          type="button"
          className="button"
          onClick={() => {
            setSure(true);
          }}
        >
          {t('bulk.takeBack')}
        </button>
        <span className="quiet">
          {t('bulk.until', { at: times.moment(Date.parse(job.undoUntil), now) })}
        </span>
      </>
    );
  }
  return (
    <>
      <p>
        {issued === 0 ? null : t('bulk.sureIssued', { count: issued })}{' '}
        {changed === 0 ? null : t('bulk.sureChanged', { count: changed })}
      </p>
      <button
        type="button"
        className="button danger"
        disabled={isBusy}
        onClick={() => {
          setSure(false);
          ask('undo');
        }}
      >
        {t('bulk.takeBackNow')}
      </button>
      <button
        type="button"
        className="button plain"
        onClick={() => {
          setSure(false);
        }}
      >
        {t('bulk.keep')}
      </button>
    </>
  );
};

/** What can be done with a job as it stands. */
export const BulkActions = ({
  job,
  onChange,
}: {
  readonly job: BulkJobView;
  readonly onChange: (job: BulkJobView) => void;
}) => {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = async (order: BulkOrder): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onChange(await bulkRoutes.order(job.id, order));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  const part: Part = { job, isBusy, ask: (order) => void ask(order) };
  return (
    <div className="bulk-actions">
      {job.state === 'checked' ? <Checked {...part} /> : null}
      {job.state === 'applying' ? <Stop {...part} /> : null}
      <Undo {...part} />
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  );
};
