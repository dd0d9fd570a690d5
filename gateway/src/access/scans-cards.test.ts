import { createHmac } from 'node:crypto';
import { toBase64Url, WireEvent } from '@gatehouse/protocols';
import type { PolicyRow, Reason, Side } from '@gatehouse/protocols';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createConditions } from '../conditions.ts';
import { stampEvents } from '../events.ts';
import { createRoster } from '../policy/roster.ts';
import { createRevocations } from '../policy/trust.ts';
import type { PinHash } from '../ports.ts';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { uidsKept } from './attempts.ts';
import { createMarks } from './marks.ts';
import { createPins } from './pins.ts';
import { createScans } from './scans.ts';
import type { Reader, Unlocking } from './doorway.ts';

const wristband = '040CAC12ED4C81';
const pepper = new Uint8Array(32).fill(3);
const salt = new Uint8Array(16).fill(4);
const hash = (pin: string): Uint8Array =>
  createHmac('sha256', pepper).update(pin).update(salt).digest();

const rows: readonly PolicyRow[] = [
  ...policyRows,
  {
    ...{ section: 'site', campus: 'campus-01', site: 'main', zone: 'Asia/Shanghai' },
    pinPepper: toBase64Url(pepper),
  },
  { section: 'door', id: 'dorm', class: 'dormitory', nameZh: '宿舍', nameEn: 'D', unlockMs: 3_000 },
  { section: 'rule', id: 'dorm-1', group: 'staff', door: 'dorm', schedule: 'office' },
  { section: 'uid', id: wristband, card: people.staff.card },
  {
    ...{ section: 'pin', id: '100001', card: people.staff.card },
    salt: toBase64Url(salt),
    hash: toBase64Url(hash('4711')),
  },
];

/** The scan path at a dormitory, over a journal in memory. */
const createBench = () => {
  const clock = createVirtualClock(tuesdayTenMs);
  const journal = createMemoryJournal();
  const primitives = createPrimitives();
  const roster = createRoster(primitives);
  for (const row of rows) roster.put(row);
  const revocations = createRevocations();
  const unlocks: Unlocking[] = [];
  const shown: string[] = [];
  const log = createSilentLog();
  const held: PromiseWithResolvers<void>[] = [];
  const state = { isSlow: false };
  const pinHash: PinHash = async ({ pin }) => {
    if (state.isSlow) {
      const wait = Promise.withResolvers<void>();
      held.push(wait);
      await wait.promise;
    }
    return hash(new TextDecoder().decode(pin));
  };
  const pins = createPins({ ports: { clock, log, pinHash }, roster: () => roster });
  const place = { policyEpoch: 5, policyVersion: 9, revocationEpoch: 0, revocation: 0 };
  const scans = createScans({
    ports: { clock, journal: journal.port, primitives },
    gateway: 'gw-1',
    keeper: {
      held: () => ({ keysSerial: 1, ...place }),
      roster: () => roster,
      revocations,
      ageMs: () => 0,
    },
    marks: createMarks(),
    pins,
    claims: {
      unasked: () => ({ basis: 'local' }),
      claim: () => Promise.resolve({ basis: 'local' }),
    },
    conditions: createConditions(clock.nowMs, () => undefined),
    time: () => ({ atMs: clock.nowMs(), quality: 'trusted', unsureMs: 0, offMs: 0 }),
    fenceMs: () => undefined,
    door: () => ({
      ready: () => true,
      unlock: (unlocking) => {
        unlocks.push(unlocking);
        return Promise.resolve('confirmed');
      },
    }),
    event: stampEvents(clock, () => 'trusted'),
    owed: () => undefined,
  });
  const reader = (id: string, side: Side = 'entry', door = 'dorm'): Reader => ({
    ...{ id, door, side },
    show: (reason: Reason) => void shown.push(`${id} ${reason}`),
  });
  const hold = (uid: string, at = reader('r1')) => scans.onCode(at, uid, 'uid');
  const type = (text: string, at = reader('r1')) => scans.onCode(at, text, 'code');
  const letOneGo = (): void => held.shift()?.resolve();
  return {
    ...{ clock, journal, revocations, unlocks, shown, log, pins, state },
    ...{ reader, hold, type, letOneGo, held },
  };
};

