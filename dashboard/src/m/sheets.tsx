import { Suspense, useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { nowMs } from '../adapters/clock.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { phoneRoutes } from '../api/phone-routes.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import { lazyPart } from './lazy-part.tsx';
import type { Card } from './load-card.ts';
import { NoticeList } from './notices.tsx';
import { DoorList, UseList } from './sheet-lists.tsx';
import { Spread } from './spread.tsx';
import type { CardHold } from './use-card.ts';

/** Those of the buttons below the card; `phone` has its own below them. */
const sheetNames = ['doors', 'history', 'notices', 'freeze', 'desk', 'code', 'children'] as const;
export type SheetName = (typeof sheetNames)[number] | 'phone';

const DeskSheet = lazyPart(async () => (await import('./desk-sheet.tsx')).DeskSheet);
const PhoneFacts = lazyPart(async () => (await import('./phone-facts.tsx')).PhoneFacts);
const CodeSheet = lazyPart(async () => (await import('./code-sheet.tsx')).CodeSheet);
const ChildrenSheet = lazyPart(async () => (await import('./children-sheet.tsx')).ChildrenSheet);

const isFor = (name: SheetName, { me }: Card): boolean =>
  name !== 'children' || me.cards.some(({ kind }) => kind === 'guardian');

const Sheet = ({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) => {
  const { t } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const open = (element: HTMLDialogElement | null): void => {
    dialog.current = element;
    if (element !== null && !element.open) element.showModal();
  };
  return (
    <dialog
      className="sheet"
      aria-label={title}
      ref={open}
      onClose={onClose}
      onClick={({ target }) => {
        if (target === dialog.current) dialog.current.close();
      }}
    >
      <div className="sheet-body">
        <header>
          <h2>{title}</h2>
          <button type="button" className="button plain" onClick={() => dialog.current?.close()}>
            {t('card.close')}
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
};

const Freeze = ({
  card,
  hold,
  onDone,
}: {
  readonly card: Card;
  readonly hold: CardHold;
  readonly onDone: () => void;
}) => {
  const { t } = useWords();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { id, state } = card.me.card;
  const isFrozen = state === 'frozen';
  const act = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      hold.setMe(await (isFrozen ? phoneRoutes.unfreeze(id) : phoneRoutes.freeze(id)));
      onDone();
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <div className="freeze">
      <p>{t(isFrozen ? 'card.freeze.frozenText' : 'card.freeze.text')}</p>
      <Spread spread={card.me.spread} />
      {error === null ? null : <ErrorNote error={error} />}
      <button
        type="button"
        className={`button wide ${isFrozen ? 'main' : 'danger'}`}
        disabled={isBusy || state === 'ended'}
        onClick={() => void act()}
      >
        {t(isFrozen ? 'card.freeze.unfreeze' : 'card.freeze.go')}
      </button>
    </div>
  );
};

/** Notices that are looked at are read; where that cannot be said now, it is said next time. */
const Notices = ({
  card,
  hold,
  times,
}: {
  readonly card: Card;
  readonly hold: CardHold;
  readonly times: TimeWords;
}) => {
  const { readNotices } = hold;
  // As they were when the sheet came up: a mark that vanishes at once marks nothing.
  const [shown] = useState(card.notices);
  useEffect(() => {
    readNotices().catch(() => undefined);
  }, [readNotices]);
  return <NoticeList notices={shown} times={times} now={nowMs() + card.offsetMs} />;
};

const useWaits = (card: Card, times: TimeWords): string => {
  const { t } = useWords();
  const { waitsUntil } = card.me;
  if (waitsUntil === null || Date.parse(waitsUntil) <= nowMs() + card.offsetMs) return '';
  return t('phone.labsWait', { until: times.dayMinute(Date.parse(waitsUntil)) });
};

/** Everything that is not the pass waits below it, behind a few buttons. */
export const Sheets = ({
  card,
  hold,
  times,
  shown,
  onShow,
}: {
  readonly card: Card;
  readonly hold: CardHold;
  readonly times: TimeWords;
  readonly shown: SheetName | null;
  readonly onShow: (name: SheetName | null) => void;
}) => {
  const { t } = useWords();
  const waits = useWaits(card, times);
  const close = (): void => {
    onShow(null);
  };
  const unread = card.notices.filter(({ read }) => !read).length;
  return (
    <>
      <nav className="card-actions" aria-label={t('card.more')}>
        {sheetNames
          .filter((name) => isFor(name, card))
          .map((name) => (
            <button
              key={name}
              type="button"
              className="button"
              onClick={() => {
                onShow(name);
              }}
            >
              {t(`phone.sheet.${name}`)}
              {name === 'notices' && unread > 0 ? (
                <span className="notice-dot" aria-hidden="true" />
              ) : null}
            </button>
          ))}
      </nav>
      {shown === null ? null : (
        <Sheet key={shown} title={t(`phone.sheet.${shown}`)} onClose={close}>
          {shown === 'doors' ? <DoorList doors={card.me.doors} waits={waits} /> : null}
          {shown === 'history' ? (
            <UseList
              card={card.me.card.id}
              uses={card.history}
              times={times}
              now={nowMs() + card.offsetMs}
            />
          ) : null}
          {shown === 'notices' ? <Notices card={card} hold={hold} times={times} /> : null}
          {shown === 'freeze' ? <Freeze card={card} hold={hold} onDone={close} /> : null}
          <Suspense fallback={<p aria-busy="true" />}>
            {shown === 'phone' ? <PhoneFacts card={card} times={times} /> : null}
            {shown === 'desk' ? <DeskSheet card={card.me.card.id} times={times} /> : null}
            {shown === 'code' ? <CodeSheet card={card.me.card.id} times={times} /> : null}
            {shown === 'children' ? <ChildrenSheet /> : null}
          </Suspense>
        </Sheet>
      )}
    </>
  );
};
