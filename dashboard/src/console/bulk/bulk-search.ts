import { bulkVerdicts } from '@gatehouse/protocols';
import type { BulkVerdict } from '@gatehouse/protocols';

/** What the address holds: a job, and which of its rows are shown. */
export type BulkSearch = { readonly job?: string; readonly show?: BulkVerdict };

const jobForm = /^[0-9a-f-]{36}$/;

export const readBulkSearch = (search: Readonly<Record<string, unknown>>): BulkSearch => {
  const { job, show } = search;
  const verdict = bulkVerdicts.find((each) => each === show);
  return {
    ...(typeof job === 'string' && jobForm.test(job) ? { job } : {}),
    ...(verdict === undefined ? {} : { show: verdict }),
  };
};
