import { uidKinds } from '@gatehouse/protocols';
import type { CardHitView, PersonPageView, UidKind } from '@gatehouse/protocols';
import { useState } from 'react';
import { simulatedUid } from '../../adapters/simulated-reader.ts';
import { cardRoutes } from '../../api/card-routes.ts';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole } from '../console-context.ts';
import { readUid } from '../desk/job.ts';
import { useAsking } from './use-asking.ts';

const KindField = ({
  kind,
  onChange,
}: {
  readonly kind: UidKind;
  readonly onChange: (kind: UidKind) => void;
}) => {
  const { t } = useWords();
  return (
    <span className="chips" role="group" aria-label={t('people.uidKind')}>
      {uidKinds.map((each) => (
        <button
          key={each}
          type="button"
          className="chip"
          aria-pressed={kind === each}
          onClick={() => {
            onChange(each);
          }}
        >
          {t(`cards.kind.${each}`)}
        </button>
      ))}
    </span>
  );
};

/** The desk reader types into the field and presses Enter, or somebody does. */
export const UidForm = ({
  card,
  onChange,
  onClose,
}: {
  readonly card: string;
  readonly onChange: (page: PersonPageView) => void;
  readonly onClose: () => void;
}) => {
  const { t, pick } = useWords();
  const { campus } = useConsole();
  const [kind, setKind] = useState<UidKind>('wristband');
  const [typed, setTyped] = useState('');
  const [isUnread, setUnread] = useState(false);
  const [holder, setHolder] = useState<CardHitView | null>(null);
  const { isBusy, error, ask } = useAsking();
  const give = (text: string): void => {
    const uid = readUid(text);
    setUnread(uid === undefined);
    setHolder(null);
    if (uid === undefined) return;
    ask(async () => {
      const found = await cardRoutes.uid(uid);
      setTyped('');
      setHolder(found.holder);
      if (found.holder !== null) return;
      onChange(await peopleRoutes.addUid(card, { uid, kind }));
      onClose();
    });
  };
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        give(typed);
      }}
    >
      <KindField kind={kind} onChange={setKind} />
      <label className="people-field">
        <span>{t('people.uid')}</span>
        <input
          className="field figures"
          value={typed}
          maxLength={40}
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={t('people.uidHint')}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
          }}
        />
      </label>
      {holder === null ? null : (
        <p className="held-taken" role="alert">
          {t('people.uidTaken', { name: pick(holder.person.name), number: holder.number })}
        </p>
      )}
      {isUnread ? <p role="alert">{t('people.uidUnread')}</p> : null}
      {error === null ? null : <ErrorNote error={error} />}
      <span className="person-actions">
        <button type="submit" className="button main" disabled={isBusy || typed.trim() === ''}>
          {t('people.addUid')}
        </button>
        {campus.demo ? (
          <button
            type="button"
            className="button desk-demo"
            onClick={() => {
              setTyped(simulatedUid());
            }}
          >
            {t('desk.layBlank')}
          </button>
        ) : null}
        <button type="button" className="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
      </span>
    </form>
  );
};
