import { Link, getRouteApi } from '@tanstack/react-router';
import { doorStateOf } from '../../door/door-state.ts';
import { DoorGlyph } from '../../door/glyph.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { useConsole, usePicture, useServerNow } from '../console-context.ts';
import { toneOfDoor } from '../trouble.ts';
import { DoorDevices } from './door-devices.tsx';
import { DoorEvents } from './door-events.tsx';
import { DoorFacts } from './door-facts.tsx';
import { DoorScanners } from './door-scanners.tsx';
import { Unlock } from './unlock.tsx';

const route = getRouteApi('/doors/$door');

/** One column of truth about one door. */
export const DoorPage = () => {
  const { t, pick } = useWords();
  const { door: id } = route.useParams();
  const { campus } = useConsole();
  const now = useServerNow();
  const door = usePicture().doors.get(id);
  if (door === undefined) {
    return (
      <section className="empty-state">
        <h1>{t('door.none')}</h1>
        <p className="quiet">{t('door.noneHint')}</p>
        <Link to="/doors" className="button main">
          {t('door.all')}
        </Link>
      </section>
    );
  }
  const state = doorStateOf(door);
  const tone = toneOfDoor(door, now);
  return (
    <article className="door-page">
      <p className="crumbs">
        <Link to="/doors">{t('nav.doors')}</Link>
        <span aria-hidden="true"> / </span>
        <Link to="/doors" search={{ building: door.building }}>
          {pick(door.buildingName)}
        </Link>
      </p>
      <header className={`door-head door-head-${tone}`}>
        <DoorGlyph state={state} tone={tone} size={64} />
        <div>
          <h1>{pick(door.name)}</h1>
          <p className={`door-word tone-${tone}`}>{t(`doorState.${state}`)}</p>
        </div>
      </header>
      <div className="door-columns">
        <div className="door-column">
          <Unlock key={door.id} door={door} />
          <DoorFacts door={door} />
          <DoorDevices door={door} />
        </div>
        <div className="door-column">
          {campus.demo ? <DoorScanners door={door} /> : null}
          <DoorEvents door={door} />
        </div>
      </div>
    </article>
  );
};
