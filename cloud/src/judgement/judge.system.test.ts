import { toHex } from '@gatehouse/protocols';
import type { WireEvent } from '@gatehouse/protocols';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { runConsumer } from '../feed/consumer.ts';
import { readFeed } from '../feed/feed.ts';
import { createSystemClock } from '../adapters/clock.ts';
import { testNowMs } from '../testing/batches.ts';
import {
  createPassPhone,
  gateways,
  openJudgementWorld,
  testUseId,
  useEvent,
} from '../testing/judgement-world.ts';
import type { JudgementWorld, PassPhone, TestGateway } from '../testing/judgement-world.ts';
import { lilei, lileiCard } from '../testing/places.ts';
import { silentLog, useTestDatabases } from '../testing/test-database.ts';
import { judgementConsumer } from './judge.ts';

const createTestDatabase = useTestDatabases();
const soon = { timeout: 20_000, interval: 20 };

const openWorld = async (): Promise<JudgementWorld & { readonly phone: PassPhone }> => {
  const world = await openJudgementWorld((await createTestDatabase()).database);
  const phone = createPassPhone('00000000000000a1', 'ES256');
  await world.enrol(phone);
  return { ...world, phone };
};

const happened = async ({ database }: JudgementWorld): Promise<readonly string[]> =>
  (await readFeed(database, 0, 1_000)).flatMap(({ what }) =>
    what.kind === 'domain' ? [`${what.name} ${what.subject}`] : [],
  );

describe('one pass at two gateways that are cut off from each other', () => {
  it.each([
    ['library-gw', 'lab-gw'],
    ['lab-gw', 'library-gw'],
  ] as const)('%s is heard first', async (first, second) => {
    const world = await openWorld();
    const { phone, database } = world;
    const pass = phone.pass(7, testNowMs - 65_000);
    const eventAt = (gateway: TestGateway) => useEvent(1, { gateway, phone, counter: 7, pass });
    await world.ingest(first, [eventAt(first)]);
    await world.judge();
    await world.ingest(second, [eventAt(second)]);
    await world.judge();
    const id = testUseId(first, 1);
    const [stands, doubt] =
      [await world.verdicts()].map((rows) => [
        rows.find((row) => row.id === `${first}.1`),
        rows.find((row) => row.id === `${second}.1`),
      ])[0] ?? [];
    expect(stands).toMatchObject({ verdict: 'confirmed', first: null });
    expect(doubt).toMatchObject({ verdict: 'double_spent', first: id });
    expect(await world.verdicts()).toHaveLength(2);
    expect(await happened(world)).toEqual([
      `credential.revoked ${phone.credential}`,
      `notice.made ${lilei}`,
      `use.double_spent ${testUseId(second, 1)}`,
    ]);
    expect(await database.query('select what from revocation')).toEqual([
      { what: { kind: 'credential.revoked', credential: phone.credential } },
    ]);
    expect(await database.query('select revoked_at, state from credential, card')).toEqual([
      { revoked_at: new Date(testNowMs), state: 'active' },
    ]);
    expect(await readAudit(database, 1, 9)).toMatchObject([
      { actor: 'judgement', action: 'credential.revoke', subject: phone.credential },
    ]);
    const [told] = (await readFeed(database, 0, 99)).slice(-1);
    expect(told?.what).toMatchObject({
      data: { gateway: second, card: lileiCard, person: lilei, counter: 7, first: id },
    });
  });

  it('a third use tells once more, and revokes nothing twice', async () => {
    const world = await openWorld();
    const { phone } = world;
    const pass = phone.pass(7, testNowMs - 65_000);
    const at = (gateway: TestGateway, seq: number) =>
      useEvent(seq, { gateway, phone, counter: 7, pass });
    await world.ingest('library-gw', [at('library-gw', 1)]);
    await world.ingest('lab-gw', [at('lab-gw', 1), at('lab-gw', 2)]);
    await world.judge();
    expect((await world.verdicts()).map(({ verdict }) => verdict).toSorted()).toEqual([
      'confirmed',
      'double_spent',
      'double_spent',
    ]);
    expect(await world.database.query('select n from revocation')).toHaveLength(1);
  });
});

const late = testNowMs - 30_000;

