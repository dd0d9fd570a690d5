import type { DoorView, ScannerView } from '@gatehouse/protocols';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { ScannerFace } from '../../door/scanner-face.tsx';
import { useWords } from '../../i18n/i18n.ts';
import { Panel } from '../panel.tsx';

const scannersKey = ['scanners'] as const;
const lookAgainMs = 2_000;

const OneScanner = ({ scanner }: { readonly scanner: ScannerView }) => {
  const { t } = useWords();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>(null);
  const act = async (run: () => Promise<ScannerView | undefined>): Promise<void> => {
    setError(null);
    try {
      const answer = await run();
      queries.setQueryData<readonly ScannerView[]>(scannersKey, (all) =>
        all?.map((each) => (each.device === answer?.device ? answer : each)),
      );
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <div className="door-scanner">
      <h3>{t(`side.${scanner.side}`)}</h3>
      <ScannerFace scanner={scanner} />
      <form
        className="scan-form"
        onSubmit={(event) => {
          event.preventDefault();
          void act(() => routes.scan(scanner.device, text));
        }}
      >
        <input
          className="field"
          aria-label={t('scanners.text')}
          placeholder={t('scanners.text')}
          value={text}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
          }}
        />
        <button type="submit" className="button" disabled={text === ''}>
          {t('scanners.hold')}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => void act(() => routes.walk(scanner.device))}
        >
          {t('scanners.walk')}
        </button>
      </form>
      {error === null ? null : <ErrorNote error={error} />}
    </div>
  );
};

/** Demo: the scanners of this door as they hang on the wall. */
export const DoorScanners = ({ door }: { readonly door: DoorView }) => {
  const { t } = useWords();
  const scanners = useQuery({
    queryKey: scannersKey,
    queryFn: routes.scanners,
    refetchInterval: lookAgainMs,
  });
  const own = scanners.data?.filter((scanner) => scanner.door === door.id) ?? [];
  return (
    <Panel title={t('scanners.title')}>
      <p className="quiet">{t('scanners.why')}</p>
      {scanners.error === null ? null : <ErrorNote error={scanners.error} />}
      {own.map((scanner) => (
        <OneScanner key={scanner.device} scanner={scanner} />
      ))}
      {scanners.data !== undefined && own.length === 0 ? (
        <p className="quiet">{t('scanners.none')}</p>
      ) : null}
    </Panel>
  );
};
