import { Link } from '@tanstack/react-router';
import { DoorGlyph } from '../../door/glyph.tsx';
import { lasting } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture, useServerNow } from '../console-context.ts';
import { Calm, Panel } from '../panel.tsx';
import { oddDoorsIn } from '../trouble.ts';
import type { OddDoor, OddGroup } from '../trouble.ts';

const shownMax = 8;

const OddDoorItem = ({ odd, now }: { readonly odd: OddDoor; readonly now: number }) => {
  const { t, pick } = useWords();
  const { door, state } = odd;
  return (
    <li>
      <Link to="/doors/$door" params={{ door: door.id }} className="odd">
        <DoorGlyph state={state} />
        <span className="odd-name">{pick(door.name)}</span>
        <span className={`tone-${state}`}>{t(`doorState.${state}`)}</span>
        <span className="figures quiet">
          {door.since === null ? '' : lasting(now - Date.parse(door.since), t)}
        </span>
      </Link>
    </li>
  );
};

const SilentItem = ({ group, now }: { readonly group: OddGroup; readonly now: number }) => {
  const { t, pick } = useWords();
  const { gateway, doors } = group;
  return (
    <li>
      <Link
        to="/doors"
        search={{ building: gateway.building, state: 'unknown' }}
        className="odd odd-silent"
      >
        <DoorGlyph state="unknown" />
        <span className="odd-name">{pick(gateway.name)}</span>
        <span className="tone-unknown">{t('now.oldDoors', { count: doors.length })}</span>
        <span className="figures quiet">
          {gateway.lastBeatAt === null ? '' : lasting(now - Date.parse(gateway.lastBeatAt), t)}
        </span>
      </Link>
    </li>
  );
};

/** Doors that are not closed and locked; those behind a silent gateway count as one line. */
export const NotNormal = () => {
  const { t } = useWords();
  const now = useServerNow();
  const { single, silent } = oddDoorsIn(usePicture(), now);
  const more = single.length - shownMax;
  const count = single.length + silent.reduce((sum, { doors }) => sum + doors.length, 0);
  return (
    <Panel title={t('now.notNormal')} count={count}>
      {count === 0 ? (
        <Calm text={t('now.allNormal')} hint={t('now.allNormalHint')} />
      ) : (
        <ul className="odds">
          {silent.map((group) => (
            <SilentItem key={group.gateway.id} group={group} now={now} />
          ))}
          {single.slice(0, shownMax).map((odd) => (
            <OddDoorItem key={odd.door.id} odd={odd} now={now} />
          ))}
          {more > 0 ? (
            <li>
              <Link to="/doors" className="odd">
                {t('now.more', { count: more })}
              </Link>
            </li>
          ) : null}
        </ul>
      )}
    </Panel>
  );
};
