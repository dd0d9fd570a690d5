import type { ClockQuality } from '@gatehouse/protocols';
import type { Conditions } from './conditions.ts';
import type { Cancel, Ports } from './ports.ts';

const everyMs = 5_000;
/** Long before the cap: whoever reads it has days to mend the network. */
export const fillingAbove = 0.5;
/** Below this it is over: a journal at the edge must not raise and clear for ever. */
const fillingOverBelow = 0.4;

export type SelfCheck = { readonly start: () => void; readonly stop: () => void };

/** Conditions that no event brings: a journal that fills, a clock that cannot be believed. */
export const createSelfCheck = (options: {
  readonly ports: Pick<Ports, 'clock' | 'journal'>;
  readonly gateway: string;
  readonly conditions: Conditions;
  readonly quality: () => ClockQuality;
}): SelfCheck => {
  const { ports, gateway, conditions } = options;
  let cancel: Cancel = () => undefined;
  const look = (): void => {
    const { fill } = ports.journal.status();
    if (fill > fillingAbove) {
      conditions.raise('journal_filling', gateway, `${Math.round(fill * 100)} %`);
    } else if (fill < fillingOverBelow) conditions.clear('journal_filling', gateway);
    if (options.quality() === 'untrusted') conditions.raise('clock_untrusted', gateway, '');
    else conditions.clear('clock_untrusted', gateway);
    cancel = ports.clock.after(everyMs, look);
  };
  return {
    start: look,
    stop: () => {
      cancel();
    },
  };
};
