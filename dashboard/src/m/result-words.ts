import { reasonRow, reasons } from '@gatehouse/protocols';
import type { UseView } from '@gatehouse/protocols';
import type { TimeWords } from '../event/time.ts';
import { useWords } from '../i18n/i18n.ts';

export type ResultWords = {
  readonly granted: boolean;
  /** `03:12 East Gate, used`, or why not. */
  readonly text: string;
  readonly next: string;
};

/** What the gate just said about the code, in the words of the card. */
export const useResultWords = (use: UseView | null, times: TimeWords): ResultWords | null => {
  const { t, pick } = useWords();
  if (use === null) return null;
  const at = times.minute(Date.parse(use.at));
  const door = pick(use.door.name);
  if (use.granted) return { granted: true, text: t('card.used', { at, door }), next: '' };
  const row = reasonRow(use.reason);
  return {
    granted: false,
    text: row === undefined ? use.reason : pick(row.text),
    next: row === undefined ? '' : pick(row.next),
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
