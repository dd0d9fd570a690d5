import { digestText, emptyDigest, policyKey } from '@gatehouse/protocols';
import type { PolicyRow, PolicyRowOf } from '@gatehouse/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrimitives } from '../adapters/primitives.ts';
import { stateOf } from '../testing/signer.ts';
import { people, policyRows, tuesdayTenMs } from '../testing/small-campus.ts';
import { createRoster } from './roster.ts';

const primitives = createPrimitives();
const rosterOf = (rows: readonly PolicyRow[]) => {
  const roster = createRoster(primitives);
  for (const row of rows) roster.put(row);
  return roster;
};

/** Keys that verify nothing, but are rows like others. */
const oddRows = ['A'.repeat(86), 'A'.repeat(44), 'B'.repeat(43)].map((key, n): PolicyRow => ({
  section: 'credential',
  id: `000000000000000${n}`,
  card: people.staff.card,
  alg: n === 0 ? 'EdDSA' : 'ES256',
  key,
}));
const uid = '040CAC12ED4C81';
const pinRow = (id: string, change: Partial<PolicyRowOf<'pin'>> = {}): PolicyRow => ({
  ...{ section: 'pin', id, card: people.staff.card, salt: 'A'.repeat(22), hash: 'C'.repeat(42) },
  ...change,
});
const cardRows: readonly PolicyRow[] = [
  { section: 'uid', id: uid, card: people.staff.card },
  // Of a card that is in no row.
  { section: 'uid', id: '5A7F19C2', card: people.stranger.card },
  pinRow('123456', { hash: `${'C'.repeat(42)}A` }),
  // Not in the one form that base64url has: no PIN fits it, and it counts in the digest.
  pinRow('123457', { hash: 'B'.repeat(43) }),
  pinRow('123458', { hash: `${'C'.repeat(42)}A`, salt: 'B'.repeat(22) }),
];
const rows = [...policyRows, ...oddRows, ...cardRows];

describe('the digest of a roster', () => {
  it('is that of its rows, in any order, also where a row came twice', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: rows.length }),
        fc.subarray(rows),
        (all, again) => {
          expect(digestText(rosterOf([...all, ...again]).digest())).toBe(stateOf(rows));
        },
      ),
    );
  });

  it('is that of what is left after any rows were taken out, and nothing in the end', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(rows), (gone) => {
        const roster = rosterOf(rows);
        for (const row of gone) roster.del(row.section, policyKey(row));
        const left = rows.filter((row) => !gone.includes(row));
        expect(digestText(roster.digest())).toBe(stateOf(left));
        for (const row of left) roster.del(row.section, policyKey(row));
        expect(roster.digest()).toBe(emptyDigest);
      }),
    );
  });

  it('does not change where something is taken out that is not there', () => {
    const roster = rosterOf(rows);
    for (const section of ['card', 'robot', 'constructor']) roster.del(section, 'x');
    expect(digestText(roster.digest())).toBe(stateOf(rows));
  });
});

describe('a credential', () => {
  it('waits as long as its row says, and no longer than that row stands', () => {
    const roster = rosterOf(rows);
    const { phone, card } = people.mover;
    expect(roster.credential(phone.credential)?.waitsUntil).toBe(tuesdayTenMs);
    expect(roster.credential(people.staff.phone.credential)).not.toHaveProperty('waitsUntil');
    roster.put(phone.row(card));
    expect(roster.credential(phone.credential)).not.toHaveProperty('waitsUntil');
    const isMover = (row: PolicyRow) => 'id' in row && row.id === phone.credential;
    const without = rows.map((row) => (isMover(row) ? phone.row(card) : row));
    expect(digestText(roster.digest())).toBe(stateOf(without));
  });

  it('gives back the key that its row carried', () => {
    const roster = rosterOf(rows);
    for (const { phone, card } of [people.staff, people.phone]) {
      const held = roster.credential(phone.credential);
      const key = Buffer.from(held?.rawKey ?? []).toString('base64url');
      expect({ ...phone.row(card), key }).toEqual(phone.row(card));
      expect(held?.card).toBe(card);
    }
  });

  it('is unknown where its key is of another length than its algorithm says', () => {
    const roster = rosterOf(rows);
    expect(oddRows.map((row) => roster.credential(policyKey(row)))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes the place of one that is gone', () => {
    const roster = rosterOf(rows);
    const { phone: old } = people.phone;
    roster.del('credential', old.credential);
    expect(roster.credential(old.credential)).toBeUndefined();
    const row = people.stranger.phone.row(people.stranger.card);
    roster.put(row);
    const key = roster.credential(row.id)?.rawKey ?? [];
    expect(Buffer.from(key).toString('base64url')).toBe(row.key);
  });
});

describe('a UID', () => {
  it('is of one card, and of another when its row says so', () => {
    const roster = rosterOf(rows);
    expect(roster.uid(uid)).toBe(people.staff.card);
    expect(roster.uid('5A7F19C2')).toBe(people.stranger.card);
    roster.put({ section: 'uid', id: uid, card: people.visitor.card });
    expect(roster.uid(uid)).toBe(people.visitor.card);
    roster.del('uid', uid);
    expect(roster.uid(uid)).toBeUndefined();
  });
});

describe('a PIN', () => {
  it('has salt and hash as its row carried them, also after others came and went', () => {
    const roster = rosterOf(rows);
    roster.del('pin', '123456');
    expect(roster.pin('123456')).toBeUndefined();
    roster.put(pinRow('200000', { hash: `${'D'.repeat(42)}A` }));
    roster.put(pinRow('123456', { hash: `${'E'.repeat(42)}A` }));
    const held = ['123456', '200000'].map((number) => roster.pin(number));
    expect(held.map((pin) => pin?.salt.length)).toEqual([16, 16]);
    expect(held.map((pin) => Buffer.from(pin?.hash ?? []).toString('base64url'))).toEqual([
      `${'E'.repeat(42)}A`,
      `${'D'.repeat(42)}A`,
    ]);
  });

  it('is unknown where salt or hash are not what they should be', () => {
    const roster = rosterOf(rows);
    expect([roster.pin('123457'), roster.pin('123458')]).toEqual([undefined, undefined]);
  });
});

describe('schedules', () => {
  it('of a zone that nobody knows never run, and do not throw', () => {
    const roster = rosterOf(rows);
    expect(roster.runs('office', tuesdayTenMs)).toBe(true);
    roster.put({ section: 'site', campus: 'campus-01', site: 'main', zone: 'Moon/Tycho' });
    expect(roster.runs('office', tuesdayTenMs)).toBe(false);
  });

  it('follow the zone of the site', () => {
    const roster = rosterOf(rows);
    roster.put({ section: 'site', campus: 'campus-01', site: 'main', zone: 'UTC' });
    expect(roster.runs('office', tuesdayTenMs)).toBe(false);
    expect(roster.runs('no-such', tuesdayTenMs)).toBe(false);
  });
});
