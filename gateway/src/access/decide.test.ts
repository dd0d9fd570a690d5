import {
  doorClasses,
  doorReaderAudiences,
  holdoverMsDefault,
  parsePass,
  passText,
  reasons,
} from '@gatehouse/protocols';
import type { DecisionReason, DoorClass, PassMark, Side } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createRoster } from '../policy/roster.ts';
import { people, policyRows } from '../testing/small-campus.ts';
import type { PersonName } from '../testing/small-campus.ts';
import { decide } from './decide.ts';
import type { AccessQuery, Outcome } from './decide.ts';

const primitives = createPrimitives();
const roster = createRoster(primitives);
for (const row of policyRows) roster.put(row);
const noRoster = createRoster(primitives);

/** `2026-09-01 10:00` in Shanghai, which knows no summer time. */
const momentOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);

const counter = 42;
/** `staff`, `staff -91s`, `staff +31s`, `staff for campus-01/pay`, `staff by visitor`. */
const scanOf = (scan: string, nowMs: number): string => {
  if (scan === 'nonsense') return 'https://example.org/menu';
  const [name = '', ...words] = scan.split(' ');
  // The first word of a scan is a person of the small campus.
  const { phone } = people[name as PersonName];
  const seconds = words.map((word) => /^([+-]\d+)s$/.exec(word)?.[1]).find((s) => s !== undefined);
  const at = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const iat = Math.floor(nowMs / 1000) + Number(seconds ?? 0);
  const audience = at('for') ?? 'campus-01';
  if (words.includes('SM2')) {
    const bytes = phone.pass({ iat, counter, audience });
    bytes[0] = 0x13;
    return passText(bytes);
  }
  const alg = words.includes('ES256') ? 'ES256' : undefined;
  const bytes = phone.pass({ iat, counter, audience, ...(alg && { alg }) });
  const forger = at('by');
  if (forger !== undefined) {
    // The second name of a scan is a person too.
    const other = people[forger as PersonName].phone.pass({ iat, counter, audience });
    bytes.set(other.subarray(17), 17);
  }
  return passText(bytes);
};

/** What a row changes about a quiet day. */
const circumstances: Readonly<Record<string, (query: AccessQuery) => Partial<AccessQuery>>> = {
  '': () => ({}),
  'no policy': () => ({ roster: noRoster, audiences: undefined }),
  'no such door': () => ({ doorId: 'cellar' }),
  'clock untrusted': () => ({ clock: 'untrusted' }),
  'clock holdover': () => ({ clock: 'holdover', unsureMs: 3_600_000 }),
  'long holdover': () => ({ clock: 'holdover', unsureMs: 8 * 24 * 3_600_000 }),
  lapsed: () => ({ lapsed: () => true }),
  'door silent': () => ({ doorReady: false }),
  revoked: () => ({ revoked: () => true }),
  frozen: () => ({ frozen: () => true }),
  'fenced 31s ago': ({ nowMs }) => ({ fenceMs: nowMs - 31_000 }),
  'fenced 30s ago': ({ nowMs }) => ({ fenceMs: nowMs - 30_000 }),
  'mark below': () => ({ mark: () => markOf(counter - 1) }),
  'mark above': () => ({ mark: () => markOf(counter + 1) }),
  'same mark': ({ presented }) => ({
    mark: () =>
      presented.by === 'pass' && presented.read.ok
        ? markOf(counter, presented.read.pass.body.slice())
        : undefined,
  }),
  'other mark': () => ({ mark: () => markOf(counter) }),
};
const markOf = (n: number, body = new Uint8Array(17)): PassMark => ({
  counter: n,
  body,
  doorId: 'gate',
  atMs: 0,
});

