import type { ScannerView, Text } from '@gatehouse/protocols';
import { useCallback, useEffect, useState } from 'react';
import { readChoice, writeChoice } from '../adapters/preferences.ts';
import { ErrorNote } from '../api/error-note.tsx';
import { routes } from '../api/routes.ts';
import { ScannerFace } from '../door/scanner-face.tsx';
import { useWords } from '../i18n/i18n.ts';
import { HeldChoice, useHeld, useThings } from './held-things.tsx';
import type { Card } from './load-card.ts';
import { useReaderHint } from './result-words.ts';
import type { ShownPass } from './use-pass.ts';

const useScanners = () => {
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
    void load();
  }, [load]);
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

/** What a hand would do: holds something before a simulated reader, and walks through. */
export const DemoHold = ({
  card,
  pass,
}: {
  readonly card: Card;
  readonly pass: ShownPass | null;
}) => {
  const { t, pick } = useWords();
  const [chosen, setChosen] = useState(() => readChoice('scanner'));
  const [isBusy, setBusy] = useState(false);
  const { scanners, error, setError, replace } = useScanners();
  const things = useThings();
  // A code is read by scanners; all else by the heads beside them.
  const held = useHeld(things, pass);
  const readers = scanners.filter(({ reads }) => (reads === 'cards') === (held.what !== 'code'));
  const scanner = readers.find(({ device }) => device === chosen) ?? readers[0];
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
    <>
      <p className="quiet">{t('demo.why')}</p>
      <HeldChoice things={things} held={held} hasPass={pass !== null} />
      <label>
        <span className="visually-hidden">{t('demo.scanner')}</span>
        <select
          value={scanner?.device ?? ''}
          onChange={({ currentTarget }) => {
            setChosen(currentTarget.value);
            writeChoice('scanner', currentTarget.value);
          }}
        >
          {byBuilding(card, readers, elsewhere).map((group) => (
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
          disabled={isBusy || held.present === undefined || scanner === undefined}
          onClick={() => void act((device) => held.present?.(device) ?? Promise.resolve(undefined))}
        >
          {t(held.what === 'keys' ? 'held.type' : 'demo.scan')}
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
    </>
  );
};
