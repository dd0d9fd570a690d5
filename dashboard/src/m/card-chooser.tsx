import { useState } from 'react';
import { useWords } from '../i18n/i18n.ts';
import './card-chooser.css';
import type { Card } from './load-card.ts';
import type { CardHold } from './use-card.ts';

/** Which of one's own cards is shown; nothing where there is only one. */
export const CardChooser = ({
  card,
  hold,
  onChosen,
}: {
  readonly card: Card;
  readonly hold: CardHold;
  readonly onChosen: () => void;
}) => {
  const { t, pick } = useWords();
  const [wanted, setWanted] = useState<string | null>(null);
  const [isMissing, setMissing] = useState(false);
  const { cards } = card.me;
  if (cards.length < 2) return null;
  const choose = async (id: string): Promise<void> => {
    setWanted(id);
    const isShown = await hold.choose(id).catch(() => false);
    // What the former card's last use was is not said of this one.
    onChosen();
    setMissing(!isShown);
    setWanted((now) => (now === id ? null : now));
  };
  return (
    <div className="own-cards">
      <div className="own-cards-row" role="radiogroup" aria-label={t('phone.cards.choose')}>
        {cards.map(({ id, kind, unit, state }) => (
          <label key={id} className="own-card" data-chosen={id === (wanted ?? card.card)}>
            <input
              type="radio"
              name="own-card"
              checked={id === (wanted ?? card.card)}
              onChange={() => void choose(id)}
            />
            <strong>{t(`affiliation.${kind}`)}</strong>
            <small>
              {pick(unit)}
              {state === 'frozen' ? ` · ${t('phone.cards.frozen')}` : ''}
            </small>
          </label>
        ))}
      </div>
      <p role="status">{isMissing ? t('phone.cards.missing') : ''}</p>
    </div>
  );
};
