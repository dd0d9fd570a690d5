import type { ConditionView } from '@gatehouse/protocols';
import { Link } from '@tanstack/react-router';
import { deviceOfCondition } from '../device/device-status.ts';
import { conditionRow, conditionText } from '../event/condition-words.ts';
import { useWords } from '../i18n/i18n.ts';
import { useIsKeeper, usePicture } from './console-context.ts';
import { placeOf } from './trouble.ts';

/** What is wrong, where, and what to do; a device leads to its page. */
export const ConditionNote = ({
  condition,
  linksDevice = true,
}: {
  readonly condition: ConditionView;
  readonly linksDevice?: boolean;
}) => {
  const { t, pick, language } = useWords();
  const picture = usePicture();
  const isKeeper = useIsKeeper();
  const { code, severity, detail } = condition;
  const row = conditionRow(code);
  const device = deviceOfCondition(condition);
  const place = pick(placeOf(condition, picture));
  return (
    <div className={`door-condition trouble-${severity}`}>
      <strong>
        {row === undefined ? code : row.title[language]} ·{' '}
        {linksDevice && isKeeper && device !== undefined ? (
          <Link to="/devices/$device" params={{ device }} className="condition-link">
            {place}
          </Link>
        ) : (
          place
        )}
      </strong>
      {row === undefined ? (
        <p>{detail}</p>
      ) : (
        <>
          <p>{conditionText(row, language, detail)}</p>
          <p className="quiet">
            {t('trouble.do')} {row.remedy[language]}
          </p>
        </>
      )}
    </div>
  );
};
