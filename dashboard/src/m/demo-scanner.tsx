import type { ScannerView, Text } from '@gatehouse/protocols';
import { useCallback, useEffect, useState } from 'react';
import { readChoice, writeChoice } from '../adapters/preferences.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { routes } from '../api/routes.ts';
import { ScannerFace } from '../door/scanner-face.tsx';
import { useWords } from '../i18n/i18n.ts';
import type { Card } from './load-card.ts';
import { useReaderHint } from './result-words.ts';
import type { ShownPass } from './use-pass.ts';

const useScanners = (isOpen: boolean) => {
  const [scanners, setScanners] = useState<readonly ScannerView[]>([]);
  const [error, setError] = useState<unknown>(null);
  const load = useCallback(async () => {
    try {
      setScanners(await routes.scanners());
      setError(null);
    } catch (failure) {
      setError(failure);
    }
  }, []);
  useEffect(() => {
    if (isOpen) void load();
  }, [isOpen, load]);
  const replace = (one: ScannerView): void => {
    setScanners((all) => all.map((each) => (each.device === one.device ? one : each)));
  };
  return { scanners, error, setError, load, replace };
};

type Group = { readonly name: Text; readonly scanners: readonly ScannerView[] };

/** By the building of their door, where the card knows the door; the rest at the end. */
const byBuilding = (
  card: Card,
  scanners: readonly ScannerView[],
  other: Text,
): readonly Group[] => {
  const buildings = new Map(card.me.doors.map(({ id, buildingName }) => [id, buildingName]));
  const groups = new Map<string, { name: Text; scanners: ScannerView[] }>();
  for (const scanner of scanners) {
    const name = buildings.get(scanner.door) ?? other;
    const group = groups.get(name.zh) ?? { name, scanners: [] };
    group.scanners.push(scanner);
    groups.set(name.zh, group);
  }
  return [...groups.values()].sort((a, b) => Number(a.name === other) - Number(b.name === other));
};

/** Demo: what a hand would do. Holds the shown code before a simulated scanner. */
export const DemoScanner = ({
  card,
  pass,
}: {
  readonly card: Card;
  readonly pass: ShownPass | null;
}) => {
  const { t, pick } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(() => readChoice('scanner'));
  const [isBusy, setBusy] = useState(false);
  const { scanners, error, setError, replace } = useScanners(isOpen);
  const scanner = scanners.find(({ device }) => device === chosen) ?? scanners[0];
  const hint = useReaderHint(scanner?.display ?? '');
  const elsewhere = { zh: t('demo.elsewhere'), en: t('demo.elsewhere') };

  const act = async (run: (device: string) => Promise<ScannerView | undefined>): Promise<void> => {
    if (scanner === undefined) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await run(scanner.device);
      if (answer !== undefined) replace(answer);
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <details
      className="demo"
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>{t('demo.hold')}</summary>
      <p className="quiet">{t('demo.why')}</p>
      <label>
        <span className="visually-hidden">{t('demo.scanner')}</span>
        <select
          value={scanner?.device ?? ''}
          onChange={({ currentTarget }) => {
            setChosen(currentTarget.value);
            writeChoice('scanner', currentTarget.value);
          }}
        >
          {byBuilding(card, scanners, elsewhere).map((group) => (
            <optgroup key={group.name.zh} label={pick(group.name)}>
              {group.scanners.map(({ device, doorName, side }) => (
                <option key={device} value={device}>
                  {pick(doorName)} · {t(`side.${side}`)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {scanner === undefined ? null : <ScannerFace scanner={scanner} />}
      {hint === '' ? null : (
        <p className="demo-hint" role="status">
          {hint}
        </p>
      )}
      <div className="demo-actions">
        <button
          type="button"
          className="button main"
          disabled={isBusy || pass === null || scanner === undefined}
          onClick={() => void act((device) => routes.scan(device, pass?.text ?? ''))}
        >
          {t('demo.scan')}
        </button>
        <button
          type="button"
          className="button"
          disabled={isBusy || scanner?.lamp !== 'green'}
          onClick={() => void act((device) => routes.walk(device))}
        >
          {t('demo.walk')}
        </button>
      </div>
      {error === null ? null : <ErrorNote error={error} />}
      <p>
        <a href="/">{t('demo.other')}</a>
      </p>
    </details>
  );
};
