import { useWords } from '../i18n/i18n.ts';
import { Mark } from '../mark/mark.tsx';
import { KindIcon } from './kind-icon.tsx';
import type { Card } from './load-card.ts';
import { passKinds } from './mint.ts';
import type { PassKind } from './mint.ts';

const Kinds = ({
  kind,
  onKind,
}: {
  readonly kind: PassKind;
  readonly onKind: (kind: PassKind) => void;
}) => {
  const { t } = useWords();
  return (
    <div className="kinds" role="radiogroup" aria-label={t('card.kinds')}>
      {passKinds.map((choice) => (
        <label key={choice} className={`kind kind-${choice}`} data-chosen={choice === kind}>
          <input
            type="radio"
            name="kind"
            checked={choice === kind}
            onChange={() => {
              onKind(choice);
            }}
          />
          <KindIcon kind={choice} />
          {t(`card.kind.${choice}`)}
        </label>
      ))}
    </div>
  );
};

/** School, language, and the switch between the two sides of the card. */
export const CardHead = ({
  card,
  isOnline,
  hasKinds,
  kind,
  onKind,
}: {
  readonly card: Card;
  readonly isOnline: boolean;
  /** False where there is no code to turn over. */
  readonly hasKinds: boolean;
  readonly kind: PassKind;
  readonly onKind: (kind: PassKind) => void;
}) => {
  const { t, pick, language, speak } = useWords();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <header className="phone-head">
      <div className="phone-school">
        <Mark size={24} />
        <h1>{pick(card.campus.name)}</h1>
        {isOnline ? null : <span className="offline-chip">{t('card.offline.chip')}</span>}
        <button
          type="button"
          className="button plain language"
          lang={other === 'zh' ? 'zh-CN' : 'en'}
          onClick={() => {
            speak(other);
          }}
        >
          {t('language.other')}
        </button>
      </div>
      {hasKinds ? <Kinds kind={kind} onKind={onKind} /> : null}
    </header>
  );
};
