import type { Model } from '@gatehouse/device-profiles';

type Named = Readonly<Record<string, { readonly norm?: string }>>;

/** Words, and how telling is kept, change nothing for a door or a reader. */
const leftOut = new Set(['title', 'valueTitles', 'class']);

const named = (entries: Named | undefined, prefixes: readonly string[]): readonly unknown[] =>
  Object.entries(entries ?? {}).filter(([, { norm = '' }]) =>
    prefixes.some((prefix) => norm.startsWith(prefix)),
  );

/**
 * What of a model the parts of a device stand on: its door, its reader. Where two versions agree in
 * it, the door's machine goes on as it is when one takes the other's place.
 */
export const partShape = ({ state, commands, events, passage }: Model): string =>
  JSON.stringify(
    [
      named(state, ['door.']),
      named(commands, ['door.', 'reader.']),
      named(events, ['access.']),
      passage ?? null,
    ],
    (key, value: unknown) => (leftOut.has(key) ? undefined : value),
  );
