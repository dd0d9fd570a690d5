import type { MeView } from '@gatehouse/protocols';
import { useWords } from '../i18n/i18n.ts';

/** How many gateways have the last change of the card, and which have not. */
export const Spread = ({ spread }: { readonly spread: MeView['spread'] }) => {
  const { t, pick } = useWords();
  const { have, of, missing } = spread;
  return (
    <div className="spread">
      <span className="figures">{t('card.spread', { have, of })}</span>
      <span className="spread-boxes" aria-hidden="true">
        {Array.from({ length: of }, (_, i) => (
          <i key={i} data-has={i < have} />
        ))}
      </span>
      {missing.length === 0 ? null : (
        <span className="quiet">
          {t('phone.spread.missing', {
            names: missing.map(({ name }) => pick(name)).join(t('phone.spread.and')),
          })}
        </span>
      )}
    </div>
  );
};
