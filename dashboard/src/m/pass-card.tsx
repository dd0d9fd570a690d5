import { useEffect, useRef } from 'react';
import type { PointerEvent } from 'react';
import { after, useNow } from '../adapters/clock.ts';
import { useLitScreen, useVisible } from '../adapters/phone-page.ts';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import type { CardPageProps } from './card-page.tsx';
import { DemoScanner } from './demo-scanner.tsx';
import type { PassKind } from './mint.ts';
import { PassPlate } from './pass-plate.tsx';
import { useResultWords } from './result-words.ts';
import { usePass } from './use-pass.ts';

const swipeMinPx = 56;
const resultShownMs = 6_000;

type PassCardProps = CardPageProps & {
  readonly credential: string;
  readonly kind: PassKind;
  readonly onKind: (kind: PassKind) => void;
  readonly times: TimeWords;
};

/** A sideways stroke over the card turns it round; the switch above does the same. */
const useSwipe = (kind: PassKind, onKind: (kind: PassKind) => void) => {
  const from = useRef<{ readonly x: number; readonly y: number } | null>(null);
  return {
    onPointerDown: ({ clientX, clientY }: PointerEvent) => {
      from.current = { x: clientX, y: clientY };
    },
    onPointerUp: ({ clientX, clientY }: PointerEvent) => {
      const start = from.current;
      from.current = null;
      if (start === null) return;
      const across = clientX - start.x;
      if (Math.abs(across) < swipeMinPx || Math.abs(clientY - start.y) > Math.abs(across)) return;
      onKind(kind === 'door' ? 'pay' : 'door');
    },
  };
};

const useClockHint = (offsetMs: number): string | null => {
  const { t } = useWords();
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  return minutes < 1 ? null : t('card.clockOff', { count: minutes });
};

/** The pass is the page. */
export const PassCard = (props: PassCardProps) => {
  const { store, card, credential, kind, onKind, times, lastUse, forgetUse, hold } = props;
  const { t, pick } = useWords();
  const isVisible = useVisible();
  const { offsetMs } = card;
  const { pass, isLost, renew } = usePass(
    { store, person: card.person, credential, kind, offsetMs },
    isVisible,
  );
  const now = useNow(250);
  const swipe = useSwipe(kind, onKind);
  const clockHint = useClockHint(offsetMs);
  const result = useResultWords(lastUse, times);
  useLitScreen(isVisible);

  useEffect(() => {
    if (lastUse === null) return undefined;
    renew(); // what was scanned is used up
    return after(resultShownMs, forgetUse);
  }, [lastUse, renew, forgetUse]);

  const { reload } = hold;
  useEffect(() => {
    if (isLost) void reload();
  }, [isLost, reload]);

  const { name, unit, affiliation } = card.me.person;
  return (
    <>
      <section className={`card card-${kind}`} aria-label={t(`card.kind.${kind}`)} {...swipe}>
        <div className="card-person">
          <p className="card-name">{pick(name)}</p>
          <p className="card-unit">
            {pick(unit)} · {t(`affiliation.${affiliation}`)}
          </p>
        </div>
        <PassPlate pass={pass} kind={kind} now={now} result={result} onRenew={renew} />
        <p className="card-hint">{t(`card.hint.${kind}`)}</p>
      </section>
      <p className="visually-hidden" role="status" aria-live="polite">
        {result === null ? t(pass === null ? 'card.loading' : `card.spoken.${kind}`) : result.text}
      </p>
      {clockHint === null ? null : <p className="clock-hint">{clockHint}</p>}
      {card.campus.demo ? <DemoScanner card={card} pass={pass} /> : null}
    </>
  );
};
