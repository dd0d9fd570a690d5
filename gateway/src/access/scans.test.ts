import { fromBase64Url, WireEvent } from '@gatehouse/protocols';
import type { NewEvent, Reason, Side } from '@gatehouse/protocols';
import fc from 'fast-check';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { pinHashAtOnce } from '../adapters/pin-hash.ts';
import { createPrimitives } from '../adapters/primitives.ts';
import type { Claimed } from '../claim/claims.ts';
import type { Use } from '../claim/member.ts';
import { createConditions } from '../conditions.ts';
import { stampEvents } from '../events.ts';
import { createRoster } from '../policy/roster.ts';
import { createRevocations } from '../policy/trust.ts';
import { createMemoryJournal } from '../testing/memory-journal.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import type { PersonName } from '../testing/small-campus.ts';
import { createSilentLog } from '../testing/silent-log.ts';
import { createVirtualClock } from '../testing/virtual-clock.ts';
import { journalWaitMaxMs } from './commit.ts';
import { createMarks } from './marks.ts';
import { createPins } from './pins.ts';
import { createScans } from './scans.ts';
import type { Reader, Unlocked, Unlocking } from './doorway.ts';

/** The scan path over a journal in memory and doors that note what they were told. */
const createBench = () => {
  const clock = createVirtualClock(tuesdayTenMs);
  const journal = createMemoryJournal();
  const primitives = createPrimitives();
  const roster = createRoster(primitives);
  for (const row of policyRows) roster.put(row);
  const marks = createMarks();
  const conditions = createConditions(clock.nowMs, () => undefined);
  const owed: NewEvent[] = [];
  const unlocks: (Unlocking & { readonly committed: number })[] = [];
  const shown: string[] = [];
  const bench = {
    clock,
    journal,
    marks,
    conditions,
    owed,
    unlocks,
    shown,
    doorSays: 'confirmed' as Unlocked,
    ready: true,
    /** What the claim group says. */
    group: (_: Use): Promise<Claimed> => Promise.resolve({ basis: 'local' }),
  };
  const scans = createScans({
    ports: { clock, journal: journal.port, primitives },
    pins: createPins({
      ports: { clock, log: createSilentLog(), pinHash: pinHashAtOnce },
      roster: () => roster,
    }),
    gateway: 'gw-1',
    keeper: {
      held: () => ({
        keysSerial: 1,
        policyEpoch: 5,
        policyVersion: 9,
        revocationEpoch: 0,
        revocation: 0,
      }),
      roster: () => roster,
      revocations: createRevocations(),
      ageMs: () => 1_234,
    },
    marks,
    claims: {
      unasked: () => ({ basis: 'local' }),
      claim: (use) => bench.group(use),
    },
    conditions,
    time: () => ({ atMs: clock.nowMs(), quality: 'trusted', unsureMs: 0, offMs: 0 }),
    fenceMs: () => undefined,
    door: (id) =>
      id === 'no-controller'
        ? undefined
        : {
            ready: () => bench.ready,
            unlock: (unlocking) => {
              unlocks.push({ ...unlocking, committed: journal.appends.length });
              return Promise.resolve(bench.doorSays);
            },
          },
    event: stampEvents(clock, () => 'trusted'),
    owed: (event) => void owed.push(event),
  });
  const reader = (id: string, side: Side = 'entry', door = 'lab'): Reader => ({
    id,
    door,
    side,
    show: (reason: Reason) => void shown.push(`${id} ${reason}`),
  });
  const code = (name: PersonName, counter: number): string =>
    people[name].phone.text({ iat: Math.floor(clock.nowMs() / 1000), counter });
  return { ...bench, bench, scans, reader, code };
};

const kinds = (events: readonly NewEvent[]) =>
  events.map(({ kind, data }) => ('reason' in data ? `${kind} ${data.reason}` : kind));

