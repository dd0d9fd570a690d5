import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import { nextPoint } from '../../device/chart-points.ts';
import type { ChartColumns } from '../../device/chart-points.ts';

export type ChartLook = {
  readonly line: string;
  readonly band: string;
  readonly grid: string;
  readonly text: string;
  readonly font: string;
};

export type TimeChartProps = {
  readonly columns: ChartColumns;
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: string;
  readonly look: ChartLook;
  readonly label: string;
  /** The least difference that is worth a line of the axis. */
  readonly step: number;
  readonly valueText: (value: number) => string;
  readonly timeText: (atMs: number) => string;
  /** The point under the pointer or the keys; null = none. */
  readonly chosen: number | null;
  readonly readout: string;
  readonly onChoose: (index: number | null) => void;
};

const heightPx = 168;
const charPx = 7;
const stepsMin = 6;
const headroom = 0.08;

/** Noise of the last digit drawn as mountains would frighten people: there is a least span. */
const spanOf = (low: number, high: number, step: number): [number, number] => {
  const middle = (low + high) / 2;
  const half = Math.max((high - low) * (0.5 + headroom), (stepsMin * step) / 2);
  return [middle - half, middle + half];
};

const rangeOf = ({ low, high }: ChartColumns, step: number): [number, number] => {
  const numbers = [...low, ...high].filter((each) => each !== null);
  return numbers.length === 0 ? [0, 1] : spanOf(Math.min(...numbers), Math.max(...numbers), step);
};

const optionsOf = (
  props: TimeChartProps,
  widthPx: number,
  onIndex: (index: number | null) => void,
): uPlot.Options => {
  const { columns, fromMs, toMs, zone, look, step, valueText, timeText } = props;
  const axis = {
    stroke: look.text,
    font: look.font,
    grid: { stroke: look.grid, width: 1 },
    ticks: { show: false },
  } as const;
  return {
    width: widthPx,
    height: heightPx,
    ms: 1,
    legend: { show: false },
    padding: [10, 14, 0, 0],
    tzDate: (atMs) => uPlot.tzDate(new Date(atMs), zone),
    scales: { x: { range: () => [fromMs, toMs] }, y: { range: () => rangeOf(columns, step) } },
    axes: [
      { ...axis, space: 72, size: 28, values: (_, splits) => splits.map(timeText) },
      {
        ...axis,
        space: 34,
        size: (_, values) => 14 + charPx * Math.max(3, ...(values ?? []).map((v) => v.length)),
        incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
          .flatMap((n) => [n * step, n * step * 10_000])
          .sort((a, b) => a - b),
        values: (_, splits) => splits.map(valueText),
      },
    ],
    series: [
      {},
      { stroke: look.line, width: 1.75, points: { size: 4, fill: look.line } },
      { stroke: 'transparent', points: { show: false } },
      { stroke: 'transparent', points: { show: false } },
    ],
    bands: [{ series: [3, 2], fill: look.band }],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8, fill: look.line } },
    hooks: {
      setCursor: [
        ({ cursor }) => {
          onIndex((cursor.left ?? -1) < 0 ? null : (cursor.idx ?? null));
        },
      ],
    },
  };
};

/** The line of uPlot: the only file that knows it. Mean as a line, extremes as a band. */
const usePlot = (props: TimeChartProps) => {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { columns, fromMs, toMs, look, onChoose } = props;
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const { at, mean, low, high } = columns;
    const options = optionsOf(latest.current, element.clientWidth, (index) => {
      latest.current.onChoose(index);
    });
    const made = new uPlot(options, [[...at], [...mean], [...low], [...high]], element);
    plot.current = made;
    const watch = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: heightPx });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [columns, fromMs, toMs, look]);
  const choose = (index: number | null): void => {
    const made = plot.current;
    const atMs = index === null ? undefined : columns.at[index];
    if (made !== null && atMs !== undefined) {
      made.setCursor({ left: made.valToPos(atMs, 'x'), top: heightPx / 3 }, false);
    }
    if (made !== null && index === null) made.setCursor({ left: -10, top: -10 }, false);
    onChoose(index);
  };
  return { box, choose };
};

const jumps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -12,
  PageDown: 12,
};

/** A time series that is read by pointer, by finger and by arrow keys. */
export const TimeChart = (props: TimeChartProps) => {
  const { columns, chosen, readout, label } = props;
  const { box, choose } = usePlot(props);
  const last = columns.at.length - 1;
  const move = (by: number): void => {
    let index = chosen ?? last + (by < 0 ? 1 : 0);
    for (let i = 0; i < Math.abs(by); i += 1) index = nextPoint(columns, index, by < 0 ? -1 : 1);
    choose(Math.min(last, index));
  };
  return (
    <div
      ref={box}
      className="time-chart"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={chosen ?? last}
      aria-valuetext={readout}
      onKeyDown={(event) => {
        const by = jumps[event.key];
        if (by === undefined) return;
        event.preventDefault();
        move(by);
      }}
      onBlur={() => {
        choose(null);
      }}
    />
  );
};
