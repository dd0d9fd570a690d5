import type { PolicyRow } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';
import type { HeldRow, PolicyChange } from './changes.ts';

type Schedule = Readonly<Record<string, number>>;

const row = (id: string, from: number): PolicyRow => ({
  section: 'schedule',
  id,
  windows: [{ days: [1], from, to: 1440 }],
});

const wantedOf = (map: Schedule): readonly PolicyRow[] =>
  Object.keys(map)
    .toSorted()
    .map((id) => row(id, map[id] ?? 0));

const heldOf = (map: Schedule): readonly HeldRow[] =>
  Object.keys(map)
    .toSorted()
    .map((key) => ({ key, row: row(key, map[key] ?? 0) }));

const chunked = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );

const differences = async (held: Schedule, wanted: Schedule, size = 3): Promise<PolicyChange[]> => {
  const changes: PolicyChange[] = [];
  const merged = changesOf(
    'schedule',
    chunked(wantedOf(wanted), size),
    chunked(heldOf(held), size),
  );
  for await (const chunk of merged) changes.push(...chunk);
  return changes;
};

const cases: readonly { what: string; held: Schedule; wanted: Schedule; said: string[] }[] = [
  { what: 'nothing from nothing', held: {}, wanted: {}, said: [] },
  { what: 'all the same', held: { a: 1, b: 2 }, wanted: { a: 1, b: 2 }, said: [] },
  { what: 'a new one', held: { b: 1 }, wanted: { a: 1, b: 1 }, said: ['a +'] },
  { what: 'one gone', held: { a: 1, b: 1 }, wanted: { b: 1 }, said: ['a -'] },
  { what: 'one altered', held: { a: 1 }, wanted: { a: 2 }, said: ['a ±'] },
  {
    what: 'the end of each side',
    held: { a: 1, c: 1 },
    wanted: { a: 1, d: 1 },
    said: ['c -', 'd +'],
  },
  { what: 'bytes, not words', held: { 'a-1': 1, a1: 1 }, wanted: { a1: 1 }, said: ['a-1 -'] },
];

const sign = ({ held, wanted }: PolicyChange): string => {
  if (held === undefined) return '+';
  return wanted === undefined ? '-' : '±';
};

describe('what differs between two lists of rows', () => {
  it.each(cases)('is told of $what', async ({ held, wanted, said }) => {
    const changes = await differences(held, wanted);
    expect(changes.map((change) => `${change.key} ${sign(change)}`)).toEqual(said);
  });

  it('does not see the order of fields, which a database does not keep', async () => {
    const held = [{ key: 'a', row: { id: 'a', windows: [], section: 'schedule' } }] as const;
    const wanted = [{ section: 'schedule', id: 'a', windows: [] }] as const;
    const changes = [];
    for await (const change of changesOf(
      'schedule',
      [[...wanted]] as never,
      [[...held]] as never,
    )) {
      changes.push(...change);
    }
    expect(changes).toEqual([]);
  });

  it('turns the one into the other, in chunks of any size', async () => {
    const schedules = fc.dictionary(fc.stringMatching(/^[a-c0-1-]{1,3}$/), fc.nat(2));
    await fc.assert(
      fc.asyncProperty(schedules, schedules, fc.integer({ min: 1, max: 5 }), async (a, b, size) => {
        const result = new Map(heldOf(a).map(({ key, row: held }) => [key, held]));
        for (const { key, wanted } of await differences(a, b, size)) {
          if (wanted === undefined) result.delete(key);
          else result.set(key, wanted);
        }
        expect(Object.fromEntries(result)).toEqual(
          Object.fromEntries(heldOf(b).map(({ key, row: wanted }) => [key, wanted])),
        );
      }),
    );
  });
});