const queryOf = (row: { scan: string; at: string; but: string }, side: Side, doorId: string) => {
  const nowMs = momentOf(row.at);
  const base: AccessQuery = {
    presented: { by: 'pass', read: parsePass(scanOf(row.scan, nowMs)) },
    reader: { id: 'reader-1', side },
    doorId,
    nowMs,
    clock: 'trusted',
    unsureMs: 0,
    doorReady: true,
    fenceMs: undefined,
    audiences: doorReaderAudiences({ campus: 'campus-01', zone: 'labs' }),
    roster,
    mark: () => undefined,
    frozen: () => false,
    revoked: () => false,
    uidRevoked: () => false,
    lapsed: () => false,
    primitives,
  };
  return row.but
    .split(', ')
    .reduce<AccessQuery>((q, word) => ({ ...q, ...circumstances[word]?.(q) }), base);
};

const answer = ({ granted, reason }: Outcome): string =>
  `${granted ? 'opens' : 'denies'} ${reason}`;

// scan | at | but | entry; an exit opens with exit_<reason>; last: does a guarded gate let out, or
// has it nothing to ask?
const scenarios = `
  staff                     | 2026-09-01 10:00 |                 | granted            | opens
  phone                     | 2026-09-01 10:00 |                 | granted            | opens
  staff for campus-01/duress | 2026-09-01 10:00 |                | granted            | opens
  staff for campus-01/zone/labs | 2026-09-01 10:00 |             | granted            | opens
  staff                     | 2026-09-01 10:00 | mark below      | granted            | opens
  staff                     | 2026-09-01 10:00 | clock holdover  | granted            | opens
  staff                     | 2026-09-01 10:00 | fenced 31s ago  | granted            | opens
  staff -90s                | 2026-09-01 10:00 |                 | granted            | opens
  staff +30s                | 2026-09-01 10:00 |                 | granted            | opens
  nonsense                  | 2026-09-01 10:00 |                 | not_a_pass         | denies
  staff SM2                 | 2026-09-01 10:00 |                 | unsupported_pass   | denies
  stranger                  | 2026-09-01 10:00 |                 | unknown_credential | denies
  cardless                  | 2026-09-01 10:00 |                 | unknown_credential | denies
  staff                     | 2026-09-01 10:00 | long holdover   | clock_holdover     | opens
  nonsense                  | 2026-09-01 10:00 | long holdover   | not_a_pass         | denies
  staff -91s                | 2026-09-01 10:00 | long holdover   | clock_holdover     | opens
  staff                     | 2026-09-01 10:00 | lapsed          | lapsed             | denies
  stranger                  | 2026-09-01 10:00 | lapsed          | lapsed             | denies
  staff                     | 2026-09-01 10:00 | lapsed, revoked | revoked            | denies
  stranger                  | 2026-09-01 10:00 | lapsed, revoked | unknown_credential | denies
  staff                     | 2026-09-01 10:00 | lapsed, frozen  | lapsed             | denies
  staff -91s by visitor     | 2026-09-01 10:00 | lapsed          | lapsed             | denies
  staff                     | 2026-09-01 10:00 | revoked         | revoked            | denies
  staff                     | 2026-09-01 10:00 | frozen          | frozen             | denies
  staff ES256               | 2026-09-01 10:00 |                 | wrong_algorithm    | denies
  staff -91s                | 2026-09-01 10:00 |                 | expired            | denies
  staff +31s                | 2026-09-01 10:00 |                 | from_future        | denies
  staff                     | 2026-09-01 10:00 | fenced 30s ago  | show_next_code     | opens
  staff by visitor          | 2026-09-01 10:00 |                 | bad_signature      | denies
  staff for campus-02       | 2026-09-01 10:00 |                 | bad_signature      | denies
  staff for campus-01/door/lab | 2026-09-01 10:00 |              | bad_signature      | denies
  staff for campus-01/pay   | 2026-09-01 10:00 |                 | wrong_kind         | denies
  staff                     | 2026-09-01 10:00 | mark above      | used               | denies
  staff                     | 2026-09-01 10:00 | same mark       | used               | denies
  staff                     | 2026-09-01 10:00 | other mark      | cloned             | denies
  staff                     | 2026-09-01 10:00 | clock untrusted | clock_untrusted    | opens
  staff                     | 2026-09-01 10:00 | no policy       | no_policy          | opens
  staff                     | 2026-09-01 10:00 | no such door    | no_policy          | opens
  staff                     | 2026-09-01 10:00 | door silent     | door_not_ready     | opens
  visitor                   | 2026-09-01 10:00 |                 | no_right           | denies
  freshman                  | 2026-09-02 09:59 |                 | not_valid_yet      | denies
  freshman                  | 2026-09-02 10:00 |                 | granted            | opens
  graduate                  | 2026-09-01 09:59 |                 | granted            | opens
  graduate                  | 2026-09-01 10:00 |                 | ended              | denies
  staff                     | 2026-09-01 07:59 |                 | outside_schedule   | denies
  staff                     | 2026-09-01 08:00 |                 | granted            | opens
  staff                     | 2026-09-01 17:59 |                 | granted            | opens
  staff                     | 2026-09-01 18:00 |                 | outside_schedule   | denies
  staff                     | 2026-09-05 10:00 |                 | outside_schedule   | denies
  mover                     | 2026-09-01 09:59 |                 | key_too_new        | asks nothing
  mover                     | 2026-09-01 10:00 |                 | granted            | opens
  mover                     | 2026-09-01 07:59 |                 | outside_schedule   | denies
  mover                     | 2026-09-01 09:59 | mark above      | used               | denies
  cleaner                   | 2026-09-04 21:59 |                 | outside_schedule   | denies
  cleaner                   | 2026-09-04 22:00 |                 | granted            | opens
  cleaner                   | 2026-09-05 01:59 |                 | granted            | opens
  cleaner                   | 2026-09-05 02:00 |                 | outside_schedule   | denies
  cleaner                   | 2026-09-04 01:59 |                 | outside_schedule   | denies
  nonsense                  | 2026-09-01 10:00 | no policy       | not_a_pass         | opens
  nonsense                  | 2026-09-01 10:00 | clock untrusted | not_a_pass         | opens
  staff -91s                | 2026-09-01 10:00 | clock untrusted, no policy | no_policy | opens
  staff -91s                | 2026-09-01 10:00 | clock untrusted | clock_untrusted    | opens
  stranger -91s             | 2026-09-01 10:00 | revoked         | unknown_credential | denies
  staff -91s by visitor     | 2026-09-01 10:00 | revoked, frozen | revoked            | denies
  staff -91s by visitor     | 2026-09-01 10:00 | frozen          | frozen             | denies
  staff -91s by visitor     | 2026-09-01 10:00 | mark above      | expired            | denies
  staff by visitor          | 2026-09-01 10:00 | mark above      | bad_signature      | denies
  graduate                  | 2026-09-01 10:00 | mark above      | used               | denies
  visitor                   | 2026-09-05 10:00 | door silent     | no_right           | denies
  staff                     | 2026-09-05 10:00 | door silent     | outside_schedule   | denies
`
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => {
    const [scan = '', at = '', but = '', entry = '', guarded = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    // The table is checked against all reasons below.
    return { scan, at, but, reason: entry as DecisionReason, guarded };
  });

