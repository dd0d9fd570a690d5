import type { PersonPageView, PinLetterView } from '@gatehouse/protocols';
import { pinDigitsMax, pinDigitsMin } from '@gatehouse/protocols';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { peopleRoutes } from '../../api/people-routes.ts';
import { useWords } from '../../i18n/i18n.ts';
import { PinLetter } from './pin-letter.tsx';
import { useAsking } from './use-asking.ts';

const fits = new RegExp(`^[0-9]{${pinDigitsMin},${pinDigitsMax}}$`);

/** Draws a PIN for a letter, or takes one that the holder types. */
export const PinForm = ({
  card,
  number,
  onChange,
  onClose,
}: {
  readonly card: string;
  /** Of the card, for the letter. */
  readonly number: string;
  readonly onChange: (page: PersonPageView) => void;
  readonly onClose: () => void;
}) => {
  const { t } = useWords();
  const [pin, setPin] = useState('');
  const [letter, setLetter] = useState<PinLetterView | null>(null);
  const { isBusy, error, ask } = useAsking();
  const set = (chosen: string | null): void => {
    ask(async () => {
      const made = await peopleRoutes.setPin(card, chosen);
      onChange(made.page);
      if (made.pin === null) onClose();
      else setLetter(made);
    });
  };
  if (letter !== null) return <PinLetter letter={letter} card={number} onClose={onClose} />;
  return (
    <form
      className="held-form"
      onSubmit={(event) => {
        event.preventDefault();
        set(pin);
      }}
    >
      <p className="quiet">{t('people.pinIntro')}</p>
      <span className="person-actions">
        <button
          type="button"
          className="button main"
          disabled={isBusy}
          onClick={() => {
            set(null);
          }}
        >
          {t('people.drawPin')}
        </button>
      </span>
      <label className="people-field">
        <span>{t('people.ownPin')}</span>
        <input
          className="field figures"
          type="password"
          inputMode="numeric"
          autoComplete="new-password"
          value={pin}
          maxLength={pinDigitsMax}
          onChange={({ currentTarget }) => {
            setPin(currentTarget.value);
          }}
        />
      </label>
      {error === null ? null : <ErrorNote error={error} />}
      <span className="person-actions">
        <button type="submit" className="button" disabled={isBusy || !fits.test(pin)}>
          {t('people.setPin')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('people.cancel')}
        </button>
      </span>
    </form>
  );
};
