import type { CardSpreadView } from '@gatehouse/protocols';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';

/** "N of M gateways have it", and which have not, with why. */
export const CardSpread = ({ spread }: { readonly spread: CardSpreadView }) => {
  const { t, pick } = useWords();
  const times = useTimes();
  const now = useServerNow(30_000);
  const { have, of, gateways } = spread;
  return (
    <div className="card-spread">
      <p role="status">
        <strong className="figures">{t('cards.have', { have, of })}</strong>
      </p>
      <ul>
        {gateways
          .filter(({ state }) => state !== 'has')
          .map(({ id, name, state, since }) => (
            <li key={id} className={`spread-${state}`}>
              <span>{pick(name)}</span>
              <span>
                {t(`cards.spreadState.${state}`)}
                {since === null ? '' : ` · ${times.moment(Date.parse(since), now)}`}
              </span>
            </li>
          ))}
      </ul>
    </div>
  );
};