/** Reasons that no check finds, and who does. What nobody can give does not belong here. */
const elsewhere: Readonly<Record<string, string>> = {
  lockdown: 'door modes are not built yet; the code is kept for them',
  journal_failed: 'found when the decision is written, see scans.ts',
  unlock_failed: 'found when the door does not confirm, see scans.ts',
};

const exitOf = (reason: DecisionReason): string =>
  reason === 'granted' ? 'opens granted' : `opens exit_${reason}`;

const gateAnswers: Readonly<Record<string, (reason: DecisionReason) => string>> = {
  opens: exitOf,
  'asks nothing': () => exitOf('granted'),
};

describe('a scan is judged', () => {
  it.each(scenarios)('$scan at $at, $but: $reason', (row) => {
    const { reason, guarded } = row;
    const opensAtEntry = reason === 'granted' ? 'opens' : 'denies';
    expect(answer(decide(queryOf(row, 'entry', 'lab')))).toBe(`${opensAtEntry} ${reason}`);
    expect(answer(decide(queryOf(row, 'exit', 'lab')))).toBe(exitOf(reason));
    const atGate = answer(decide(queryOf(row, 'exit', 'gate')));
    expect(atGate).toBe(gateAnswers[guarded]?.(reason) ?? `denies ${reason}`);
  });

  it('every reason that a decision can have stands in the table', () => {
    // Those of UIDs and PINs have their table in decide-cards.test.ts.
    const ofCards = /^(?:unknown_card|random_uid|.*_pin|pin_.*|uid_.*|.*_uid)$/;
    const decided = Object.keys(reasons).filter(
      (reason) => !Object.hasOwn(elsewhere, reason) && !ofCards.test(reason),
    );
    expect(new Set(scenarios.map(({ reason }) => reason))).toEqual(new Set(decided));
  });
});

