import { reasonRow } from '@gatehouse/protocols';
import type { MeView, UseView } from '@gatehouse/protocols';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';

type Doors = MeView['doors'];

const byBuilding = (doors: Doors): readonly (readonly [string, Doors])[] => {
  const groups = new Map<string, Doors>();
  for (const door of doors) {
    const name = door.buildingName.zh;
    groups.set(name, [...(groups.get(name) ?? []), door]);
  }
  return [...groups];
};

/** Which doors the card opens, and which of them now. */
export const DoorList = ({ doors }: { readonly doors: Doors }) => {
  const { t, pick } = useWords();
  if (doors.length === 0) return <p className="empty">{t('card.doors.empty')}</p>;
  return byBuilding(doors).map(([building, own]) => (
    <section key={building} className="sheet-group">
      <h3>{pick(own[0]?.buildingName ?? { zh: building, en: building })}</h3>
      <ul>
        {own.map((door) => (
          <li key={door.id}>
            <span>{pick(door.name)}</span>
            <span className={door.open ? 'tone-granted' : 'quiet'}>
              {door.open ? '✓ ' : '– '}
              {t(door.open ? 'card.doors.now' : 'card.doors.later')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  ));
};

/** The scans of one's own card, newest first. */
export const UseList = ({
  uses,
  times,
  now,
}: {
  readonly uses: readonly UseView[];
  readonly times: TimeWords;
  readonly now: number;
}) => {
  const { t, pick } = useWords();
  if (uses.length === 0) return <p className="empty">{t('card.history.empty')}</p>;
  return (
    <ul className="sheet-group">
      {uses.map(({ id, at, granted, reason, door }) => {
        const row = reasonRow(reason);
        const atMs = Date.parse(at);
        return (
          <li key={id}>
            <span>
              {pick(door.name)}
              <small className="quiet figures" title={times.full(atMs)}>
                {times.moment(atMs, now)}
              </small>
            </span>
            <span className={granted ? 'tone-granted' : 'tone-denied'}>
              {granted ? '✓ ' : '✕ '}
              {row === undefined ? reason : pick(row.text)}
              {row === undefined || pick(row.next) === '' ? null : (
                <small className="quiet">{pick(row.next)}</small>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
};
