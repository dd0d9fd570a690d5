import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { TextField } from './text-field.tsx';
import { useAsking } from './use-asking.ts';

/** Ends something for good, with a word that its holder is told. */
export const EndForm = ({
  about,
  action,
  onEnd,
  onClose,
}: {
  /** What it does, before it is done. */
  readonly about: string;
  readonly action: string;
  readonly onEnd: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}) => {
  const { t } = useWords();
  const [reason, setReason] = useState('');
  const { isBusy, error, ask } = useAsking();
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask(async () => {
          await onEnd(reason.trim());
          onClose();
        });
      }}
    >
      <p>{about}</p>
      <TextField
        label={t('people.reason')}
        hint={t('people.reasonHint')}
        value={reason}
        maxLength={200}
        onChange={setReason}
      />
      {error === null ? null : <ErrorNote error={error} />}
      <span className="person-actions">
        <button type="submit" className="button danger" disabled={isBusy || reason.trim() === ''}>
          {action}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
      </span>
    </form>
  );
};
