import type { Checker } from './journal.ts';

/** E7: what went to the door's wire was on the journal before. */
export const everyUnlockHasCause: Checker = ({ campus }) =>
  campus.unlocks
    .filter(({ cause }) => cause === undefined)
    .map(({ atMs, side }) => `${atMs} ms: ${side} released without a cause`);

/** Those exits that opened while the journal failed stand there when it is back. */
export const everyExitIsWritten: Checker = ({ campus }) =>
  campus.owed() <= 0 ? [] : [`${campus.owed()} exits opened and were never written`];

/** A pass that was accepted opened no second time, whatever was cut or forgotten between. */
export const onePassOpensOnce: Checker = ({ campus }) => {
  const opened = new Map<string, number>();
  for (const { cause } of campus.unlocks) {
    if (typeof cause !== 'object' || cause.event.kind !== 'access.granted') continue;
    const { reason, credential, counter } = cause.event.data;
    if (reason !== 'granted') continue;
    const name = `${credential ?? ''}/${counter ?? ''}`;
    opened.set(name, (opened.get(name) ?? 0) + 1);
  }
  return [...opened]
    .filter(([, times]) => times > 1)
    .map(([name, times]) => `pass ${name} opened ${times} times`);
};
