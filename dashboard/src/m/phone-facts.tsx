import { nowMs } from '../adapters/clock.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import type { Card } from './load-card.ts';
import { Spread } from './spread.tsx';

type Fact = readonly [name: string, value: string];

/** What holds for the card and for this phone. */
const useFacts = (card: Card, times: TimeWords): readonly Fact[] => {
  const { t } = useWords();
  const { me, key, offsetMs } = card;
  const at = (time: string): string => times.dayMinute(Date.parse(time));
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const waits = me.waitsUntil !== null && Date.parse(me.waitsUntil) > nowMs() + offsetMs;
  const isHere = me.credential !== null && me.credential.id === key?.credential;
  return [
    [t('phone.facts.number'), me.card.number],
    [t('phone.facts.validTo'), times.lastDate(Date.parse(me.card.validTo))],
    [
      t('phone.facts.key'),
      isHere && me.credential !== null
        ? t('phone.facts.keyHere', { at: at(me.credential.enrolledAt) })
        : t(me.credential === null ? 'phone.facts.keyNone' : 'phone.facts.keyElsewhere'),
    ],
    [
      t('phone.facts.changes'),
      me.nextChangeAt === null
        ? t('phone.changesLeft', { count: me.changesLeft })
        : t('phone.desk.when', { when: at(me.nextChangeAt) }),
    ],
    [
      t('phone.facts.labs'),
      waits && me.waitsUntil !== null
        ? t('phone.labsWait', { until: at(me.waitsUntil) })
        : t('phone.facts.labsOpen'),
    ],
    [
      t('phone.facts.clock'),
      seconds < 2
        ? t('phone.facts.clockRight')
        : t(`phone.facts.clockOff.${offsetMs > 0 ? 'slow' : 'fast'}`, { count: seconds }),
    ],
  ];
};

export const PhoneFacts = ({ card, times }: { readonly card: Card; readonly times: TimeWords }) => {
  const facts = useFacts(card, times);
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="figures">{value}</dd>
          </div>
        ))}
      </dl>
      <Spread spread={card.me.spread} />
    </>
  );
};
