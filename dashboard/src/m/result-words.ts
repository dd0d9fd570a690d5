import { reasonRow, reasons } from '@gatehouse/protocols';
import type { DenyReason, UseView } from '@gatehouse/protocols';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';
import type { PassKind } from './mint.ts';

/** What one button does about a refusal: turn the card over, or make a fresh code. */
export type ResultStep = 'turn' | 'renew' | null;

export type ResultWords = {
  readonly granted: boolean;
  /** `03:12 East Gate, used`, or why not. */
  readonly text: string;
  /** Where it was refused; empty where the text says it. */
  readonly where: string;
  readonly next: string;
  readonly step: ResultStep;
};

const wrongKind: DenyReason = 'wrong_kind';

/** The reason of a refusal; where the time was wrong, by how much and which way. */
export const useReasonText = (): ((use: Pick<UseView, 'reason' | 'phoneOffMs'>) => string) => {
  const { t, pick } = useWords();
  return ({ reason, phoneOffMs = null }) => {
    const row = reasonRow(reason);
    if (phoneOffMs === null) return row === undefined ? reason : pick(row.text);
    const count = Math.max(1, Math.round(Math.abs(phoneOffMs) / 60_000));
    return t(`phone.off.${phoneOffMs < 0 ? 'behind' : 'ahead'}`, { count });
  };
};

/** What the gate just said about the code, in the words of the card. */
export const useResultWords = (
  use: UseView | null,
  /** The kind of the code that was shown. */
  kind: PassKind,
  times: TimeWords,
): ResultWords | null => {
  const { t, pick } = useWords();
  const reasonText = useReasonText();
  if (use === null) return null;
  const at = times.minute(Date.parse(use.at));
  const door = pick(use.door.name);
  if (use.granted) {
    const text = t('card.used', { at, door });
    return { granted: true, text, where: '', next: '', step: null };
  }
  const where = t('phone.refusedAt', { at, door });
  if (use.reason === wrongKind) {
    const text = t(`phone.wrongKind.${kind}.text`);
    return { granted: false, text, where, next: t(`phone.wrongKind.${kind}.next`), step: 'turn' };
  }
  const row = reasonRow(use.reason);
  return {
    granted: false,
    text: reasonText(use),
    where,
    next: row === undefined ? '' : pick(row.next),
    step: row?.tone === 'again' ? 'renew' : null,
  };
};

/** What to do about the line that a reader shows; empty where it lets in or shows nothing. */
export const useReaderHint = (display: string): string => {
  const { t, pick } = useWords();
  const starting = reasons.show_next_code.display;
  if (display === starting.zh || display === starting.en) return t('demo.starting');
  const row = Object.values(reasons).find(
    (each) => each.display.zh === display || each.display.en === display,
  );
  return row === undefined ? '' : pick(row.next);
};