describe('a granted scan', () => {
  it('is on disk before the door hears of it, and names its row as the cause', async () => {
    const { scans, reader, code, unlocks, journal, marks, shown, clock } = createBench();
    await scans.onCode(reader('r1'), code('staff', 1));
    expect(unlocks).toEqual([
      {
        side: 'entry',
        cause: 'gw-1.0000cafe.main.1',
        person: people.staff.person,
        ms: 3_000,
        deadlineMs: clock.monoMs() + 2_000,
        committed: 1,
      },
    ]);
    expect(kinds(journal.events())).toEqual(['access.granted granted']);
    expect(journal.marks.get(people.staff.phone.credential)).toMatchObject({
      counter: 1,
      door: 'lab',
      atMs: tuesdayTenMs,
    });
    expect(marks.of(people.staff.phone.credential)?.counter).toBe(1);
    expect(shown).toEqual(['r1 granted']);
  });

  it('waits for the disk, however long it takes below the limit', async () => {
    const { scans, reader, code, unlocks, journal, clock, shown } = createBench();
    journal.mood = 'hangs';
    const scan = scans.onCode(reader('r1'), code('staff', 1));
    await clock.advance(journalWaitMaxMs - 1);
    expect([unlocks.length, shown.length]).toEqual([0, 0]);
    journal.release();
    await scan;
    expect(unlocks).toHaveLength(1);
  });

  it('makes a row that a cloud can read, with policy and its age', async () => {
    const { scans, reader, code, journal } = createBench();
    await scans.onCode(reader('r1'), code('staff', 1));
    const [event] = journal.events();
    expect(Value.Check(WireEvent, { seq: 1, ...event })).toBe(true);
    expect(event).toMatchObject({
      door: 'lab',
      device: 'r1',
      data: { basis: 'local', policy: { epoch: 5, version: 9, ageMs: 1_234 } },
    });
  });
});

describe('one pass at two readers at once', () => {
  it('is granted exactly once', async () => {
    const { scans, reader, code, unlocks, journal } = createBench();
    const text = code('staff', 7);
    await Promise.all([scans.onCode(reader('r1'), text), scans.onCode(reader('r2'), text)]);
    expect(unlocks).toHaveLength(1);
    const written = kinds(journal.events()).toSorted();
    expect(written).toEqual(['access.denied used', 'access.granted granted']);
  });

  it('is refused where the journal holds what memory does not', async () => {
    const { scans, reader, code, unlocks, journal, marks, shown } = createBench();
    const { credential } = people.staff.phone;
    const body = people.staff.phone.pass({ iat: 1, counter: 7 }).slice(0, 17);
    const held = { credential, counter: 8, body, door: 'gate', atMs: 1 };
    journal.marks.set(credential, held);
    await scans.onCode(reader('r1'), code('staff', 7));
    expect([unlocks.length, shown]).toEqual([0, ['r1 used']]);
    expect(kinds(journal.events())).toEqual(['access.denied used']);
    expect(marks.of(credential)?.counter).toBe(8);
  });

  it('is called cloned where the journal holds other bytes under its counter', async () => {
    const { scans, reader, code, journal, shown } = createBench();
    const { credential } = people.staff.phone;
    const body = people.staff.phone.pass({ iat: 1, counter: 7 }).slice(0, 17);
    journal.marks.set(credential, { credential, counter: 7, body, door: 'gate', atMs: 1 });
    await scans.onCode(reader('r1'), code('staff', 7));
    expect(shown).toEqual(['r1 cloned']);
  });
});

/** What the group says, and what becomes of the scan. */
const verdicts: readonly (readonly [string, Claimed, Side, string, boolean])[] = [
  ['granted', { basis: 'group', claimId: 'c' }, 'entry', 'granted', true],
  ['silent', { basis: 'island', claimId: 'c', provisional: true }, 'entry', 'granted', true],
  ['used', { basis: 'group', claimId: 'c', denial: 'used' }, 'entry', 'used', false],
  ['cloned', { basis: 'group', claimId: 'c', denial: 'cloned' }, 'entry', 'cloned', false],
  [
    'fenced',
    { basis: 'group', claimId: 'c', denial: 'show_next_code' },
    ...(['entry', 'show_next_code', false] as const),
  ],
  ['used', { basis: 'group', claimId: 'c', denial: 'used' }, 'exit', 'exit_used', true],
];

