import { doorClasses, opensWithoutPhone, parseUid, reasons } from '@gatehouse/protocols';
import type { DecisionReason, PolicyRow, Side } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { createRoster } from '../policy/roster.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import type { PersonName } from '../testing/small-campus.ts';
import { decide } from './decide.ts';
import type { AccessQuery, Outcome } from './decide.ts';
import type { PinVerdict, Presented } from './presented.ts';

const primitives = createPrimitives();

const uids: Readonly<Partial<Record<PersonName, string>>> = {
  staff: '040CAC12ED4C81',
  visitor: '04A1B2C3D4E580',
  cleaner: '5A7F19C2',
  freshman: '04112233445566',
  graduate: 'E004010203040506',
  cardless: '04FFEEDDCCBBAA',
};

/** The small campus with one door of each class, all with the rules of its lab, and UIDs. */
const rows: readonly PolicyRow[] = [
  ...policyRows,
  ...doorClasses.flatMap((kind): PolicyRow[] => [
    { section: 'door', id: kind, class: kind, nameZh: kind, nameEn: kind, unlockMs: 3_000 },
    { section: 'rule', id: `${kind}-s`, group: 'staff', door: kind, schedule: 'office' },
    {
      section: 'rule',
      id: `${kind}-n`,
      group: 'night-shift',
      door: kind,
      schedule: 'friday-night',
    },
  ]),
  ...Object.entries(uids).map(([name, id]): PolicyRow => {
    // The keys of the table are people of the small campus.
    return { section: 'uid', id, card: people[name as PersonName].card };
  }),
];
const roster = createRoster(primitives);
for (const row of rows) roster.put(row);

/** `uid staff`, `uid 08112233`, `pin right staff`. */
const presentedOf = (text: string): Presented => {
  const [by, word = '', name = ''] = text.split(' ');
  if (by === 'uid') return { by, read: parseUid(uids[word as PersonName] ?? word) };
  // The third word is a person of the small campus or nobody.
  const who = people[name as PersonName] as (typeof people)[PersonName] | undefined;
  return { by: 'pin', verdict: word as PinVerdict, card: who?.card };
};

const circumstances: Readonly<Record<string, Partial<AccessQuery>>> = {
  '': {},
  'no policy': { roster: createRoster(primitives), audiences: undefined },
  'clock untrusted': { clock: 'untrusted' },
  'door silent': { doorReady: false },
  frozen: { frozen: () => true },
  'revoked of this card': { uidRevoked: (_, card) => card === people.staff.card },
  'revoked of another': { uidRevoked: (_, card) => card === people.visitor.card },
  'revoked of somebody': { uidRevoked: () => true },
};

const queryOf = (what: string, but: string, side: Side, doorId: string): AccessQuery => ({
  presented: presentedOf(what),
  reader: { id: 'reader-1', side },
  doorId,
  nowMs: tuesdayTenMs,
  clock: 'trusted',
  unsureMs: 0,
  doorReady: true,
  fenceMs: undefined,
  audiences: { accepted: [], otherKind: [] },
  roster,
  mark: () => undefined,
  frozen: () => false,
  revoked: () => false,
  uidRevoked: () => false,
  lapsed: () => false,
  primitives,
  ...circumstances[but],
});

const answer = ({ granted, reason }: Outcome): string =>
  `${granted ? 'opens' : 'denies'} ${reason}`;

// what | but | at a dormitory | does a guarded gate let out?
const scenarios = `
  uid staff            |                      | granted          | opens
  uid 040cac12ed4c81   |                      | granted          | opens
  uid cleaner          |                      | outside_schedule | denies
  uid visitor          |                      | no_right         | denies
  uid freshman         |                      | not_valid_yet    | denies
  uid graduate         |                      | ended            | denies
  uid cardless         |                      | unknown_card     | denies
  uid 04DEADBEEF0102   |                      | unknown_card     | denies
  uid 04DEADBEEF0102   | revoked of somebody  | uid_revoked      | denies
  uid 08112233         |                      | random_uid       | denies
  uid 88040CAC         |                      | unreadable_uid   | denies
  uid 040CAC           |                      | unreadable_uid   | denies
  uid staff            | revoked of this card | uid_revoked      | denies
  uid staff            | revoked of another   | granted          | opens
  uid staff            | frozen               | frozen           | denies
  uid staff            | no policy            | no_policy        | opens
  uid staff            | clock untrusted      | clock_untrusted  | opens
  uid staff            | door silent          | door_not_ready   | opens
  pin right staff      |                      | granted          | opens
  pin right visitor    |                      | no_right         | denies
  pin right staff      | frozen               | frozen           | denies
  pin right staff      | no policy            | no_policy        | opens
  pin wrong staff      |                      | wrong_pin        | denies
  pin wrong staff      | frozen               | wrong_pin        | denies
  pin wrong            |                      | wrong_pin        | denies
  pin locked staff     |                      | pin_locked       | denies
  pin not_here staff   |                      | uid_not_enough   | denies
`
  .split('\n')
  .filter((line) => line.includes('|'))
  .map((line) => {
    const [what = '', but = '', entry = '', guarded = ''] = line.split('|').map((c) => c.trim());
    // The table is checked against all reasons below.
    return { what, but, reason: entry as DecisionReason, guarded };
  });

