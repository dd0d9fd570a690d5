import { lazy } from 'react';

/** The chart library travels when the first chart is drawn. */
export const LazyTimeChart = lazy(async () => ({
  default: (await import('./time-chart.tsx')).TimeChart,
}));
