import type { BookingReason, MyDeskView } from '@gatehouse/protocols';
import { useEffect, useState } from 'react';
import { ownCardRoutes } from '../api/card-routes.ts';
import { ErrorNote } from '../api/error-note.tsx';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import './desk.css';

const reasons: readonly BookingReason[] = ['lost', 'broken', 'name', 'other'];

type Held = {
  readonly card: string;
  readonly view: MyDeskView | null;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly run: (asked: () => Promise<MyDeskView>) => Promise<void>;
};

const useDesk = (card: string): Held => {
  const [view, setView] = useState<MyDeskView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const run = async (asked: () => Promise<MyDeskView>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      setView(await asked());
    } catch (failure) {
      setError(failure);
      // Somebody may have been faster: what is free now stands beside the word of it.
      setView(await ownCardRoutes.desk(card).catch(() => null));
    }
    setBusy(false);
  };
  useEffect(() => {
    void run(() => ownCardRoutes.desk(card));
  }, [card]);
  return { card, view, error, isBusy, run };
};

const Booked = ({
  view,
  held,
  times,
}: {
  readonly view: MyDeskView;
  readonly held: Held;
  readonly times: TimeWords;
}) => {
  const { t } = useWords();
  if (view.booking === null) return null;
  return (
    <section className="booked">
      <p role="status">
        <strong>{t('mine.desk.booked', { at: times.full(Date.parse(view.booking.at)) })}</strong>
      </p>
      <p className="quiet">{t('mine.desk.bring')}</p>
      <button
        type="button"
        className="button wide"
        disabled={held.isBusy}
        onClick={() => void held.run(() => ownCardRoutes.cancel(held.card))}
      >
        {t('mine.desk.cancel')}
      </button>
    </section>
  );
};

const Slots = ({
  slots,
  chosen,
  onChoose,
}: {
  readonly slots: MyDeskView['days'][number]['slots'];
  readonly chosen: string | null;
  readonly onChoose: (at: string) => void;
}) => {
  const { t } = useWords();
  if (slots.every(({ free }) => free === 0)) return <p className="quiet">{t('mine.desk.full')}</p>;
  return (
    <div className="slots" role="group" aria-label={t('mine.desk.choose')}>
      {slots.map(({ at, time, free }) => (
        <button
          key={at}
          type="button"
          className="slot figures"
          aria-pressed={chosen === at}
          disabled={free === 0}
          onClick={() => {
            onChoose(at);
          }}
        >
          {time}
          <small>{t('mine.desk.left', { count: free })}</small>
        </button>
      ))}
    </div>
  );
};

const Choose = ({
  view,
  held,
  times,
}: {
  readonly view: MyDeskView;
  readonly held: Held;
  readonly times: TimeWords;
}) => {
  const { t } = useWords();
  const [why, setWhy] = useState<BookingReason>(view.booking?.why ?? 'lost');
  const [date, setDate] = useState(view.days[0]?.date ?? '');
  const [at, setAt] = useState<string | null>(null);
  const day = view.days.find((one) => one.date === date) ?? view.days[0];
  if (day === undefined) return <p className="quiet">{t('mine.desk.none')}</p>;
  const slot = day.slots.find((one) => one.at === at);
  const verb = view.booking === null ? 'mine.desk.book' : 'mine.desk.move';
  return (
    <form
      className="book"
      onSubmit={(event) => {
        event.preventDefault();
        if (at === null) return;
        setAt(null);
        void held.run(() => ownCardRoutes.book(held.card, at, why));
      }}
    >
      <label>
        <span>{t('mine.desk.why')}</span>
        <select
          className="field"
          value={why}
          onChange={({ currentTarget: { value } }) => {
            setWhy(reasons.find((one) => one === value) ?? 'other');
          }}
        >
          {reasons.map((one) => (
            <option key={one} value={one}>
              {t(`mine.desk.reasons.${one}`)}
            </option>
          ))}
        </select>
      </label>
      {why === 'lost' ? <p className="quiet">{t('mine.desk.lostHint')}</p> : null}
      <label>
        <span>{t('mine.desk.day')}</span>
        <select
          className="field"
          value={day.date}
          onChange={({ currentTarget: { value } }) => {
            setDate(value);
            setAt(null);
          }}
        >
          {view.days.map((one) => (
            <option key={one.date} value={one.date}>
              {times.day(Date.parse(one.slots[0]?.at ?? one.date))}
            </option>
          ))}
        </select>
      </label>
      <Slots slots={day.slots} chosen={at} onChoose={setAt} />
      <button
        type="submit"
        className="button main wide"
        disabled={held.isBusy || slot === undefined}
      >
        {t(verb, { time: slot?.time ?? '' })}
      </button>
    </form>
  );
};

/** A time at the card desk: booked, moved, given back. */
export const DeskSheet = ({
  card,
  times,
}: {
  readonly card: string;
  readonly times: TimeWords;
}) => {
  const { t, pick } = useWords();
  const held = useDesk(card);
  const { view, error } = held;
  return (
    <div className="my-desk">
      {error === null ? null : <ErrorNote error={error} />}
      {view === null ? null : (
        <>
          <p>{t('mine.desk.where', { place: pick(view.place), hours: pick(view.hours) })}</p>
          <p className="quiet">{pick(view.fee)}</p>
          <Booked view={view} held={held} times={times} />
          <Choose view={view} held={held} times={times} />
        </>
      )}
    </div>
  );
};