describe('the verdict', () => {
  type Row = readonly [
    name: string,
    event: (phone: PassPhone) => WireEvent,
    verdict: string | undefined,
    why?: string,
  ];
  const gateway = 'library-gw';
  const signedByOther = (phone: PassPhone, counter: number) =>
    createPassPhone(phone.credential, 'ES256').pass(counter, testNowMs - 65_000);
  const rows: readonly Row[] = [
    ['of a use', (phone) => useEvent(1, { gateway, phone, counter: 1 }), 'confirmed'],
    [
      'of a use under duress',
      (phone) => {
        const audience = 'campus-01/duress';
        const pass = phone.pass(1, testNowMs - 65_000, audience);
        return useEvent(1, { gateway, phone, counter: 1, pass, data: { audience } });
      },
      'confirmed',
    ],
    [
      'without evidence',
      (phone) => useEvent(1, { gateway, phone, counter: 1, pass: null }),
      'not_proven',
      'no_evidence',
    ],
    [
      'of a key that nobody enrolled',
      () => useEvent(1, { gateway, phone: createPassPhone('00000000000000b2'), counter: 1 }),
      'not_proven',
      'unknown_credential',
    ],
    [
      'of another key',
      (phone) => useEvent(1, { gateway, phone, counter: 1, pass: signedByOther(phone, 1) }),
      'not_proven',
      'bad_signature',
    ],
    [
      'of a pass with another counter',
      (phone) =>
        useEvent(1, { gateway, phone, counter: 2, pass: phone.pass(1, testNowMs - 65_000) }),
      'not_proven',
      'other_pass',
    ],
    [
      'of a pass to pay with',
      (phone) => {
        const audience = 'campus-01/pay';
        const pass = phone.pass(1, testNowMs - 65_000, audience);
        return useEvent(1, { gateway, phone, counter: 1, pass, data: { audience } });
      },
      'not_proven',
      'bad_signature',
    ],
    [
      'of a pass for another door',
      (phone) => {
        const audience = 'campus-01/door/lab-301';
        const pass = phone.pass(1, testNowMs - 65_000, audience);
        return useEvent(1, { gateway, phone, counter: 1, pass, data: { audience } });
      },
      'not_proven',
      'bad_signature',
    ],
    [
      'of a pass of yesterday',
      (phone) =>
        useEvent(1, { gateway, phone, counter: 1, pass: phone.pass(1, testNowMs - 86_400_000) }),
      'not_proven',
      'other_time',
    ],
    [
      'of bytes that are no pass',
      (phone) => useEvent(1, { gateway, phone, counter: 1, pass: new Uint8Array(81) }),
      'not_proven',
      'not_a_pass',
    ],
    [
      'of a key of another algorithm',
      (phone) =>
        useEvent(1, {
          ...{ gateway, phone, counter: 1 },
          pass: createPassPhone(phone.credential, 'EdDSA').pass(1, testNowMs - 65_000),
        }),
      'not_proven',
      'wrong_algorithm',
    ],
    [
      'of an exit that only let out',
      (phone) => useEvent(1, { gateway, phone, counter: 1, data: { reason: 'exit_used' } }),
      undefined,
    ],
    [
      'of a refusal',
      (phone) =>
        useEvent(1, {
          ...{ gateway, phone, counter: 1, data: { reason: 'used' } },
          change: { kind: 'access.denied' },
        }),
      undefined,
    ],
    [
      'of a refusal of a copied key',
      (phone) =>
        useEvent(1, {
          ...{ gateway, phone, counter: 1, data: { reason: 'cloned' } },
          change: { kind: 'access.denied' },
        }),
      'cloned',
    ],
    [
      'of such a refusal that proves nothing',
      (phone) =>
        useEvent(1, {
          ...{ gateway, phone, counter: 1, data: { reason: 'cloned' }, pass: null },
          change: { kind: 'access.denied' },
        }),
      undefined,
    ],
  ];

  for (const [name, event, verdict, why = null] of rows) {
    it(name, async () => {
      const world = await openWorld();
      await world.ingest(gateway, [event(world.phone)]);
      await world.judge();
      const expected = verdict === undefined ? [] : [{ verdict, why }];
      const found = await world.verdicts();
      expect(found.map((row) => ({ verdict: row.verdict, why: row.why }))).toEqual(expected);
    });
  }

  it('of one counter with other bytes is a copied key', async () => {
    const world = await openWorld();
    const { phone } = world;
    await world.ingest('library-gw', [useEvent(1, { gateway, phone, counter: 3 })]);
    const pass = phone.pass(3, testNowMs - 80_000);
    await world.ingest('lab-gw', [useEvent(1, { gateway: 'lab-gw', phone, counter: 3, pass })]);
    await world.judge();
    expect((await world.verdicts()).map(({ verdict }) => verdict).toSorted()).toEqual([
      'cloned',
      'confirmed',
    ]);
    expect(await happened(world)).toContain(`credential.revoked ${phone.credential}`);
  });

  it('of the twin (r, n-s) is the same pass again', async () => {
    const world = await openWorld();
    const { phone } = world;
    const pass = phone.pass(3, testNowMs - 65_000);
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const s = order - BigInt(`0x${toHex(pass.slice(49))}`);
    const twin = Buffer.concat([
      pass.slice(0, 49),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    ]);
    await world.ingest('library-gw', [useEvent(1, { gateway, phone, counter: 3, pass })]);
    await world.ingest('lab-gw', [
      useEvent(1, { gateway: 'lab-gw', phone, counter: 3, pass: twin }),
    ]);
    await world.judge();
    expect((await world.verdicts()).map(({ verdict }) => verdict).toSorted()).toEqual([
      'confirmed',
      'double_spent',
    ]);
  });
});

