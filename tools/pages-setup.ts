import type { TestProject } from 'vitest/node';
import { buildDashboardIfStale, dist } from './dashboard.ts';

/** Before system suites: the pages as they are built from today's sources, once for all of them. */
export const setup = async (project: TestProject): Promise<void> => {
  if (!(await buildDashboardIfStale())) throw new Error('the dashboard could not be built');
  project.provide('pages', dist);
};
