import { useWords } from '../i18n/i18n.ts';
import { ApiFailure } from './failure.ts';

const ownWords = ['unreachable', 'no_sense'] as const;

/** What happened and what to do, in the server's words or ours; the code small at the end. */
export const ErrorNote = ({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}) => {
  const { t, pick } = useWords();
  const failure = error instanceof ApiFailure ? error : null;
  const code = failure?.code ?? 'page_failed';
  const known = ownWords.find((own) => own === code) ?? 'other';
  const text = failure?.text ? pick(failure.text) : t(`error.${known}.text`);
  const next = failure?.next ? pick(failure.next) : t(`error.${known}.next`);
  return (
    <div className="error-note" role="alert">
      <strong>{text}</strong>
      {next === '' ? null : <span>{next}</span>}
      {onRetry === undefined ? null : (
        <span>
          <button type="button" className="button" onClick={onRetry}>
            {t('error.retry')}
          </button>
        </span>
      )}
      <small>
        {t('error.code')} {code}
      </small>
    </div>
  );
};