describe('a pass that the claim group is asked about', () => {
  it.each(verdicts)('%s: %j at an %s shows %s', async (_, claimed, side, reason, opens) => {
    const { bench, scans, reader, code, unlocks, journal, marks, shown } = createBench();
    const asked: Use[] = [];
    bench.group = (use) => {
      asked.push(use);
      // Reserved here before anybody else is asked.
      expect(marks.of(use.pass.credential)?.counter).toBe(7);
      expect(journal.appends).toHaveLength(0);
      return Promise.resolve(claimed);
    };
    await scans.onCode(reader('r1', side), code('staff', 7));
    expect(asked).toMatchObject([{ audience: 'campus-01', door: 'lab', pass: { counter: 7 } }]);
    expect([shown, unlocks.length]).toEqual([[`r1 ${reason}`], opens ? 1 : 0]);
    const { denial, ...word } = claimed;
    const [event] = journal.events();
    expect(event?.data).toMatchObject({ ...word, reason });
    expect(event?.data).not.toHaveProperty('denial');
    expect(fromBase64Url(event?.evidence ?? '')?.length).toBe(denial === 'show_next_code' ? 0 : 81);
    // What the group refused leaves no mark here: a bare word moves none.
    const counter = denial === undefined ? 7 : undefined;
    expect(marks.of(people.staff.phone.credential)?.counter).toBe(counter);
    expect(journal.marks.get(people.staff.phone.credential)?.counter).toBe(counter);
  });

  it('at a guarded gate is refused to who leaves only where the fault is not ours', async () => {
    const { bench, scans, reader, code, shown } = createBench();
    bench.group = () => Promise.resolve({ basis: 'group', denial: 'used' });
    await scans.onCode(reader('r1', 'exit', 'gate'), code('staff', 1));
    bench.group = () => Promise.resolve({ basis: 'group', denial: 'show_next_code' });
    await scans.onCode(reader('r1', 'exit', 'gate'), code('staff', 2));
    expect(shown).toEqual(['r1 used', 'r1 exit_show_next_code']);
  });

  it('is claimed once, however many readers of the gateway see it meanwhile', async () => {
    const { bench, scans, reader, code, unlocks, shown } = createBench();
    const answer = Promise.withResolvers<Claimed>();
    let asked = 0;
    bench.group = () => {
      asked += 1;
      return answer.promise;
    };
    const text = code('staff', 7);
    const all = ['r1', 'r2', 'r3'].map((id) => scans.onCode(reader(id), text));
    answer.resolve({ basis: 'group', claimId: 'c' });
    await Promise.all(all);
    expect([asked, unlocks.length]).toEqual([1, 1]);
    expect(shown.toSorted()).toEqual(['r1 granted', 'r2 used', 'r3 used']);
  });

  it('is not claimed where the checks here deny it', async () => {
    const { bench, scans, reader, code } = createBench();
    bench.group = () => Promise.reject(new Error('asked'));
    await scans.onCode(reader('r1'), code('visitor', 1));
    await scans.onCode(reader('r1', 'exit'), code('visitor', 2));
    await scans.onCode(reader('r2'), 'nonsense');
  });
});

