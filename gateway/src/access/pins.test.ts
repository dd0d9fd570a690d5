import { createHmac } from 'node:crypto';
import {
  parsePinEntry,
  pinLockedForMs,
  pinTriesPerNumber,
  pinTriesPerReader,
  pinTriesWithinMs,
  toBase64Url,
} from '@gatehouse/protocols';
import type { DoorClass, PinEntry, PolicyRow } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createRoster } from '../policy/roster.ts';
import type { PinHash } from '../ports.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { createPins, pinTriesKept } from './pins.ts';

const salt = new Uint8Array(16).fill(7);
const pepper = new Uint8Array(32).fill(9);
/** As quick as a test wants it; the real one has its own test. */
const quick: PinHash = ({ pin, salt: grain, pepper: key }) =>
  Promise.resolve(createHmac('sha256', key).update(pin).update(grain).digest());

const door = (id: string, kind: DoorClass): PolicyRow => ({
  ...{ section: 'door', id, class: kind, nameZh: id, nameEn: id, unlockMs: 3_000 },
});
const pinRow = async (id: string, pin: string, card: string): Promise<PolicyRow> => ({
  section: 'pin',
  id,
  card,
  salt: toBase64Url(salt),
  hash: toBase64Url(await quick({ pin: new TextEncoder().encode(pin), salt, pepper })),
});

const createBench = async (hash: PinHash = quick) => {
  const clock = createVirtualClock(tuesdayTenMs);
  const log = createSilentLog();
  const roster = createRoster(createPrimitives());
  for (const row of policyRows) roster.put(row);
  const site = roster.site();
  if (site !== undefined) roster.put({ ...site, pinPepper: toBase64Url(pepper) });
  roster.put(door('dorm', 'dormitory'));
  roster.put(await pinRow('100001', '4711', people.staff.card));
  roster.put(await pinRow('100002', '2468', people.visitor.card));
  let hashed = 0;
  const counted: PinHash = (what) => {
    hashed += 1;
    return hash(what);
  };
  const pins = createPins({ ports: { clock, log, pinHash: counted }, roster: () => roster });
  const entry = (text: string): PinEntry => {
    const read = parsePinEntry(text);
    if (read === undefined) throw new Error(`no entry: ${text}`);
    return read;
  };
  const type = async (text: string, id = 'r1', at = 'dorm'): Promise<string> => {
    const { verdict } = await pins.check({ id, door: at }, entry(text));
    return verdict;
  };
  return { clock, log, roster, pins, entry, type, hashed: () => hashed };
};

const wrongs = async (
  { type }: Awaited<ReturnType<typeof createBench>>,
  count: number,
  readerOf: (n: number) => string = () => 'r1',
): Promise<readonly string[]> => {
  const verdicts: string[] = [];
  for (let n = 0; n < count; n += 1) verdicts.push(await type('1000010000', readerOf(n)));
  return verdicts;
};

describe('a PIN', () => {
  it('is right with its own number alone', async () => {
    const { type, pins, entry } = await createBench();
    expect(await type('1000014711#')).toBe('right');
    expect(await type('1000024711')).toBe('wrong');
    expect(await type('9999994711')).toBe('wrong');
    const right = await pins.check({ id: 'r1', door: 'dorm' }, entry('1000022468'));
    expect(right).toEqual({ by: 'pin', verdict: 'right', card: people.visitor.card });
  });

  it('is not looked at where the door wants the phone', async () => {
    const { type, hashed } = await createBench();
    expect(await type('1000014711', 'r1', 'lab')).toBe('not_here');
    expect(hashed()).toBe(0);
  });

  it('is looked at where the policy does not know the door: an exit must open', async () => {
    const { type } = await createBench();
    expect(await type('1000014711', 'r1', 'cellar')).toBe('right');
  });

  it('is wrong without a pepper, and while it cannot be checked, which is logged', async () => {
    const { roster, type } = await createBench();
    roster.put({ section: 'site', campus: 'campus-01', site: 'main', zone: 'UTC' });
    expect(await type('1000014711')).toBe('wrong');
    const broken = await createBench(() => Promise.reject(new Error('no memory')));
    expect(await broken.type('1000014711')).toBe('wrong');
    expect(broken.log.lines.join()).toContain('pin.not_checked');
    expect(broken.log.lines.join()).not.toMatch(/4711/);
  });
});

describe('wrong tries', () => {
  it('lock a number after five, at every reader, for ten minutes, and no other', async () => {
    const bench = await createBench();
    const { type, clock, hashed } = bench;
    expect(await wrongs(bench, pinTriesPerNumber, (n) => `r${n}`)).toEqual(
      Array<string>(pinTriesPerNumber).fill('wrong'),
    );
    expect([await type('1000014711', 'r9'), hashed()]).toEqual(['locked', pinTriesPerNumber]);
    expect(await type('1000022468')).toBe('right');
    await clock.advance(pinLockedForMs - 1);
    expect(await type('1000014711')).toBe('locked');
    await clock.advance(1);
    expect(await type('1000014711')).toBe('right');
  });

  it('are forgotten by a right one', async () => {
    const bench = await createBench();
    await wrongs(bench, pinTriesPerNumber - 1);
    expect(await bench.type('1000014711')).toBe('right');
    expect(await wrongs(bench, pinTriesPerNumber - 1)).not.toContain('locked');
    expect(await bench.type('1000014711')).toBe('right');
  });

  it('count for ten minutes', async () => {
    const bench = await createBench();
    await wrongs(bench, pinTriesPerNumber - 1);
    await bench.clock.advance(pinTriesWithinMs);
    expect(await wrongs(bench, pinTriesPerNumber - 1)).not.toContain('locked');
    expect(await bench.type('1000014711')).toBe('right');
  });

  it('lock a reader after twenty, whatever numbers were typed, and no other reader', async () => {
    const { type, pins } = await createBench();
    for (let n = 0; n < pinTriesPerReader; n += 1) {
      expect(await type(`${900_000 + n}1234`)).toBe('wrong');
    }
    expect(await type('1000014711')).toBe('locked');
    expect(await type('1000014711', 'r2')).toBe('right');
    expect(pins.tries()).toHaveLength(1);
  });

  it('many at once are no more than one after another', async () => {
    const { type, hashed } = await createBench();
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, n) => type('1000010000', `r${n}`)),
    );
    expect(all.filter((verdict) => verdict === 'wrong')).toHaveLength(pinTriesPerNumber);
    expect(all.filter((verdict) => verdict === 'locked')).toHaveLength(12 - pinTriesPerNumber);
    expect(hashed()).toBe(pinTriesPerNumber);
  });

  it('are known after a restart, and a clock that was set back locks for no longer', async () => {
    const bench = await createBench();
    await wrongs(bench, pinTriesPerNumber);
    const later = await createBench();
    later.pins.load(bench.pins.tries());
    expect(await later.type('1000014711')).toBe('locked');
    const tomorrow = tuesdayTenMs + 86_400_000;
    const back = await createBench();
    back.pins.load([{ key: 'number 100001', at: Array<number>(5).fill(tomorrow) }]);
    expect(await back.type('1000014711')).toBe('locked');
    await back.clock.advance(pinLockedForMs);
    expect(await back.type('1000014711')).toBe('right');
  });

  it('are kept in a bound', async () => {
    const { pins } = await createBench();
    pins.load(
      Array.from({ length: pinTriesKept + 5 }, (_, n) => ({
        key: `number ${n}`,
        at: [tuesdayTenMs],
      })),
    );
    expect(pins.tries()).toHaveLength(pinTriesKept);
    expect(pins.tries()[0]?.key).toBe('number 5');
  });
});