describe('a use after the end of its right', () => {
  it.each([
    ['of a revoked key', 'late_revoked', late - 1_000],
    ['before that', 'confirmed', late + 1_000],
  ] as const)('%s is %s', async (_, verdict, revokedMs) => {
    const world = await openWorld();
    const { phone, database } = world;
    await database.query('update credential set revoked_at = $1', [new Date(revokedMs)]);
    const event = useEvent(1, { gateway: 'lab-gw', phone, counter: 1, change: { at: late } });
    await world.ingest('lab-gw', [event]);
    await world.judge();
    expect(await world.verdicts()).toMatchObject([{ verdict }]);
  });

  it('of a frozen card, until it is unfrozen', async () => {
    const world = await openWorld();
    const { phone, database } = world;
    await world.revoke({ kind: 'card.frozen', card: lileiCard });
    await world.revoke({ kind: 'card.unfrozen', card: lileiCard });
    const times = [late - 10_000, late + 10_000];
    for (const [i, at] of times.entries()) {
      await database.query('update revocation set at = $2 where n = $1', [i + 1, new Date(at)]);
    }
    const uses = [late - 20_000, late, late + 20_000].map((at, i) =>
      useEvent(i + 1, { gateway: 'lab-gw', phone, counter: i, change: { at } }),
    );
    await world.ingest('lab-gw', uses);
    await world.judge();
    expect((await world.verdicts()).map(({ verdict }) => verdict)).toEqual([
      'confirmed',
      'late_revoked',
      'confirmed',
    ]);
  });
});

describe('the consumer', () => {
  const follow = (world: JudgementWorld) =>
    runConsumer({
      name: judgementConsumer,
      handle: world.handle,
      database: world.database,
      clock: createSystemClock(),
      log: silentLog,
      onPoison: () => undefined,
    });

  it('goes on where it was stopped, and judges nothing twice', async () => {
    const world = await openWorld();
    const { phone, database } = world;
    const pairs = Array.from({ length: 30 }, (_, i) => i);
    for (const gateway of gateways) {
      for (const counter of pairs) {
        const pass = phone.pass(counter, testNowMs - 65_000);
        await world.ingest(gateway, [useEvent(counter + 1, { gateway, phone, counter, pass })]);
      }
    }
    const judged = async (): Promise<number> => (await world.verdicts()).length;
    for (let stops = 0; stops < 4; stops += 1) {
      const before = await judged();
      const consumer = follow(world);
      await vi.waitFor(async () => {
        const now = await judged();
        expect(now > before || now === 60).toBe(true);
      }, soon);
      await consumer.stop();
    }
    const consumer = follow(world);
    await vi.waitFor(async () => expect(await judged()).toBe(60), soon);
    await consumer.stop();
    // A cursor that was lost: everything is looked at again, to the same end.
    const first = await world.verdicts();
    const said = await happened(world);
    await database.query('update consumer set pos = 0');
    const again = follow(world);
    await vi.waitFor(async () => {
      const [row] = await database.query<{ done: boolean }>(
        'select pos = (select max(pos) from feed) as done from consumer',
      );
      expect(row?.done).toBe(true);
    }, soon);
    await again.stop();
    expect(await world.verdicts()).toEqual(first);
    expect(await happened(world)).toEqual(said);
    expect(first.filter(({ verdict }) => verdict === 'confirmed')).toHaveLength(30);
    expect(first.filter(({ verdict }) => verdict === 'double_spent')).toHaveLength(30);
  });

  it('sets aside a batch that it can never judge, and goes on', async () => {
    const world = await openWorld();
    const { phone, database } = world;
    await world.ingest('lab-gw', [useEvent(1, { gateway: 'lab-gw', phone, counter: 1 })]);
    await world.ingest('lab-gw', [useEvent(2, { gateway: 'lab-gw', phone, counter: 2 })]);
    // One that this table refuses, whatever is tried.
    await database.query('alter table use add constraint odd check (counter <> 1)');
    const consumer = follow(world);
    await vi.waitFor(
      async () => {
        expect(await database.query('select pos from consumer_quarantine')).toEqual([{ pos: 1 }]);
        expect(await world.verdicts()).toMatchObject([{ id: 'lab-gw.2', verdict: 'confirmed' }]);
      },
      { timeout: 60_000, interval: 50 },
    );
    await consumer.stop();
  }, 90_000);
});

