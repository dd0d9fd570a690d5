import './scanner.css';
import type { ScannerView } from '@gatehouse/protocols';
import { useWords } from '../i18n/i18n.ts';

/** What the scanner at the door shows: its lamp, in colour and word, and its line of text. */
export const ScannerFace = ({ scanner }: { readonly scanner: ScannerView }) => {
  const { t, pick } = useWords();
  const { lamp, display, doorName, side } = scanner;
  return (
    <div className="scanner" role="group" aria-label={`${pick(doorName)} · ${t(`side.${side}`)}`}>
      <span className={`lamp lamp-${lamp}`} aria-hidden="true" />
      <span className="scanner-display">{display === '' ? t('demo.idle') : display}</span>
      <span className="scanner-word">{t(`lamp.${lamp}`)}</span>
    </div>
  );
};
