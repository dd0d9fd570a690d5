import type { Model, Values } from '@gatehouse/device-profiles';
import type { Side, Value } from '@gatehouse/protocols';
import type { Sample } from './door-inputs.ts';
import { stateOf } from './norms.ts';

/** Everything that a door controller may report, by the word of the vocabulary. */
const pointNorms = {
  releaseEntry: 'door.release.entry',
  releaseExit: 'door.release.exit',
  latchEntry: 'door.latch.entry',
  latchExit: 'door.latch.exit',
  passageEntry: 'door.passage.entry',
  passageExit: 'door.passage.exit',
  contact: 'door.contact',
  fire: 'door.fire',
  tamper: 'door.tamper',
} as const;
export type Point = keyof typeof pointNorms;
// The keys of a literal are its keys.
const points = Object.keys(pointNorms) as readonly Point[];

/** The outputs of each side: while any of them is on, the side is released. */
const outputs: Readonly<Record<Side, readonly Point[]>> = {
  entry: ['releaseEntry', 'latchEntry'],
  exit: ['releaseExit', 'latchExit'],
};

type Known = { readonly on: boolean; readonly askedAtMs: number };

/** What is known of the points of one door. */
export type DoorPoints = {
  /** @returns whether any point of the door was among the values */
  readonly hear: (values: Values, askedAtMs: number) => boolean;
  /** All outputs have been read. */
  readonly isRead: () => boolean;
  /** When the newest look that found an output of this side on began; undefined = none is on. */
  readonly onSinceLook: (side: Side) => number | undefined;
  readonly sample: () => Sample;
  readonly forget: () => void;
};

export const createDoorPoints = (model: Model): DoorPoints => {
  const paths = points.flatMap((point) => {
    const name = stateOf(model, pointNorms[point]);
    return name === undefined ? [] : [{ point, path: `state.${name}` }];
  });
  const needed = [...outputs.entry, ...outputs.exit].filter((point) =>
    paths.some((each) => each.point === point),
  );
  const releases = needed.filter((point) => point.startsWith('release'));
  const shown = releases.length > 0 ? releases : needed;
  const known = new Map<Point, Known>();
  /** Of the inputs that follow the relays at once; latches are asked rarely. */
  const output = (): boolean | undefined => {
    const states = shown.map((point) => known.get(point)?.on);
    if (states.includes(true)) return true;
    return states.length === 0 || states.includes(undefined) ? undefined : false;
  };
  return {
    hear: (values, askedAtMs) => {
      const heard = paths.filter(({ path }) => values[path] !== undefined);
      for (const { point, path } of heard) {
        const on = isOn(values[path]);
        if (on === undefined) known.delete(point);
        else known.set(point, { on, askedAtMs });
      }
      return heard.length > 0;
    },
    isRead: () => needed.every((point) => known.has(point)),
    onSinceLook: (side) => {
      const on = outputs[side].map((point) => known.get(point)).filter((each) => each?.on);
      return on.length === 0 ? undefined : Math.max(...on.map((each) => each?.askedAtMs ?? 0));
    },
    sample: () => sampleOf(known, output()),
    forget: () => known.clear(),
  };
};

/** Contacts are `open` or `closed`, all else is true or false. */
const isOn = (value: Value | undefined): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  return value === 'open' || value === 'closed' ? value === 'open' : undefined;
};

const inputs = ['contact', 'passageEntry', 'passageExit', 'fire', 'tamper'] as const;

const sampleOf = (known: ReadonlyMap<Point, Known>, output: boolean | undefined): Sample => ({
  ...(output === undefined ? {} : { output }),
  ...Object.fromEntries(
    inputs.flatMap((point) => {
      const on = known.get(point)?.on;
      return on === undefined ? [] : [[point, on]];
    }),
  ),
});
