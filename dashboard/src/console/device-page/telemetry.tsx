import type { DevicePageView, ModelValueView, TelemetryView } from '@gatehouse/protocols';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Segmented } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { ErrorNote } from '../../api/error-note.tsx';
import { routes } from '../../api/routes.ts';
import { chartRanges, columnsOf } from '../../device/chart-points.ts';
import type { ChartColumns, ChartRange } from '../../device/chart-points.ts';
import { quantityText, stepOf } from '../../device/unit.ts';
import { valueText } from '../../device/value-text.ts';
import type { DeviceValue } from '../../device/value-text.ts';
import { ago } from '../../event/time.ts';
import { useWords } from '../../i18n/i18n.ts';
import { colours, fontStack } from '../../theme/tokens.ts';
import { LazyTimeChart } from '../chart/lazy-time-chart.ts';
import { useConsole, useLive, useServerNow, useTimes } from '../console-context.ts';
import { Panel } from '../panel.tsx';
import { useChosenTheme } from '../theme-context.ts';
import { nowMs } from '../../adapters/clock.ts';

export type Reading = { readonly value: DeviceValue; readonly at: string };
export type Readings = ReadonlyMap<string, Reading>;

const lookAgainMs = 30_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const firstRange: ChartRange = { id: '1h', ms: hourMs };
const rangeOf = (id: string): ChartRange =>
  chartRanges.find((each) => each.id === id) ?? firstRange;

/** The newest range, asked again now and then: readings come far slower than frames. */
const useSeries = (device: string, range: ChartRange) => {
  const { offsetMs } = useLive();
  return useQuery({
    queryKey: ['telemetry', device, range.id],
    queryFn: async (): Promise<TelemetryView> => {
      const toMs = nowMs() + offsetMs;
      const iso = (ms: number): string => new Date(ms).toISOString();
      return routes.telemetry(device, { from: iso(toMs - range.ms), to: iso(toMs) });
    },
    refetchInterval: lookAgainMs,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
};

const useLook = () => {
  const { scheme, accent } = useChosenTheme();
  return useMemo(
    () => ({
      line: accent.accent,
      band: `${accent.accent}30`,
      grid: colours.line[scheme],
      text: colours.quiet[scheme],
      font: `12px ${fontStack}`,
    }),
    [scheme, accent.accent],
  );
};

const ChartOf = ({
  model,
  columns,
  loaded,
}: {
  readonly model: ModelValueView;
  readonly columns: ChartColumns;
  readonly loaded: TelemetryView;
}) => {
  const { t, language, pick } = useWords();
  const { campus } = useConsole();
  const times = useTimes();
  const look = useLook();
  const [chosen, setChosen] = useState<number | null>(null);
  const [fromMs, toMs] = [Date.parse(loaded.from), Date.parse(loaded.to)];
  const text = (value: number): string => quantityText(value, model.unit, language);
  const index = chosen ?? columns.at.length - 1;
  const [mean, low, high] = [columns.mean[index], columns.low[index], columns.high[index]];
  const at = columns.at[index] ?? toMs;
  const isSpread = low !== high && low !== null && high !== null;
  const spread =
    isSpread && low !== undefined && high !== undefined ? ` (${text(low)} – ${text(high)})` : '';
  const when =
    toMs - fromMs > 2 * dayMs ? `${times.day(at)} ${times.minute(at)}` : times.minute(at);
  const readout =
    mean === null || mean === undefined
      ? `${when} · ${t('chart.gap')}`
      : `${when} · ${text(mean)}${spread}`;
  return (
    <>
      <p className="chart-readout figures" aria-hidden="true">
        {chosen === null ? '\u00a0' : readout}
      </p>
      <Suspense fallback={<div className="time-chart" />}>
        <LazyTimeChart
          label={t('chart.label', { name: pick(model.title) })}
          zone={campus.zone}
          step={stepOf(model.unit)}
          valueText={text}
          timeText={toMs - fromMs > 2 * dayMs ? times.day : times.minute}
          onChoose={setChosen}
          {...{ columns, fromMs, toMs, look, chosen, readout }}
        />
      </Suspense>
    </>
  );
};

/** Why there is no line, and what would begin one. */
const Empty = ({ range, isOld }: { readonly range: ChartRange; readonly isOld: boolean }) => {
  const { t } = useWords();
  return (
    <div className="chart-empty">
      <p>{t('chart.empty', { range: t(`chart.range.${range.id}`) })}</p>
      <p className="quiet">{t(isOld ? 'chart.emptyOld' : 'chart.emptyHint')}</p>
    </div>
  );
};

/** One measured value: what it is now, and how it went. */
const OneReading = ({
  model,
  reading,
  loaded,
  range,
  isOld,
  isBare,
}: {
  readonly model: ModelValueView;
  readonly reading: Reading | undefined;
  readonly loaded: TelemetryView | undefined;
  readonly range: ChartRange;
  readonly isOld: boolean;
  /** Without a line of its own: nothing came of any. */
  readonly isBare: boolean;
}) => {
  const { t, language, pick } = useWords();
  const now = useServerNow(5_000);
  const points = loaded?.series.find(({ name }) => name === model.name)?.points;
  const columns = useMemo(() => columnsOf(points ?? [], range.ms), [points, range.ms]);
  const name = pick(model.title);
  return (
    <section className={`reading ${isOld ? 'tile-old' : ''}`} aria-label={name}>
      <header>
        <h3>{name}</h3>
        <strong className="figures">{valueText(model, reading?.value, { t, language })}</strong>
        {reading === undefined ? null : (
          <span className="quiet figures">{ago(now - Date.parse(reading.at), t)}</span>
        )}
      </header>
      {isBare ? null : loaded === undefined ? (
        <div className="time-chart" aria-busy="true" />
      ) : columns.at.length === 0 ? (
        <Empty range={range} isOld={isOld} />
      ) : (
        <ChartOf model={model} columns={columns} loaded={loaded} />
      )}
    </section>
  );
};

/** What it measures. */
export const Telemetry = ({
  page,
  readings,
  isOld,
}: {
  readonly page: DevicePageView;
  readonly readings: Readings;
  readonly isOld: boolean;
}) => {
  const { t } = useWords();
  const [range, setRange] = useState<ChartRange>(firstRange);
  const { data, error, refetch } = useSeries(page.device.id, range);
  const { telemetry } = page.profile;
  const isEmpty = data?.series.every(({ points }) => points.length === 0) === true;
  return (
    <Panel
      title={t('device.telemetry')}
      className="telemetry"
      tools={
        <Segmented
          aria-label={t('chart.ranges')}
          value={range.id}
          options={chartRanges.map(({ id }) => ({ value: id, label: t(`chart.range.${id}`) }))}
          onChange={(id) => {
            setRange(rangeOf(id));
          }}
        />
      }
    >
      {error === null ? null : <ErrorNote error={error} onRetry={() => void refetch()} />}
      <div className="readings">
        {telemetry.map((model) => (
          <OneReading
            key={model.name}
            model={model}
            reading={readings.get(model.name)}
            loaded={data}
            range={range}
            isOld={isOld}
            isBare={isEmpty}
          />
        ))}
      </div>
      {isEmpty ? <Empty range={range} isOld={isOld} /> : null}
      {isEmpty ? null : <p className="quiet panel-foot">{t('chart.note')}</p>}
    </Panel>
  );
};
