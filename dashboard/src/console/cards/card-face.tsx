import type { CardHitView } from '@gatehouse/protocols';
import { photoPath } from '../../api/card-routes.ts';
import { useWords } from '../../i18n/i18n.ts';

/** The picture beside a name; one that is drawn says so, and nobody is told by it. */
export const CardFace = ({
  hit,
  size,
}: {
  readonly hit: CardHitView;
  readonly size: 'row' | 'big';
}) => {
  const { t, pick } = useWords();
  return (
    <span className={`card-face card-face-${size}`}>
      <img src={photoPath(hit.card)} alt={t('cards.photoOf', { name: pick(hit.person.name) })} />
      {size === 'big' && hit.photo === 'drawn' ? (
        <span className="card-face-drawn">{t('cards.drawn')}</span>
      ) : null}
    </span>
  );
};

/** The state of a card: a shape and a word, and a colour that helps. */
export const CardStateSign = ({ state }: { readonly state: CardHitView['state'] }) => {
  const { t } = useWords();
  return (
    <span className={`card-state card-state-${state}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        {state === 'active' ? (
          <path d="M2 7.5l3.2 3L12 3.5" fill="none" stroke="currentColor" strokeWidth="2" />
        ) : null}
        {state === 'frozen' ? (
          <path d="M7 1v12M1.8 4l10.4 6M12.2 4L1.8 10" stroke="currentColor" strokeWidth="1.7" />
        ) : null}
        {state === 'ended' ? (
          <path d="M3 3l8 8M11 3l-8 8" stroke="currentColor" strokeWidth="2" />
        ) : null}
      </svg>
      {t(`cards.state.${state}`)}
    </span>
  );
};