describe('a journal that refuses', () => {
  it('keeps an entry shut and gives the pass back', async () => {
    const { scans, reader, code, unlocks, journal, conditions, shown, clock } = createBench();
    journal.mood = 'fails';
    const text = code('staff', 3);
    await scans.onCode(reader('r1'), text);
    expect([unlocks.length, shown]).toEqual([0, ['r1 journal_failed']]);
    expect(conditions.active()).toMatchObject([{ code: 'journal_failed', subject: 'gw-1' }]);
    journal.mood = 'well';
    await clock.advance(5_001);
    await scans.onCode(reader('r1'), text);
    expect([unlocks.length, conditions.active().length]).toEqual([1, 0]);
  });

  it.each(['fails', 'hangs'] as const)('opens an exit and owes its row (%s)', async (mood) => {
    const { scans, reader, code, unlocks, journal, owed, clock } = createBench();
    journal.mood = mood;
    const scan = scans.onCode(reader('r1', 'exit'), code('visitor', 3));
    await clock.advance(journalWaitMaxMs);
    await scan;
    expect(unlocks).toMatchObject([{ side: 'exit', cause: 'exit_journal_failed' }]);
    expect(kinds(owed)).toEqual(['access.granted exit_journal_failed']);
  });

  it('opens even a guarded gate to those who leave', async () => {
    const { scans, reader, unlocks, journal } = createBench();
    journal.mood = 'fails';
    await scans.onCode(reader('r1', 'exit', 'gate'), 'nonsense');
    expect(unlocks).toHaveLength(1);
  });

  it('after 500 ms counts as one, and what is written later was not taken', async () => {
    const { scans, reader, code, unlocks, journal, shown, clock } = createBench();
    journal.mood = 'hangs';
    const text = code('staff', 3);
    const scan = scans.onCode(reader('r1'), text);
    await clock.advance(journalWaitMaxMs);
    await scan;
    expect([unlocks.length, shown]).toEqual([0, ['r1 journal_failed']]);
    journal.release();
    await clock.settle();
    expect(kinds(journal.events())).toEqual(['access.granted granted', 'access.not_taken']);
    expect(journal.events()[1]?.data).toEqual({ side: 'entry', cause: 'gw-1.0000cafe.main.1' });
    await scans.onCode(reader('r2'), text);
    expect([unlocks.length, shown.at(-1)]).toEqual([0, 'r2 used']);
  });

  it('says nothing of a denial that is written late', async () => {
    const { scans, reader, code, journal, clock } = createBench();
    journal.mood = 'hangs';
    const scan = scans.onCode(reader('r1'), code('visitor', 3));
    await clock.advance(journalWaitMaxMs);
    await scan;
    journal.release();
    await clock.settle();
    expect(kinds(journal.events())).toEqual(['access.denied no_right']);
  });
});

describe('a phone held before the reader', () => {
  it('is one attempt for five seconds, without beep or row, and is counted', async () => {
    const { scans, reader, code, journal, shown, clock } = createBench();
    const text = code('staff', 1);
    for (const waitMs of [0, 1_000, 2_000, 2_000]) {
      await clock.advance(waitMs);
      await scans.onCode(reader('r1'), text);
    }
    expect(shown).toEqual(['r1 granted']);
    await clock.advance(1);
    await scans.onCode(reader('r1'), text);
    expect(shown).toEqual(['r1 granted', 'r1 used']);
    expect(journal.events().map(({ data }) => 'repeats' in data && data.repeats)).toEqual([
      false,
      3,
    ]);
  });

  it('is another attempt at another reader, and with the next code', async () => {
    const { scans, reader, code, shown, clock } = createBench();
    const text = code('staff', 1);
    await scans.onCode(reader('r1'), text);
    await scans.onCode(reader('r2'), text);
    await clock.advance(3_000);
    await scans.onCode(reader('r1'), code('staff', 2));
    expect(shown).toEqual(['r1 granted', 'r2 used', 'r1 granted']);
  });

  it('may ask again at an exit that did not open', async () => {
    const { bench, scans, reader, code, unlocks } = createBench();
    const text = code('staff', 1);
    bench.doorSays = 'failed';
    await scans.onCode(reader('r1', 'exit'), text);
    bench.doorSays = 'confirmed';
    await scans.onCode(reader('r1', 'exit'), text);
    expect(unlocks).toHaveLength(2);
  });

  it('sends nonsense: one row a second', async () => {
    const { scans, reader, journal, clock } = createBench();
    for (let n = 0; n < 20; n += 1) {
      await scans.onCode(reader('r1'), `menu ${n}`);
      await clock.advance(100);
    }
    expect(kinds(journal.events())).toEqual([
      'access.denied not_a_pass',
      'access.denied not_a_pass',
    ]);
    expect(journal.events()[1]?.data).toMatchObject({ repeats: 9 });
  });
});

describe('a door that does not confirm', () => {
  it.each(['not_confirmed', 'expired', 'failed'] as const)('%s is said', async (doorSays) => {
    const { bench, scans, reader, code, conditions, shown } = createBench();
    bench.doorSays = doorSays;
    await scans.onCode(reader('r1'), code('staff', 1));
    expect(shown).toEqual(['r1 granted', 'r1 unlock_failed']);
    expect(conditions.active()).toMatchObject([
      { code: 'unlock_failed', subject: 'lab', detail: doorSays },
    ]);
    bench.doorSays = 'confirmed';
    await scans.onCode(reader('r1'), code('staff', 2));
    expect(conditions.active()).toEqual([]);
  });

  it('is the answer where no controller stands behind an exit', async () => {
    const { scans, reader, code, shown } = createBench();
    await scans.onCode(reader('r1', 'exit', 'no-controller'), code('staff', 1));
    expect(shown).toEqual(['r1 exit_no_policy', 'r1 unlock_failed']);
  });
});