const quiet = { at: '2026-09-01 10:00', but: '' };

describe('without a source of time', () => {
  const rowOfClass = (itsClass: DoorClass, holdoverMs?: Partial<Record<DoorClass, number>>) => {
    const door = roster.door('lab');
    const site = roster.site();
    return {
      ...roster,
      door: () => door && { ...door, class: itsClass },
      site: () => site && { ...site, ...(holdoverMs && { holdoverMs }) },
    };
  };
  const reasonFor = (unsureMs: number, at: AccessQuery['roster'], side: Side = 'entry') =>
    decide({
      ...queryOf({ ...quiet, scan: 'staff' }, side, 'lab'),
      ...{ clock: 'holdover' as const, unsureMs, roster: at },
    }).reason;

  it.each(doorClasses)('a door of class %s holds out as long as its class, then not', (of) => {
    const holdMs = holdoverMsDefault[of];
    expect(reasonFor(holdMs, rowOfClass(of))).toBe('granted');
    expect(reasonFor(holdMs + 1, rowOfClass(of))).toBe('clock_holdover');
    expect(reasonFor(holdMs + 1, rowOfClass(of), 'exit')).toBe('exit_clock_holdover');
  });

  it('the signed policy can say how long, class by class', () => {
    const own = rowOfClass('lab', { lab: 60_000 });
    expect(reasonFor(60_000, own)).toBe('granted');
    expect(reasonFor(60_001, own)).toBe('clock_holdover');
    const never = rowOfClass('lab', { lab: 0 });
    expect(reasonFor(1, never)).toBe('clock_holdover');
    const other = rowOfClass('gate', { lab: 60_000 });
    expect(reasonFor(60_001, other)).toBe('granted');
  });

  it('labs and stores give up first, and nothing within minutes', () => {
    const others = doorClasses.filter((each) => each !== 'lab' && each !== 'store');
    const least = Math.min(...others.map((each) => holdoverMsDefault[each]));
    expect(Math.max(holdoverMsDefault.lab, holdoverMsDefault.store)).toBeLessThan(least);
    expect(Math.min(...Object.values(holdoverMsDefault))).toBeGreaterThan(3_600_000);
  });
});

describe('a pass whose time is wrong', () => {
  it.each([
    ['staff -91s', -91_000],
    ['staff -600s', -600_000],
    ['staff +31s', 31_000],
    ['staff +240s', 240_000],
    ['staff', undefined],
    ['staff -90s', undefined],
  ])('%s: the row says how far its phone is off, %s', (scan, phoneOffMs) => {
    const { row } = decide(queryOf({ ...quiet, scan }, 'entry', 'lab'));
    expect(row.phoneOffMs).toBe(phoneOffMs);
  });
});

