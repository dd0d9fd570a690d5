import { createHmac, scryptSync } from 'node:crypto';
import { fromBase64Url, pinScrypt } from '@gatehouse/protocols';
import type { PolicyRow, PolicyRowOf } from '@gatehouse/protocols';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRevocations } from '../access/revocations.ts';
import { pinHash } from '../adapters/pin-hash.ts';
import { appendAudit } from '../audit/audit.ts';
import { recordBirth } from '../fleet/status.ts';
import type { AppendAudit, Session } from '../identity/identity.ts';
import { followPolicies } from '../policy/follower.ts';
import { createTestClock, sha256, testBirth, testRandom, useTestTrust } from '../testing/link.ts';
import { dayMs, toNoonMs } from '../testing/people-world.ts';
import { lilei, wangfang } from '../testing/places.ts';
import { createPolicyBox } from '../testing/policy-box.ts';
import { bring, gateway, openPolicyWorld } from '../testing/policy-world.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { addPerson } from './add-person.ts';
import { setPin } from './card-pin.ts';
import { addUid, endUid } from './card-uids.ts';
import { endCard } from './end-card.ts';
import { changeGroups } from './issue-card.ts';
import { personPage } from './person-page.ts';

const createTestDatabase = useTestDatabases();
const trust = useTestTrust();

const soon = { timeout: 30_000, interval: 20 };
const wristband = '040CAC12ED4C81';
const day = (atMs: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(atMs);

const audit: AppendAudit = (tx, entry) => appendAudit(tx, entry, sha256);

const name = { zh: '', en: '' };
const clerk: Session = {
  person: { id: wangfang, name, affiliation: 'staff', unit: name },
  role: 'clerk',
  doors: new Set(),
  tokenSha256: '',
};

/** The library, its policies followed as in the service, and one visitor with a card. */
const setUp = async () => {
  const trusted = trust();
  const world = await openPolicyWorld(await createTestDatabase(), trusted);
  const { db, publisher } = world;
  const clock = createTestClock();
  clock.skip(toNoonMs);
  await db.transaction((tx) => {
    const birth = { ...testBirth('0011223344556677'), sections: ['uid', 'pin'] };
    return recordBirth(tx, gateway, birth, clock.nowMs());
  });
  const options = { database: db, publisher, clock, log: silentLog };
  onTestFinished(followPolicies(options).stop);
  const ports = {
    ...{ database: db, clock, random: testRandom, pinHash },
    revoke: createRevocations({ signer: trusted.signer, clock }).revoke,
    appendAudit: audit,
  };
  const today = day(clock.nowMs());
  const person = await addPerson(ports, clerk, {
    name: { zh: '高师傅', en: 'Gao Jun' },
    affiliation: {
      ...{ kind: 'visitor', unit: { zh: '电梯', en: 'Lifts' }, from: today, to: today },
      ...{ sponsor: lilei, card: { number: null, groups: ['students'] } },
    },
  });
  const page = () => personPage(db, person, clock.nowMs());
  const card = (await page()).affiliations[0]?.cards[0]?.card ?? '';
  const box = createPolicyBox();
  const rowsOf = <S extends PolicyRow['section']>(section: S): readonly PolicyRowOf<S>[] =>
    // What passes the filter is of that section.
    ([...box.rows().values()].filter((row) => row.section === section) as PolicyRowOf<S>[]).filter(
      (row) => ('card' in row ? row.card : 'id' in row && row.id) === card,
    );
  /** What the gateway has of the card, once it is what is wanted. */
  const wait = (wanted: readonly [cards: number, uids: number, pins: number]) =>
    vi.waitFor(async () => {
      await bring(world, box);
      const held = [rowsOf('card').length, rowsOf('uid').length, rowsOf('pin').length];
      expect(held).toEqual(wanted);
    }, soon);
  return { db, clock, ports, card, page, box, rowsOf, wait };
};

describe('what a clerk changes', () => {
  it('reaches the policy of the doors, and leaves it', async () => {
    const { ports, card, page, box, rowsOf, wait } = await setUp();
    await wait([1, 0, 0]);
    await addUid(ports, clerk, { card, uid: wristband, kind: 'wristband' });
    await wait([1, 1, 0]);
    const { pin } = await setPin(ports, clerk, { card, pin: null });
    await wait([1, 1, 1]);
    // What the keypad's gateway computes from what is typed.
    const [row] = rowsOf('pin');
    const site = [...box.rows().values()].find(({ section }) => section === 'site');
    const pepper = site?.section === 'site' ? (site.pinPepper ?? '') : '';
    const bytes = (text: string) => fromBase64Url(text) ?? new Uint8Array();
    const hash = scryptSync(pin ?? '', bytes(row?.salt ?? ''), pinScrypt.bytes);
    const typed = createHmac('sha256', bytes(pepper)).update(hash).digest('base64url');
    expect(row?.hash).toBe(typed);
    const held = (await page()).affiliations[0]?.cards[0]?.uids[0]?.id ?? '';
    await endUid(ports, clerk, { card, id: held });
    await wait([1, 0, 1]);
    await changeGroups(ports, clerk, { card, groups: [] });
    await wait([0, 0, 0]);
    await changeGroups(ports, clerk, { card, groups: ['students'] });
    await wait([1, 0, 1]);
    await endCard(ports, clerk, { card, reason: 'the visit is over' });
    await wait([0, 0, 0]);
  });

  it('gives a visitor a card that ends by itself: the gateway knows the moment', async () => {
    const { clock, rowsOf, wait } = await setUp();
    await wait([1, 0, 0]);
    const [row] = rowsOf('card');
    const validTo = row?.validTo ?? NaN;
    // The first moment of tomorrow at the school; from then on `decide` answers `ended`.
    expect(new Date(validTo).toISOString()).toMatch(/T16:00:00\.000Z$/);
    expect(validTo).toBeGreaterThan(clock.nowMs());
    expect(validTo - clock.nowMs()).toBeLessThanOrEqual(dayMs);
  });
});
