import type { MeView } from '@gatehouse/protocols';
import { useWords } from '../i18n/i18n.ts';

/** How many gateways have the last change of the card. */
export const Spread = ({ spread }: { readonly spread: MeView['spread'] }) => {
  const { t } = useWords();
  const { have, of } = spread;
  return (
    <div className="spread">
      <span className="figures">{t('card.spread', { have, of })}</span>
      <span className="spread-boxes" aria-hidden="true">
        {Array.from({ length: of }, (_, i) => (
          <i key={i} data-has={i < have} />
        ))}
      </span>
    </div>
  );
};
