import type { Wire } from '../../device/wire.ts';
import { quantityText } from '../../device/unit.ts';
import { ago } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useServerNow, useTimes } from '../console-context.ts';

type Row = {
  readonly name: string;
  readonly text: string;
  readonly isOdd: boolean;
  readonly title?: string;
};

/** Polls may fall this much behind their wish before one has to look at the line. */
const slowFactor = 3;
const missedShare = 0.05;

const useRows = (health: NonNullable<Wire['health']>): readonly Row[] => {
  const { t, language } = useWords();
  const times = useTimes();
  const now = useServerNow();
  const { answered, missed, badFrames, roundTripMs, lastHeardAt, everyMs } = health;
  const ms = (value: number): string => quantityText(value, 'ms', language);
  const count = (value: number): string => quantityText(value, '1', language);
  return [
    {
      name: 'heard',
      text: lastHeardAt === null ? t('wire.never') : ago(now - lastHeardAt, t),
      isOdd: lastHeardAt === null,
      ...(lastHeardAt === null ? {} : { title: times.full(lastHeardAt) }),
    },
    { name: 'answered', text: count(answered), isOdd: false },
    { name: 'missed', text: count(missed), isOdd: missed > answered * missedShare },
    { name: 'bad', text: count(badFrames), isOdd: badFrames > answered * missedShare },
    ...(roundTripMs === null ? [] : [{ name: 'trip', text: ms(roundTripMs), isOdd: false }]),
    ...(everyMs === null
      ? []
      : [
          {
            name: 'poll',
            text: t('wire.pollOf', { actual: ms(everyMs.actual), wish: ms(everyMs.wish) }),
            isOdd: everyMs.actual > everyMs.wish * slowFactor,
          },
        ]),
  ];
};

/** How well the two hear each other, since the gateway started. */
export const WireHealth = ({ health }: { readonly health: Wire['health'] }) => {
  const { t } = useWords();
  if (health === null) return <p className="quiet">{t('wire.noHealth')}</p>;
  return <HealthRows health={health} />;
};

const HealthRows = ({ health }: { readonly health: NonNullable<Wire['health']> }) => {
  const { t } = useWords();
  return (
    <dl className="wire-health">
      {useRows(health).map(({ name, text, isOdd, title }) => (
        <div key={name}>
          <dt className="quiet">{t(`wire.health.${name}`)}</dt>
          <dd className={`figures ${isOdd ? 'tone-attention' : ''}`} title={title}>
            {text}
          </dd>
        </div>
      ))}
    </dl>
  );
};
