import type { CardListName, CardNumbersView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { useWords } from '../../i18n/i18n.ts';
import { percentOf } from './heat.ts';
import { useCountText } from './use-numbers.ts';

const steps = [
  'issued',
  'enrolled',
  'active30',
  'active7',
  'never',
] as const satisfies readonly CardListName[];

/** Issued → enrolled → active, and what was never used; each number opens its list. */
export const CardFunnel = ({ view }: { readonly view: CardNumbersView }) => {
  const { t } = useWords();
  const count = useCountText();
  const { all, neverDays } = view;
  return (
    <section className="funnel" aria-label={t('numbers.funnel')}>
      {steps.map((step) => {
        const percent = percentOf(all[step], all.issued);
        return (
          <Link
            key={step}
            to="/numbers/cards"
            search={{ list: step, never: neverDays }}
            className={`funnel-step funnel-${step}`}
          >
            <span className="funnel-name">{t(`numbers.list.${step}`)}</span>
            <strong className="figures">{count(all[step])}</strong>
            <span className="funnel-bar" aria-hidden="true">
              <i style={{ width: `${percent}%` }} />
            </span>
            <span className="quiet funnel-hint">
              {t(`numbers.hint.${step}`, { percent, days: neverDays })}
            </span>
          </Link>
        );
      })}
    </section>
  );
};
