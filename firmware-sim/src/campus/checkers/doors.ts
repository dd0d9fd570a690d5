import type { Campus } from '../record.ts';
import type { Checker } from './journal.ts';

/** E7: what went to the door's wire was on the journal before. */
export const everyUnlockHasCause: Checker = ({ campus, nextDoor }) =>
  [...campus.unlocks, ...nextDoor.unlocks]
    .filter(({ cause }) => cause === undefined)
    .map(({ atMs, side }) => `${atMs} ms: ${side} released without a cause`);

/** Those exits that opened while the journal failed stand there when it is back. */
export const everyExitIsWritten: Checker = ({ campus }) =>
  campus.owed() <= 0 ? [] : [`${campus.owed()} exits opened and were never written`];

/** Which accepted passes opened, and on whose word. */
const uses = ({ unlocks }: Campus): readonly { readonly pass: string; readonly basis: string }[] =>
  unlocks.flatMap(({ cause }) => {
    if (typeof cause !== 'object' || cause.event.kind !== 'access.granted') return [];
    const { reason, credential, counter = '', basis } = cause.event.data;
    return reason === 'granted' && credential !== undefined
      ? [{ pass: `${credential}/${counter}`, basis }]
      : [];
  });

const twice = (passes: readonly string[]): readonly string[] =>
  [...Map.groupBy(passes, (pass) => pass)]
    .filter(([, times]) => times.length > 1)
    .map(([pass, times]) => `pass ${pass} opened ${times.length} times`);

/** A pass that was accepted opened no second time, whatever was cut or forgotten between. */
export const onePassOpensOnce: Checker = ({ campus, nextDoor }) => [
  ...twice(uses(campus).map(({ pass }) => pass)),
  ...twice(uses(nextDoor).map(({ pass }) => pass)),
];

/** Where both act on the word of the authority it opened at one of them; cut off, once at each. */
export const onePassOpensOnceInGroup: Checker = ({ campus, nextDoor }) =>
  twice(
    [...uses(campus), ...uses(nextDoor)].flatMap(({ pass, basis }) =>
      basis === 'group' ? [pass] : [],
    ),
  );
