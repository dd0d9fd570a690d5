import { useWords } from '../i18n/i18n.ts';
import type { PassKind } from './mint.ts';
import { QrCode } from './qr-code.tsx';
import type { ResultWords } from './result-words.ts';
import { passEveryMs } from './use-pass.ts';
import type { ShownPass } from './use-pass.ts';

const Result = ({ result }: { readonly result: ResultWords }) => (
  <div className={`result ${result.granted ? 'result-granted' : 'result-denied'}`}>
    <svg width="56" height="56" viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" fill="currentColor" />
      <path
        d={result.granted ? 'M14 25l7 7 13-15' : 'M24 12v16M24 35v.5'}
        fill="none"
        stroke="var(--surface)"
        strokeWidth="4.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
    <strong>{result.text}</strong>
    {result.next === '' ? null : <span>{result.next}</span>}
  </div>
);

/** The white plate: quiet zone, code, and a frame that empties as the code grows old. */
export const PassPlate = ({
  pass,
  kind,
  now,
  result,
  onRenew,
}: {
  readonly pass: ShownPass | null;
  readonly kind: PassKind;
  readonly now: number;
  readonly result: ResultWords | null;
  readonly onRenew: () => void;
}) => {
  const { t } = useWords();
  const leftMs = pass === null ? 0 : Math.max(0, pass.mintedMs + passEveryMs - now);
  const seconds = Math.min(passEveryMs / 1000, Math.ceil(leftMs / 1000));
  return (
    <div className="plate-frame">
      <button type="button" className="plate" aria-label={t('card.renew')} onClick={onRenew}>
        {pass === null ? (
          <span className="qr qr-waiting" />
        ) : (
          <QrCode text={pass.text} label={t(`card.code.${kind}`)} />
        )}
        <svg className="ring" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <rect className="ring-track" x="1" y="1" width="98" height="98" rx="5" pathLength="100" />
          <rect
            key={pass?.mintedMs ?? 0}
            className="ring-left"
            x="1"
            y="1"
            width="98"
            height="98"
            rx="5"
            pathLength="100"
          />
        </svg>
      </button>
      {result === null ? (
        <p className="seconds figures" aria-hidden="true">
          <span className="seconds-pill">{t('card.seconds', { count: seconds })}</span>
        </p>
      ) : (
        <Result result={result} />
      )}
    </div>
  );
};
