import type { PinLetterView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole, useServerNow, useTimes } from '../console-context.ts';

/** In both languages, whatever the clerk's is: it goes home in an envelope. */
export const PinLetter = ({
  letter,
  card,
  onClose,
}: {
  readonly letter: PinLetterView;
  readonly card: string;
  readonly onClose: () => void;
}) => {
  const { t } = useWords();
  const { campus } = useConsole();
  const times = useTimes();
  const now = useServerNow(60_000);
  const { name } = letter.page;
  const rows = [
    [t('people.letter.holder'), `${name.zh} ${name.en}`],
    [t('people.letter.card'), card],
    [t('people.letter.at'), times.date(now)],
    [t('people.letter.number'), letter.number],
  ] as const;
  return (
    <div className="pin-letter-sheet">
      <p role="status">
        <strong>{t('people.letter.once')}</strong>
      </p>
      <section className="pin-letter" aria-label={t('people.letter.title')}>
        <header>
          <strong>
            {campus.name.zh} {campus.name.en}
          </strong>
          <span>{t('people.letter.title')}</span>
        </header>
        <dl>
          {rows.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd className="figures">{value}</dd>
            </div>
          ))}
          <div className="pin-letter-pin">
            <dt>PIN</dt>
            <dd className="figures">{letter.pin}</dd>
          </div>
        </dl>
        <p>{t('people.letter.howZh')}</p>
        <p lang="en">{t('people.letter.howEn')}</p>
      </section>
      <span className="person-actions">
        <button
          type="button"
          className="button main"
          onClick={() => {
            window.print();
          }}
        >
          {t('people.letter.print')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('people.letter.close')}
        </button>
      </span>
    </div>
  );
};
