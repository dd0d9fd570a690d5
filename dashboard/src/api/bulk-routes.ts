import type { BulkJobView, BulkRowsView, BulkVerdict, Language } from '@gatehouse/protocols';
import { request, upload } from '../adapters/http.ts';

const base = '/api/console/bulk';
const jobPath = (job: string, rest = ''): string => `${base}/${encodeURIComponent(job)}${rest}`;

export const bulkStreamPath = (job: string): string => jobPath(job, '/stream');
export const bulkResultPath = (job: string): string => jobPath(job, '/result.csv');
export const bulkTemplatePath = (language: Language): string =>
  `${base}/template.csv?language=${language}`;

export type BulkOrder = 'apply' | 'stop' | 'undo' | 'drop';

/** Cards for many people at once. */
export const bulkRoutes = {
  jobs: () => request<BulkJobView[]>('GET', base),
  job: (job: string) => request<BulkJobView>('GET', jobPath(job)),
  send: (file: Blob, name: string) =>
    upload<BulkJobView>(`${base}?name=${encodeURIComponent(name)}`, 'text/csv', file),
  order: (job: string, order: BulkOrder) =>
    request<BulkJobView>('POST', jobPath(job, `/${order}`), {}),
  rows: (job: string, verdict: BulkVerdict | undefined, after: number) => {
    const only = verdict === undefined ? '' : `&verdict=${verdict}`;
    return request<BulkRowsView>('GET', jobPath(job, `/rows?after=${after}${only}`));
  },
} as const;
