import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { append, createJournalFolder, readAll, tendAll } from '../testing/journal-folder.ts';
import type { JournalFolder } from '../testing/journal-folder.ts';
import { doorEvent, sampleAtMs, sampleMark } from '../testing/journal-samples.ts';
import type { JournalFile } from './journal-file.ts';

const folders: JournalFolder[] = [];
afterEach(() => folders.splice(0).forEach((folder) => folder.remove()));
const createDisk = (): JournalFolder => {
  const folder = createJournalFolder();
  folders.push(folder);
  return folder;
};

const dayMs = 24 * 3600 * 1000;

type Epoch = { readonly mono: number[]; acknowledged: number; floor: number };
/** The journal, and what a list and a map say that it holds. */
type World = {
  readonly disk: JournalFolder;
  journal: JournalFile;
  live: string;
  mono: number;
  readonly epochs: Map<string, Epoch>;
  readonly marks: Map<string, number>;
};

const epochOf = (world: World, name = world.live): Epoch => {
  const held = world.epochs.get(name) ?? { mono: [], acknowledged: 0, floor: 0 };
  world.epochs.set(name, held);
  return held;
};

type Group = readonly { readonly events: number; readonly mark: [string, number] | null }[];

const appendGroup = (world: World, group: Group): void => {
  const appends = group.map(({ events, mark }) => ({
    events: Array.from({ length: events }, () => {
      world.mono += 1;
      return doorEvent(world.mono);
    }),
    ...(mark === null ? {} : { mark: sampleMark(...mark) }),
  }));
  const results = append(world.journal, ...appends);
  appends.forEach(({ events, mark }, i) => {
    const taken = mark === undefined || mark.counter > (world.marks.get(mark.credential) ?? -1);
    expect(results[i]?.ok).toBe(taken);
    if (!taken) return;
    if (mark !== undefined) world.marks.set(mark.credential, mark.counter);
    epochOf(world).mono.push(...events.map((event) => event.clock.mono));
  });
};

const acknowledge = (world: World, share: number): void => {
  const held = epochOf(world);
  const cursor = Math.max(held.floor, Math.floor(held.mono.length * share));
  const at = { epoch: world.live, stream: 'main' as const, freshEpoch: 'eeeeeeee' };
  world.journal.acknowledge({ ...at, cursor });
  held.acknowledged = cursor;
};

const prune = (world: World): void => {
  tendAll(world.journal, sampleAtMs + 400 * dayMs);
  for (const held of world.epochs.values()) held.floor = held.acknowledged;
};

const reopen = (world: World, clean: boolean): void => {
  if (clean) world.journal.close();
  else world.journal.abandon();
  world.journal = world.disk.open();
  const { opened } = world.journal;
  expect(opened.clean).toBe(clean);
  expect(opened.epoch === world.live).toBe(clean);
  world.live = opened.epoch;
  // A cursor that was not saved yet is lost with a crash: that costs a resend, nothing else.
  for (const { epoch, stream, acknowledged } of world.journal.positions()) {
    if (stream === 'main') epochOf(world, epoch).acknowledged = acknowledged;
  }
};

const expectSame = (world: World): void => {
  for (const [epoch, { mono, floor }] of world.epochs) {
    const slice = readAll(world.journal, epoch, 'main');
    expect(slice.to).toBe(mono.length);
    expect(slice.events.map((event) => event.clock.mono)).toEqual(mono.slice(floor));
    expect(slice.events.map((event) => event.seq)).toEqual(
      mono.slice(floor).map((_, i) => floor + i + 1),
    );
  }
};

const groups = fc.array(
  fc.record({
    events: fc.integer({ min: 0, max: 4 }),
    mark: fc.option(fc.tuple(fc.constantFrom('aa', 'bb'), fc.integer({ min: 0, max: 20 }))),
  }),
  { minLength: 1, maxLength: 5 },
);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<(world: World) => void> = fc.oneof(
  groups.map((group) => (world: World) => appendGroup(world, group)),
  share.map((part) => (world: World) => acknowledge(world, part)),
  fc.constant(prune),
  fc.boolean().map((clean) => (world: World) => reopen(world, clean)),
);

describe('journal file against a model', () => {
  it('has no holes, loses no event, and its marks only rise', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const disk = createDisk();
        const journal = disk.open();
        const live = journal.opened.epoch;
        const world: World = { disk, journal, live, mono: 0, epochs: new Map(), marks: new Map() };
        for (const run of steps) {
          run(world);
          expectSame(world);
        }
        reopen(world, false);
        const marks = Array.from(world.journal.marks(), (m) => [m.credential, m.counter] as const);
        expect(new Map(marks)).toEqual(world.marks);
        world.journal.close();
      }),
      { numRuns: 60 },
    );
  });
});