describe('whatever order batches come in', () => {
  type Plan = {
    /** For each gateway: which counter of which phone each of its decisions used. */
    readonly uses: readonly (readonly (readonly [phone: number, counter: number])[])[];
    /** How many events the batches of each gateway have, cut off at its journal's end. */
    readonly cuts: readonly (readonly number[])[];
    /** Which gateway's next batch is ingested next. */
    readonly turns: readonly boolean[];
    /** After which batches everything of that gateway is sent again. */
    readonly repeats: readonly boolean[];
    readonly judgedAfter: readonly boolean[];
  };
  const side = fc.array(fc.tuple(fc.nat(1), fc.nat(2)), { minLength: 1, maxLength: 6 });
  const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 6, maxLength: 6 });
  const flags = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  const plans: fc.Arbitrary<Plan> = fc.record({
    uses: fc.tuple(side, side),
    cuts: fc.tuple(sizes, sizes),
    turns: flags,
    repeats: flags,
    judgedAfter: flags,
  });

  const run = async (world: JudgementWorld, plan: Plan): Promise<void> => {
    const phones = [0, 1].map(() => createPassPhone(toHex(randomBytes(8))));
    for (const phone of phones) await world.enrol(phone);
    const epoch = toHex(randomBytes(4));
    const passes = new Map<string, Uint8Array>();
    const eventsOf = (gateway: TestGateway, at: number): readonly WireEvent[] =>
      (plan.uses[at] ?? []).map(([n, counter], i) => {
        const phone = phones[n] ?? createPassPhone('0'.repeat(16));
        const key = `${n}/${counter}`;
        const pass = passes.get(key) ?? phone.pass(counter, testNowMs - 65_000);
        passes.set(key, pass);
        return useEvent(i + 1, { gateway, phone, counter, pass });
      });
    const waiting = gateways.map((gateway, at) => {
      const events = [...eventsOf(gateway, at)];
      const batches: WireEvent[][] = [];
      for (const size of plan.cuts[at] ?? []) batches.push(events.splice(0, size));
      return { gateway, sent: [] as WireEvent[], batches: batches.filter((b) => b.length > 0) };
    });
    const total = plan.uses.flat().length;
    for (let turn = 0; waiting.some(({ batches }) => batches.length > 0); turn += 1) {
      const wanted = waiting[plan.turns[turn % 12] === true ? 0 : 1];
      const from =
        wanted?.batches.length === 0 ? waiting.find((w) => w.batches.length > 0) : wanted;
      if (from === undefined) break;
      from.sent.push(...(from.batches.shift() ?? []));
      const repeats = plan.repeats[turn % 12] === true;
      await world.ingest(from.gateway, from.sent, epoch);
      if (repeats) await world.ingest(from.gateway, from.sent, epoch);
      if (plan.judgedAfter[turn % 12] === true) await world.judge();
    }
    await world.judge();
    const rows = await world.database.query<{
      credential: string;
      counter: number;
      verdict: string;
      first: string | null;
      id: string;
    }>(
      `select credential, counter, verdict, first,
         gateway || '.' || epoch || '.' || stream || '.' || seq as id from use where epoch = $1`,
      [epoch],
    );
    expect(rows).toHaveLength(total);
    for (const uses of Map.groupBy(rows, (r) => `${r.credential}/${r.counter}`).values()) {
      const confirmed = uses.filter(({ verdict }) => verdict === 'confirmed');
      expect(confirmed).toHaveLength(1);
      const others = uses.filter(({ verdict }) => verdict !== 'confirmed');
      expect(others.map(({ verdict, first }) => [verdict, first])).toEqual(
        others.map(() => ['double_spent', confirmed[0]?.id]),
      );
    }
  };

  it('one use of a counter is confirmed, and every other is double_spent', async () => {
    const world = await openJudgementWorld((await createTestDatabase()).database);
    await fc.assert(
      fc.asyncProperty(plans, (plan) => run(world, plan)),
      { numRuns: 30 },
    );
  }, 120_000);
});
