import { Link } from '@tanstack/react-router';
import { DoorGlyph } from '../../door/glyph.tsx';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { useIsKeeper, usePicture, useServerNow, useTimes } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import { SeveritySign } from '../severity-sign.tsx';
import { deviceOfCondition } from '../../device/device-status.ts';
import { conditionRow, conditionText } from '../../event/condition-words.ts';
import { placeOf } from '../trouble.ts';
import { doubtCodes } from '../uses/use-doubts.ts';
import type { Trouble } from '../trouble.ts';

type Words = {
  readonly title: string;
  readonly place: string;
  readonly text: string;
  readonly remedy: string;
  readonly door: string | null;
  readonly device: string | null;
  /** It is about uses in doubt: their own page says all of it. */
  readonly isDoubt?: boolean;
};

const useTroubleWords = (trouble: Trouble): Words => {
  const { t, pick, language } = useWords();
  const picture = usePicture();
  if (trouble.of === 'door') {
    return {
      title: t(`doorState.${trouble.state}`),
      place: pick(trouble.door.name),
      text: t(`trouble.${trouble.state}.text`),
      remedy: t(`trouble.${trouble.state}.remedy`),
      door: trouble.door.id,
      device: null,
    };
  }
  const { condition } = trouble;
  const row = conditionRow(condition.code);
  return {
    title: row === undefined ? condition.code : row.title[language],
    place: pick(placeOf(condition, picture)),
    text: row === undefined ? condition.detail : conditionText(row, language, condition.detail),
    remedy: row === undefined ? t('trouble.unknown') : row.remedy[language],
    door: condition.door,
    device: deviceOfCondition(condition) ?? null,
    isDoubt: doubtCodes.has(condition.code),
  };
};

/** To where one sees to it: the device if it is one, else the door, else the gateways. */
const Way = ({ door, device, isDoubt = false }: Pick<Words, 'door' | 'device' | 'isDoubt'>) => {
  const { t } = useWords();
  const isKeeper = useIsKeeper();
  if (isDoubt) {
    return (
      <Link to="/uses" className="button small">
        {t('trouble.uses')}
      </Link>
    );
  }
  if (device !== null && isKeeper) {
    return (
      <Link to="/devices/$device" params={{ device }} className="button small">
        {t('trouble.device')}
      </Link>
    );
  }
  return door === null ? (
    <Link to="/gateways" className="button small">
      {t('trouble.gateways')}
    </Link>
  ) : (
    <Link to="/doors/$door" params={{ door }} className="button small">
      {t('trouble.open')}
    </Link>
  );
};

const TroubleItem = ({ trouble, now }: { readonly trouble: Trouble; readonly now: number }) => {
  const { t } = useWords();
  const times = useTimes();
  const { title, place, text, remedy, door, device, isDoubt } = useTroubleWords(trouble);
  const tone = trouble.severity === 'notice' ? 'quiet' : trouble.severity;
  return (
    <li className={`trouble trouble-${trouble.severity}`}>
      {trouble.of === 'door' ? (
        <DoorGlyph state={trouble.state} size={26} />
      ) : (
        <SeveritySign severity={trouble.severity} />
      )}
      <div className="trouble-words">
        <p className="trouble-title">
          <strong>{place}</strong> <span className={`tone-${tone}`}>{title}</span>
        </p>
        <p>{text}</p>
        <p className="quiet">
          {t('trouble.do')} {remedy}
        </p>
      </div>
      <div className="trouble-side">
        <time
          className="figures"
          dateTime={new Date(trouble.sinceMs).toISOString()}
          title={times.full(trouble.sinceMs)}
        >
          {lasting(now - trouble.sinceMs, t)}
        </time>
        <Way door={door} device={device} {...(isDoubt === undefined ? {} : { isDoubt })} />
      </div>
    </li>
  );
};

/** What somebody has to see to, the gravest first. */
export const NeedsYou = ({ troubles }: { readonly troubles: readonly Trouble[] }) => {
  const { t } = useWords();
  const now = useServerNow();
  const hasAlarm = troubles.some(({ severity }) => severity === 'alarm');
  return (
    <Panel
      title={t('now.needsYou')}
      count={troubles.length}
      className={`panel-needs ${hasAlarm ? 'panel-loud' : ''}`}
    >
      {troubles.length === 0 ? (
        <Calm text={t('now.nothing')} hint={t('now.nothingHint')} />
      ) : (
        <ul className="troubles">
          {troubles.map((trouble) => (
            <TroubleItem key={trouble.id} trouble={trouble} now={now} />
          ))}
        </ul>
      )}
    </Panel>
  );
};