// what | reader side | the row keeps the pass
const evidence: readonly (readonly [string, PersonName, Side, boolean])[] = [
  ['granted', 'staff', 'entry', true],
  ['granted', 'staff', 'exit', true],
  ['no_right', 'visitor', 'entry', false],
  ['exit_no_right', 'visitor', 'exit', false],
  ['unknown_credential', 'stranger', 'entry', false],
  ['exit_unknown_credential', 'stranger', 'exit', false],
];

describe('evidence', () => {
  it.each(evidence)('%s by %s at an %s', async (reason, name, side, isKept) => {
    const { scans, reader, code, journal } = createBench();
    await scans.onCode(reader('r1', side), code(name, 1));
    expect(journal.events()).toMatchObject([{ data: { reason } }]);
    expect(journal.events()[0]?.evidence !== undefined).toBe(isKept);
  });

  it.each(['entry', 'exit'] as const)('a second use at an %s is kept whole', async (side) => {
    const { scans, reader, code, journal } = createBench();
    const text = code('staff', 1);
    await scans.onCode(reader('r1'), text);
    await scans.onCode(reader('r2', side), text);
    const kept = journal.events()[1]?.evidence ?? '';
    expect(fromBase64Url(kept)).toHaveLength(81);
  });

  it('is kept of a good pass whose exit was not written in time', async () => {
    const { scans, reader, code, journal, owed } = createBench();
    journal.mood = 'fails';
    await scans.onCode(reader('r1', 'exit'), code('staff', 1));
    expect(owed[0]?.evidence).toHaveLength(108);
  });
});

describe('for any order of scans, disks and doors', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('scan' as const),
      who: fc.constantFrom<PersonName>('staff', 'visitor', 'stranger', 'graduate'),
      counter: fc.integer({ min: 1, max: 4 }),
      reader: fc.constantFrom('r1', 'r2', 'r3'),
      side: fc.constantFrom<Side>('entry', 'exit'),
    }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
    fc.record({
      kind: fc.constant('disk' as const),
      mood: fc.constantFrom('well', 'fails', 'hangs', 'release'),
    }),
  );

  it('nothing opens without a commit (E7), no pass enters twice, no exit is refused (E1)', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { scans, reader, unlocks, shown, journal, clock } = createBench();
        const iat = Math.floor(clock.nowMs() / 1000);
        const running: Promise<void>[] = [];
        for (const one of steps) {
          if (one.kind === 'wait') await clock.advance(one.ms);
          else if (one.kind === 'disk') {
            if (one.mood === 'release') journal.release();
            // `release` was taken above.
            else journal.mood = one.mood;
          } else {
            const text = people[one.who].phone.text({ iat, counter: one.counter });
            const at = reader(`${one.reader}-${one.side}`, one.side);
            running.push(scans.onCode(at, text));
          }
        }
        await clock.advance(2 * journalWaitMaxMs);
        journal.release();
        await clock.advance(2 * journalWaitMaxMs);
        await Promise.all(running);
        // The event ids of granted rows, in order of commit: all rows are of `main`.
        const granted = new Map(
          journal.events().map((event, n) => [`gw-1.0000cafe.main.${n + 1}`, event]),
        );
        for (const { side, cause } of unlocks) {
          if (cause === 'exit_journal_failed') expect(side).toBe('exit');
          else expect(granted.get(cause)?.kind).toBe('access.granted');
        }
        const uses = unlocks.flatMap(({ cause }) => {
          const data = granted.get(cause)?.data;
          if (data === undefined || !('reason' in data) || data.reason !== 'granted') return [];
          return 'counter' in data ? [`${data.credential} ${data.counter}`] : [];
        });
        expect(new Set(uses).size).toBe(uses.length);
        const atExits = shown.filter((line) => line.includes('-exit '));
        for (const line of atExits) expect(line).toMatch(/ (?:granted|exit_[a-z_]+)$/);
      }),
      { numRuns: 150 },
    ));
});
