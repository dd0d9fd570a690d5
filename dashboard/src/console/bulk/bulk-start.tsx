import { bulkBytesMax, bulkColumns } from '@gatehouse/protocols';
import type { BulkJobView } from '@gatehouse/protocols';
import { useId, useState } from 'react';
import { bulkRoutes, bulkTemplatePath } from '../../api/bulk-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';

const Columns = () => {
  const { t } = useWords();
  return (
    <details className="bulk-columns">
      <summary>{t('bulk.columns')}</summary>
      <dl>
        {bulkColumns.map((column) => (
          <div key={column}>
            <dt>
              {t(`bulk.column.${column}`)} <code className="quiet">{column}</code>
            </dt>
            <dd>{t(`bulk.about.${column}`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
};

/** Takes a file, or what was copied out of a spreadsheet. */
export const BulkStart = ({ onMade }: { readonly onMade: (job: BulkJobView) => void }) => {
  const { t } = useWords();
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isOver, setOver] = useState(false);
  const id = useId();
  const send = async (file: Blob, name: string): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onMade(await bulkRoutes.send(file, name));
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const take = (file: File | undefined): void => {
    if (file !== undefined && !isBusy) void send(file, file.name);
  };
  return (
    <Panel title={t('bulk.start')}>
      <div
        className={`bulk-drop ${isOver ? 'bulk-drop-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => {
          setOver(false);
        }}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files[0]);
        }}
      >
        <label className="button main" htmlFor={id}>
          {t(isBusy ? 'bulk.sending' : 'bulk.choose')}
        </label>
        <input
          id={id}
          type="file"
          className="visually-hidden"
          accept=".csv,.txt,.tsv,text/csv,text/plain"
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0]);
            // The same file again, mended, is a change too.
            currentTarget.value = '';
          }}
        />
        <span className="quiet">{t('bulk.drop', { mb: bulkBytesMax / 1024 / 1024 })}</span>
      </div>
      <form
        className="bulk-paste"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') void send(new Blob([text]), '');
        }}
      >
        <label htmlFor={`${id}-text`}>{t('bulk.paste')}</label>
        <textarea
          id={`${id}-text`}
          className="field"
          rows={4}
          spellCheck={false}
          value={text}
          placeholder="number,name_zh,kind,groups"
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
          }}
        />
        <button type="submit" className="button" disabled={isBusy || text.trim() === ''}>
          {t('bulk.check')}
        </button>
      </form>
      {error === null ? null : <ErrorNote error={error} />}
      <p className="bulk-template">
        {t('bulk.template')}{' '}
        <a href={bulkTemplatePath('zh')} download lang="zh-CN">
          {t('bulk.templateZh')}
        </a>
        {' · '}
        <a href={bulkTemplatePath('en')} download lang="en">
          {t('bulk.templateEn')}
        </a>
      </p>
      <Columns />
    </Panel>
  );
};