const exitOf = (reason: DecisionReason): string =>
  reason === 'granted' ? 'opens granted' : `opens exit_${reason}`;

describe('a card or PIN is judged', () => {
  it.each(['uid graduate', 'pin right graduate'])('%s: until the card ends, then not', (what) => {
    const at = (nowMs: number) => answer(decide({ ...queryOf(what, '', 'entry', 'gate'), nowMs }));
    expect([at(tuesdayTenMs - 1), at(tuesdayTenMs)]).toEqual(['opens granted', 'denies ended']);
  });

  it.each(scenarios)('$what, $but: $reason', ({ what, but, reason, guarded }) => {
    const opensAtEntry = reason === 'granted' ? 'opens' : 'denies';
    const at = (side: Side, door: string) => answer(decide(queryOf(what, but, side, door)));
    expect(at('entry', 'dormitory')).toBe(`${opensAtEntry} ${reason}`);
    expect(at('exit', 'dormitory')).toBe(exitOf(reason));
    expect(at('exit', 'guarded_gate')).toBe(
      guarded === 'opens' ? exitOf(reason) : `denies ${reason}`,
    );
  });

  it('every reason of theirs stands in the table', () => {
    const ofCards = /^(?:unknown_card|random_uid|.*_pin|pin_.*|uid_.*|.*_uid)$/;
    const codes = Object.keys(reasons).filter((code) => ofCards.test(code));
    expect(codes).toHaveLength(7);
    expect(scenarios.map(({ reason }) => reason)).toEqual(expect.arrayContaining(codes));
  });

  it.each(doorClasses)('at a door of class %s as its class says', (kind) => {
    for (const what of ['uid staff', 'pin right staff']) {
      const wanted = opensWithoutPhone[kind] ? 'opens granted' : 'denies uid_not_enough';
      expect(answer(decide(queryOf(what, '', 'entry', kind)))).toBe(wanted);
    }
    // Whether the card is known here or not, the person hears the same.
    if (!opensWithoutPhone[kind]) {
      const stranger = decide(queryOf('uid 04DEADBEEF0102', '', 'entry', kind));
      expect(answer(stranger)).toBe('denies uid_not_enough');
    }
  });

  it('labs and stores want the phone', () => {
    const closed = doorClasses.filter((kind) => !opensWithoutPhone[kind]);
    expect(closed).toEqual(['lab', 'store']);
  });
});

describe('what such a decision carries', () => {
  const rowOf = (what: string, but = '', door = 'dormitory') =>
    decide(queryOf(what, but, 'entry', door)).row;
  const { card, person } = people.staff;

  it.each([
    ['uid staff', '', { by: 'uid', card, person }],
    ['uid staff', 'frozen', { by: 'uid', card, person }],
    ['uid 04DEADBEEF0102', '', { by: 'uid', uidEnd: '0102' }],
    ['uid 08112233', '', { by: 'uid' }],
    ['pin right staff', '', { by: 'pin', card, person }],
    ['pin wrong staff', '', { by: 'pin', card }],
    ['pin wrong', '', { by: 'pin' }],
  ])('%s %s: %j', (what, but, row) => {
    expect(rowOf(what, but)).toEqual(row);
  });

  it('never moves a mark, and never shows a whole UID', () => {
    for (const { what, but } of scenarios) {
      for (const door of ['dormitory', 'lab']) {
        const { nextMark, pass, row } = decide(queryOf(what, but, 'entry', door));
        expect([nextMark, pass]).toEqual([undefined, undefined]);
        const text = JSON.stringify(row);
        for (const uid of Object.values(uids)) expect(text).not.toContain(uid);
        expect(text).not.toContain('DEADBEEF');
      }
    }
  });
});

describe('for any text of a card reader', () => {
  it('an exit opens (E1), and an entry only for a UID that the roster has', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom(...Object.values(uids)));
    fc.assert(
      fc.property(text, fc.constantFrom(...Object.keys(circumstances)), (uid, but) => {
        const at = (side: Side): Outcome =>
          decide({
            ...queryOf('uid staff', but, side, 'dormitory'),
            presented: { by: 'uid', read: parseUid(uid) },
          });
        expect(at('exit').granted).toBe(true);
        if (at('entry').granted) expect(uid.toUpperCase()).toBe(uids.staff);
      }),
    );
  });
});
