import type { TimeReading } from './clock-trust.ts';
import type { Conditions } from './conditions.ts';
import type { Cancel, Ports } from './ports.ts';

const everyMs = 5_000;
/** Long before the cap: whoever reads it has days to mend the network. */
export const fillingAbove = 0.5;
/** Below this it is over: a journal at the edge must not raise and clear for ever. */
const fillingOverBelow = 0.4;
/** A time service that was away for a moment is nobody's business. */
export const holdoverSaidAfterMs = 3600 * 1000;

export type SelfCheck = { readonly start: () => void; readonly stop: () => void };

/** Conditions that no event brings: a journal that fills, a clock that cannot be believed. */
export const createSelfCheck = (options: {
  readonly ports: Pick<Ports, 'clock' | 'journal'>;
  readonly gateway: string;
  readonly conditions: Conditions;
  readonly time: () => TimeReading;
}): SelfCheck => {
  const { ports, gateway, conditions } = options;
  let cancel: Cancel = () => undefined;
  const look = (): void => {
    const { fill } = ports.journal.status();
    if (fill > fillingAbove) {
      conditions.raise('journal_filling', gateway, `${Math.round(fill * 100)} %`);
    } else if (fill < fillingOverBelow) conditions.clear('journal_filling', gateway);
    const { quality, unsureMs, offMs } = options.time();
    const codes = {
      clock_untrusted: quality === 'untrusted',
      clock_holdover: quality === 'holdover' && unsureMs > holdoverSaidAfterMs,
      clock_wrong: offMs !== 0,
    } as const;
    const detail = `${Math.round(offMs / 1000)} s`;
    for (const code of ['clock_untrusted', 'clock_holdover', 'clock_wrong'] as const) {
      if (codes[code]) conditions.raise(code, gateway, code === 'clock_wrong' ? detail : '');
      else conditions.clear(code, gateway);
    }
    cancel = ports.clock.after(everyMs, look);
  };
  return {
    start: look,
    stop: () => {
      cancel();
    },
  };
};
