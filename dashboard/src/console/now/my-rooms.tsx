import { Link } from '@tanstack/react-router';
import { doorStateOf } from '../../door/door-state.ts';
import { DoorGlyph } from '../../door/glyph.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { usePicture } from '../console-context.ts';
import { UnlockControl } from '../door-page/unlock-control.tsx';
import { Calm } from '../panel.tsx';

/** A teacher's page: one big button for each room. */
export const MyRooms = () => {
  const { t, pick } = useWords();
  const rooms = [...usePicture().doors.values()].filter(({ mayUnlock }) => mayUnlock);
  return (
    <>
      <h1 className="headline">{t('rooms.title')}</h1>
      {rooms.length === 0 ? (
        <section className="panel">
          <Calm text={t('rooms.none')} hint={t('rooms.noneHint')} />
        </section>
      ) : null}
      <div className="rooms">
        {rooms.map((door) => {
          const state = doorStateOf(door);
          return (
            <section key={door.id} className="panel" aria-label={pick(door.name)}>
              <header className="room-head">
                <DoorGlyph state={state} size={36} />
                <div>
                  <h2>
                    <Link to="/doors/$door" params={{ door: door.id }} className="row-link">
                      {pick(door.name)}
                    </Link>
                  </h2>
                  <p className={`tone-${state}`}>{t(`doorState.${state}`)}</p>
                </div>
              </header>
              <UnlockControl door={door} asksReason={false} />
            </section>
          );
        })}
      </div>
    </>
  );
};