describe('a key that came to its card from another browser', () => {
  const waiting = { ...quiet, at: '2026-09-01 09:59', scan: 'mover' };
  const atDoorOf = (itsClass: DoorClass): Outcome => {
    const ofClass = createRoster(primitives);
    for (const row of policyRows) {
      ofClass.put(row.section === 'door' ? { ...row, class: itsClass } : row);
    }
    return decide({ ...queryOf(waiting, 'entry', 'lab'), roster: ofClass });
  };

  it.each(doorClasses)('waits at a door of class %s where that is a lab or a store', (itsClass) => {
    const waits = itsClass === 'lab' || itsClass === 'store';
    expect(answer(atDoorOf(itsClass))).toBe(waits ? 'denies key_too_new' : 'opens granted');
  });

  it('is let out all the same, and is told why it would have waited', () => {
    const outcome = decide(queryOf(waiting, 'exit', 'lab'));
    expect(outcome).toMatchObject({ granted: true, reason: 'exit_key_too_new' });
    expect(outcome.nextMark).toBeUndefined();
  });
});

describe('what a decision carries', () => {
  it('names credential, card, person and audience of an accepted pass, and its next mark', () => {
    const outcome = decide(queryOf({ ...quiet, scan: 'staff' }, 'entry', 'lab'));
    const { card, person, phone } = people.staff;
    expect(outcome.row).toEqual({
      credential: phone.credential,
      counter,
      card,
      person,
      audience: 'campus-01',
    });
    expect(outcome.nextMark).toMatchObject({ counter, doorId: 'lab' });
    expect(outcome.door?.unlockMs).toBe(3_000);
  });

  it('says duress in the row alone', () => {
    const outcome = decide(
      queryOf({ ...quiet, scan: 'staff for campus-01/duress' }, 'entry', 'lab'),
    );
    expect(outcome).toMatchObject({ granted: true, reason: 'granted', row: { duress: true } });
  });

  it('names the person also where the pass is refused', () => {
    const outcome = decide(queryOf({ ...quiet, scan: 'staff -91s' }, 'entry', 'lab'));
    expect(outcome.row).toMatchObject({ person: people.staff.person });
  });

  it('knows the door although the first check already fails', () => {
    const outcome = decide(queryOf({ ...quiet, scan: 'nonsense' }, 'exit', 'lab'));
    expect(outcome).toMatchObject({ reason: 'exit_not_a_pass', door: { unlockMs: 3_000 } });
  });

  it('moves the mark for `granted` and for nothing else', () => {
    for (const row of scenarios) {
      for (const side of ['entry', 'exit'] as const) {
        const { reason, nextMark } = decide(queryOf(row, side, 'lab'));
        expect(nextMark !== undefined).toBe(reason === 'granted');
      }
    }
  });
});

describe('for any scan under any circumstances', () => {
  const words = fc.subarray(Object.keys(circumstances)).map((all) => all.join(', '));
  const anyRow = fc.record({
    scan: fc.constantFrom(...new Set(scenarios.map(({ scan }) => scan))),
    at: fc.constantFrom(...new Set(scenarios.map(({ at }) => at))),
    but: words,
  });

  it('an exit without a guard opens (E1)', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(decide(queryOf(row, 'exit', 'lab')).granted).toBe(true);
      }),
    );
  });

  it('an exit opens at a guarded gate too while the clock is not trusted (E1)', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const but = `${row.but}, clock untrusted`;
        expect(decide(queryOf({ ...row, but }, 'exit', 'gate')).granted).toBe(true);
      }),
    );
  });

  it('an entry opens for `granted` alone, and the same query gives the same outcome', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const query = queryOf(row, 'entry', 'lab');
        const outcome = decide(query);
        expect(outcome.granted).toBe(outcome.reason === 'granted');
        expect(decide(query)).toEqual(outcome);
      }),
    );
  });
});
