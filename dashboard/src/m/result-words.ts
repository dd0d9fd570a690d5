import { reasonRow } from '@gatehouse/protocols';
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
