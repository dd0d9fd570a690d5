import { CloudError } from '../../errors.ts';
import type { Cancel } from '../../ports.ts';

/** Every stream of this process, so that it can be counted, and ended with its session. */
export type OpenStreams = {
  /** @throws CloudError CL_TOO_MANY */
  readonly claim: (tokenSha256: string, end: (why: string) => void) => Cancel;
  readonly endOf: (tokenSha256: string, why: string) => void;
  readonly endAll: (why: string) => void;
  readonly count: () => number;
};

const streamsMax = 5_000;
/** Tabs of one browser. */
const streamsPerSessionMax = 8;

type Entry = { readonly tokenSha256: string; readonly end: (why: string) => void };

export const createOpenStreams = (): OpenStreams => {
  const open = new Set<Entry>();
  const endThose = (those: (entry: Entry) => boolean, why: string): void => {
    for (const entry of [...open].filter(those)) entry.end(why);
  };
  return {
    claim: (tokenSha256, end) => {
      const own = [...open].filter((entry) => entry.tokenSha256 === tokenSha256).length;
      if (open.size >= streamsMax || own >= streamsPerSessionMax) {
        throw new CloudError('CL_TOO_MANY', 'streams');
      }
      const entry = { tokenSha256, end };
      open.add(entry);
      return () => void open.delete(entry);
    },
    endOf: (tokenSha256, why) => endThose((entry) => entry.tokenSha256 === tokenSha256, why),
    endAll: (why) => endThose(() => true, why),
    count: () => open.size,
  };
};
