import { reasonRow } from '@gatehouse/protocols';
import type { MeView, UseView } from '@gatehouse/protocols';
import { useState } from 'react';
import { ErrorNote } from '../api/error-note.tsx';
import { historyPage, phoneRoutes } from '../api/phone-routes.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { useReasonText } from './result-words.ts';

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
export const DoorList = ({
  doors,
  waits,
}: {
  readonly doors: Doors;
  /** Why labs and stores do not open yet; empty where they do. */
  readonly waits: string;
}) => {
  const { t, pick } = useWords();
  if (doors.length === 0) return <p className="empty">{t('card.doors.empty')}</p>;
  const groups = byBuilding(doors).map(([building, own]) => (
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
  return (
    <>
      {waits === '' ? null : <p className="side-note side-note-attention">{waits}</p>}
      {groups}
    </>
  );
};

const byDay = (
  uses: readonly UseView[],
  dayOf: (atMs: number) => string,
): readonly (readonly [string, readonly UseView[]])[] => {
  const days = new Map<string, UseView[]>();
  for (const use of uses) {
    const day = dayOf(Date.parse(use.at));
    const own = days.get(day) ?? [];
    own.push(use);
    days.set(day, own);
  }
  return [...days];
};

const Use = ({ use, times }: { readonly use: UseView; readonly times: TimeWords }) => {
  const { pick } = useWords();
  const reasonText = useReasonText();
  const { at, granted, reason, door } = use;
  const row = reasonRow(reason);
  const atMs = Date.parse(at);
  return (
    <li>
      <span>
        {pick(door.name)}
        <small className="quiet figures" title={times.full(atMs)}>
          {times.clock(atMs)}
        </small>
      </span>
      <span className={granted ? 'tone-granted' : 'tone-denied'}>
        {granted ? '✓ ' : '✕ '}
        {reasonText(use)}
        {row === undefined || pick(row.next) === '' ? null : (
          <small className="quiet">{pick(row.next)}</small>
        )}
      </span>
    </li>
  );
};

/** Older than what the page holds, fetched on demand. */
const useOlder = (card: string, uses: readonly UseView[]) => {
  const [older, setOlder] = useState<readonly UseView[]>([]);
  const [hasMore, setMore] = useState(uses.length >= historyPage);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const load = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const page = await phoneRoutes.history((older.at(-1) ?? uses.at(-1))?.id, card);
      setOlder((before) => [...before, ...page]);
      setMore(page.length >= historyPage);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return { older, hasMore, isBusy, error, load };
};

/** The scans of one's own card by day, newest first. */
export const UseList = ({
  card,
  uses,
  times,
  now,
}: {
  readonly card: string;
  readonly uses: readonly UseView[];
  readonly times: TimeWords;
  readonly now: number;
}) => {
  const { t } = useWords();
  const { older, hasMore, isBusy, error, load } = useOlder(card, uses);
  if (uses.length === 0) return <p className="empty">{t('card.history.empty')}</p>;
  const days = byDay([...uses, ...older], (atMs) => times.dayName(atMs, now));
  return (
    <>
      {days.map(([day, own]) => (
        <section key={day} className="sheet-group">
          <h3>{day}</h3>
          <ul>
            {own.map((use) => (
              <Use key={use.id} use={use} times={times} />
            ))}
          </ul>
        </section>
      ))}
      {error === null ? null : <ErrorNote error={error} />}
      {hasMore ? (
        <button type="button" className="button" disabled={isBusy} onClick={() => void load()}>
          {t('phone.history.older')}
        </button>
      ) : null}
    </>
  );
};
