/** Builds the dashboard unless it is up to date: what the demo does before it starts. */
import { buildDashboardIfStale } from './dashboard.ts';

process.exitCode = (await buildDashboardIfStale()) ? 0 : 1;