describe('a wristband', () => {
  it('opens, and its row tells card and person and no UID', async () => {
    const { hold, journal, unlocks, shown } = createBench();
    await hold('040cac12ed4c81');
    expect([unlocks.length, shown]).toEqual([1, ['r1 granted']]);
    const [event] = journal.events();
    expect(Value.Check(WireEvent, { seq: 1, ...event })).toBe(true);
    const { card, person } = people.staff;
    expect(event).toMatchObject({ kind: 'access.granted', data: { by: 'uid', card, person } });
    expect(event?.evidence).toBeUndefined();
    expect(JSON.stringify(journal.appends).toUpperCase()).not.toContain(wristband);
  });

  it('held before the reader is one attempt for five seconds, then the next', async () => {
    const { hold, journal, clock, unlocks } = createBench();
    for (const waitMs of [0, 1_000, 2_000, 2_000]) {
      await clock.advance(waitMs);
      await hold(wristband);
    }
    expect(unlocks).toHaveLength(1);
    await clock.advance(1);
    await hold(wristband);
    expect(unlocks).toHaveLength(2);
    expect(journal.events()[1]?.data).toMatchObject({ repeats: 3 });
  });

  it('beside others in the field of one reader makes one row, as each of them does', async () => {
    const { hold, journal, clock } = createBench();
    for (let n = 0; n < 8; n += 1) {
      for (const uid of [wristband, '04DEADBEEF0101', '04DEADBEEF0102']) await hold(uid);
      await clock.advance(500);
    }
    const told = journal.events().map(({ data }) => ('uidEnd' in data ? data.uidEnd : 'known'));
    expect(told).toEqual(['known', '0101', '0102']);
  });

  it('after very many others is a new attempt: the memory is bounded', async () => {
    const { hold, journal } = createBench();
    await hold(wristband);
    for (let n = 0; n < uidsKept; n += 1) await hold(`04DEADBEEF${String(n).padStart(4, '0')}`);
    await hold(wristband);
    expect(journal.events()).toHaveLength(uidsKept + 2);
  });

  it('that was lost is dead at once, whatever the policy still says', async () => {
    const { hold, revocations, unlocks, shown } = createBench();
    const what = { kind: 'uid.revoked' as const, uid: wristband, card: people.staff.card };
    revocations.offer({ policyEpoch: 1, n: 1, at: 1, what });
    await hold(wristband);
    expect([unlocks.length, shown]).toEqual([0, ['r1 uid_revoked']]);
  });

  it('is not taken at a lab, but lets out of it (E1)', async () => {
    const { hold, reader, shown } = createBench();
    await hold(wristband, reader('in', 'entry', 'lab'));
    await hold(wristband, reader('out', 'exit', 'lab'));
    await hold('nonsense', reader('far', 'exit', 'lab'));
    expect(shown).toEqual([
      'in uid_not_enough',
      'out exit_uid_not_enough',
      'far exit_unreadable_uid',
    ]);
  });

  it('is no code: neither text is taken for the other', async () => {
    const { hold, type, reader, shown } = createBench();
    await type(wristband, reader('scanner'));
    await hold('1000014711', reader('chip'));
    expect(shown).toEqual(['scanner not_a_pass', 'chip unknown_card']);
  });
});

describe('a PIN', () => {
  it('opens, and stands nowhere: not in the row, not in the journal, not in the log', async () => {
    const { type, journal, unlocks, shown, log, clock } = createBench();
    await type('1000014711#');
    await clock.advance(1_000);
    await type('1000018642#');
    expect([unlocks.length, shown]).toEqual([1, ['r1 granted', 'r1 wrong_pin']]);
    const { card, person } = people.staff;
    expect(journal.events()[0]?.data).toMatchObject({ by: 'pin', card, person });
    expect(journal.events()[1]?.data).toMatchObject({ by: 'pin', card, reason: 'wrong_pin' });
    const kept = JSON.stringify([journal.appends, log.lines]);
    for (const secret of ['4711', '8642', toBase64Url(hash('4711'))]) {
      expect(kept).not.toContain(secret);
    }
  });

  it('wrong five times is locked, and the journal knows it', async () => {
    const { type, journal, shown, clock } = createBench();
    for (let n = 0; n < 6; n += 1) {
      await type('1000010000');
      await clock.advance(1_000);
    }
    expect(shown).toEqual([...Array<string>(5).fill('r1 wrong_pin'), 'r1 pin_locked']);
    const last = journal.appends.at(-1)?.pinTries ?? [];
    expect(last.find(({ key }) => key === 'number 100001')?.at).toHaveLength(5);
  });

  it('typed while another is checked at the same reader is not looked at', async () => {
    const { type, state, letOneGo, held, shown, clock, reader } = createBench();
    state.isSlow = true;
    const first = type('1000014711');
    await clock.advance(2_000);
    await type('1000014711');
    const other = type('1000014711', reader('r2'));
    await clock.settle();
    // One at a time: the other reader waits.
    expect(held).toHaveLength(1);
    letOneGo();
    await first;
    await clock.settle();
    letOneGo();
    await other;
    expect(shown).toEqual(['r1 granted', 'r2 granted']);
  });

  it('is heard although a phone lies before the reader and says nonsense', async () => {
    const { type, hold, shown } = createBench();
    await hold('08A1B2C3');
    await hold('08A1B2C4');
    await type('1000014711');
    expect(shown).toEqual(['r1 random_uid', 'r1 granted']);
  });

  it('holds up no card at another reader', async () => {
    const { type, hold, state, letOneGo, shown, reader } = createBench();
    state.isSlow = true;
    const slow = type('1000014711');
    await hold(wristband, reader('r2'));
    expect(shown).toEqual(['r2 granted']);
    letOneGo();
    await slow;
    expect(shown).toEqual(['r2 granted', 'r1 granted']);
  });

  it('lets nobody stay inside: a wrong one at an exit opens (E1)', async () => {
    const { type, reader, shown, unlocks } = createBench();
    await type('1000010000', reader('out', 'exit'));
    expect([shown, unlocks.length]).toEqual([['out exit_wrong_pin'], 1]);
  });
});
