import type { KeyboardEvent } from 'react';
import { useWords } from '../i18n/i18n.ts';
import { KindIcon } from './kind-icon.tsx';
import type { PassKind } from './mint.ts';
import { QrCode } from './qr-code.tsx';
import type { ResultWords } from './result-words.ts';
import { passEveryMs } from './use-pass.ts';
import type { ShownPass } from './use-pass.ts';

export type PlateActs = {
  readonly renew: () => void;
  /** Turns the card over. */
  readonly turn: () => void;
  readonly dismiss: () => void;
};

/** Spoken at once where it appears, and its one step is a button. */
const Result = ({ result, acts }: { readonly result: ResultWords; readonly acts: PlateActs }) => {
  const { t } = useWords();
  const { granted, text, where, next, step } = result;
  return (
    <div className={`result ${granted ? 'result-granted' : 'result-denied'}`}>
      <div className="result-words" role="alert">
        <svg width="56" height="56" viewBox="0 0 48 48" aria-hidden="true">
          <circle cx="24" cy="24" r="22" fill="currentColor" />
          <path
            d={granted ? 'M14 25l7 7 13-15' : 'M24 12v16M24 35v.5'}
            fill="none"
            stroke="var(--surface)"
            strokeWidth="4.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
        <strong>{text}</strong>
        {next === '' ? null : <span>{next}</span>}
        {where === '' ? null : <span className="quiet figures">{where}</span>}
      </div>
      <button
        type="button"
        className={`button ${step === null ? 'plain' : 'main'}`}
        onClick={step === 'turn' ? acts.turn : acts.dismiss}
      >
        {t(`phone.step.${step ?? 'close'}`)}
      </button>
    </div>
  );
};

/** What remains of the code: a frame that empties around it. */
const Ring = ({ since }: { readonly since: number }) => (
  <svg className="ring" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
    <rect className="ring-track" x="1" y="1" width="98" height="98" rx="5" pathLength="100" />
    <rect
      key={since}
      className="ring-left"
      x="1"
      y="1"
      width="98"
      height="98"
      rx="5"
      pathLength="100"
    />
  </svg>
);

const secondsLeft = (pass: ShownPass | null, now: number): number => {
  const leftMs = pass === null ? 0 : Math.max(0, pass.mintedMs + passEveryMs - now);
  return Math.min(passEveryMs / 1000, Math.ceil(leftMs / 1000));
};

const turnKeys: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight']);

/** The white plate: quiet zone, code, and how old it is. */
export const PassPlate = ({
  pass,
  kind,
  now,
  result,
  acts,
}: {
  readonly pass: ShownPass | null;
  readonly kind: PassKind;
  readonly now: number;
  readonly result: ResultWords | null;
  readonly acts: PlateActs;
}) => {
  const { t } = useWords();
  const seconds = secondsLeft(pass, now);
  const turnByKey = (event: KeyboardEvent): void => {
    if (!turnKeys.has(event.key)) return;
    event.preventDefault();
    acts.turn();
  };
  return (
    <div className="plate-frame">
      <button
        type="button"
        className="plate"
        aria-label={t(`phone.plate.${kind}`)}
        aria-describedby="seconds-left"
        onClick={acts.renew}
        onKeyDown={turnByKey}
      >
        {pass === null ? <span className="qr qr-waiting" /> : <QrCode text={pass.text} />}
        <Ring since={pass?.mintedMs ?? 0} />
      </button>
      <p id="seconds-left" className="visually-hidden">
        {t('phone.secondsLeft', { count: seconds })}
      </p>
      {result === null ? (
        <p className="seconds figures" aria-hidden="true">
          <span className="seconds-pill">
            <KindIcon kind={kind} size={16} />
            {t('card.seconds', { count: seconds })}
          </span>
        </p>
      ) : (
        <Result result={result} acts={acts} />
      )}
    </div>
  );
};
