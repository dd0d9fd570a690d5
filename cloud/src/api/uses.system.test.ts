import { randomBytes } from 'node:crypto';
import { passText, toBase64Url, toHex } from '@gatehouse/protocols';
import type { DoubtsView, DoubtView, EvidenceView, NowView } from '@gatehouse/protocols';
import { compactVerify, importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { primitives } from '../adapters/crypto.ts';
import { readAudit, verifyChain } from '../audit/audit.ts';
import { readFeed } from '../feed/feed.ts';
import { ingestBatch } from '../ingest/ingest.ts';
import { eraseEvidence } from '../judgement/evidence.ts';
import { testBatch, testIngestPorts } from '../testing/batches.ts';
import { createPassPhone, createTestJudgement, useEvent } from '../testing/judgement-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();

const list = '/api/console/uses';
const epoch = '0a1b2c3d';
const doubtId = `gw-library.${epoch}.main.1`;
const firstId = `gw-lab.${epoch}.main.1`;
const dayMs = 86_400_000;

/** Li Lei's code at the lab, and once more at the library, which was cut off. */
const spendTwice = async (api: TestApi): Promise<{ readonly pass: Uint8Array }> => {
  const { database, clock } = api;
  const phone = createPassPhone(toHex(randomBytes(8)), 'ES256');
  const person = await api.personNamed('Li Lei');
  await database.query(
    `insert into credential (id, card, alg, key, enrolled_at)
     select $1, id, 'ES256', $2, $4 from card where person = $3`,
    [phone.credential, phone.rawKey, person, new Date(0)],
  );
  const at = clock.nowMs() - 30_000;
  const pass = phone.pass(7, at - 2_000, 'east-lake');
  const doors = { 'gw-lab': 'lab-3-201', 'gw-library': 'library-main-1' } as const;
  const ports = { ...testIngestPorts(database), nowMs: clock.nowMs };
  const { judge } = createTestJudgement(database, clock.nowMs);
  for (const gateway of ['gw-lab', 'gw-library'] as const) {
    const event = useEvent(1, {
      ...{ gateway: 'lab-gw', phone, counter: 7, pass },
      change: { at, door: doors[gateway] },
      data: { audience: 'east-lake' },
    });
    const batch = testBatch([event], { gateway, epoch });
    expect((await ingestBatch(ports, gateway, batch)).outcome).toBe('inserted');
  }
  await judge();
  return { pass };
};

const audited = async ({ database }: TestApi, action: string) =>
  (await readAudit(database, 1, 100)).filter((row) => row.action === action);

describe('a code that was used twice', () => {
  it('is a case with both uses, and an alarm until somebody closes it', async () => {
    const api = await openApi();
    await spendTwice(api);
    const guard = await api.signIn('Wang Fang');
    const facility = await api.signIn('Zhao Qiang');
    const teacher = await api.signIn('Chen Jing');
    const { doubts } = (await guard.ask('GET', list)).body as DoubtsView;
    expect(doubts).toMatchObject([
      {
        verdict: 'double_spent',
        why: null,
        counter: 7,
        person: { name: { en: 'Li Lei' } },
        card: { state: 'active' },
        closed: null,
        use: { id: doubtId, basis: 'island', provisional: true, evidence: 'kept' },
        first: { id: firstId, door: { id: 'lab-3-201' }, gateway: { id: 'gw-lab' } },
      },
    ]);
    expect(doubts[0]?.keyRevokedAt).not.toBeNull();
    const alarms = async (browser = guard) =>
      ((await browser.ask('GET', '/api/console/now')).body as NowView).conditions;
    expect(await alarms()).toMatchObject([
      {
        id: 'gw-library/use_double_spent/library-main-1',
        severity: 'alarm',
        door: 'library-main-1',
        detail: '1',
      },
    ]);
    expect(await alarms(teacher)).toEqual([]);

    const note = 'A friend had a picture of it\0';
    const closed = await facility.ask('POST', `${list}/${doubtId}/close`, { note });
    expect(closed).toMatchObject({
      status: 200,
      body: { closed: { note: 'A friend had a picture of it\ufffd' } },
    });
    // Once closed it stays as it was closed.
    await facility.ask('POST', `${list}/${doubtId}/close`, { note: 'again' });
    expect(await audited(api, 'use.close')).toMatchObject([
      { actor: facility.session.person.id, subject: doubtId },
    ]);
    expect(await alarms()).toEqual([]);
    expect((await guard.ask('GET', list)).body).toEqual({ doubts: [], more: false });
    const { doubts: old } = (await guard.ask('GET', `${list}?state=closed`)).body as DoubtsView;
    expect(old).toHaveLength(1);
  });

  it('has no card frozen but by a person, who is named', async () => {
    const api = await openApi();
    await spendTwice(api);
    const admin = await api.signIn('Liu Yang');
    const url = `${list}/${doubtId}/freeze`;
    expect((await admin.ask('POST', url, { note: '' })).status).toBe(400);
    expect(await api.database.query(`select from card where state <> 'active'`)).toEqual([]);
    const frozen = await admin.ask('POST', url, { note: 'he does not answer' });
    const { card, person } = frozen.body as DoubtView;
    expect([frozen.status, card?.state]).toEqual([200, 'frozen']);
    await admin.ask('POST', url, { note: 'twice' });
    expect(await audited(api, 'card.freeze')).toMatchObject([
      {
        actor: admin.session.person.id,
        subject: card?.id,
        detail: { way: 'doubt', use: doubtId, reason: 'he does not answer' },
      },
    ]);
    const feed = (await readFeed(api.database, 0, 100)).map(({ what }) => what);
    expect(feed).toContainEqual(
      expect.objectContaining({
        name: 'card.frozen',
        data: { card: card?.id, person: person?.id },
      }),
    );
    const kinds = await api.database.query(`select what ->> 'kind' as kind from revocation`);
    expect(kinds.map(({ kind }) => kind)).toEqual(['credential.revoked', 'card.frozen']);
    const chain = await readAudit(api.database, 1, 100);
    expect(verifyChain(chain, primitives.sha256)).toBeUndefined();
  });

  it('cannot be acted on where it is none', async () => {
    const api = await openApi();
    await spendTwice(api);
    const admin = await api.signIn('Liu Yang');
    for (const use of [firstId, doubtId.replace('.1', '.2'), 'x', `${doubtId}.1`]) {
      const { status } = await admin.ask('POST', `${list}/${use}/close`, { note: 'x' });
      expect([400, 404], use).toContain(status);
    }
  });
});

describe('evidence', () => {
  it('is read by an administrator alone, verifies anywhere, and each look is audited', async () => {
    const api = await openApi();
    const { pass } = await spendTwice(api);
    const admin = await api.signIn('Liu Yang');
    for (const use of [doubtId, firstId]) {
      const answer = await admin.ask('GET', `${list}/${use}/evidence`);
      const { jws, key } = answer.body as EvidenceView;
      const { payload, protectedHeader } = await compactVerify(jws, await importJWK(key ?? {}));
      expect(Buffer.from(payload)).toEqual(Buffer.from(pass.slice(0, 17)));
      expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'gate+jws', aud: 'east-lake' });
    }
    expect(await audited(api, 'evidence.read')).toMatchObject([
      { actor: admin.session.person.id, subject: doubtId },
      { subject: firstId },
    ]);
  });

  it('goes after 30 days, and the case says so', async () => {
    const api = await openApi();
    await spendTwice(api);
    const { database, clock } = api;
    const admin = await api.signIn('Liu Yang');
    const erase = () => eraseEvidence(database, clock.nowMs());
    clock.skip(29 * dayMs);
    expect(await erase()).toBe(0);
    clock.skip(1.01 * dayMs);
    expect(await erase()).toBe(2);
    expect(await database.query('select from evidence')).toEqual([]);
    // A session does not last a month.
    const later = await api.signIn('Liu Yang');
    expect((await admin.ask('GET', list)).status).toBe(401);
    const { doubts } = (await later.ask('GET', list)).body as DoubtsView;
    expect(doubts).toMatchObject([{ use: { evidence: 'erased' }, first: { evidence: 'erased' } }]);
    expect((await later.ask('GET', `${list}/${doubtId}/evidence`)).status).toBe(404);
  });

  it('goes batch by batch, however much there is', async () => {
    const { database } = await openApi();
    await database.query(
      `insert into evidence (gateway, epoch, stream, seq, at, received_at, pass)
       select 'gw-lab', '0a1b2c3d', 'main', n, $1, $1, '\\x00' from generate_series(1, 12001) n`,
      [new Date(0)],
    );
    expect(await eraseEvidence(database, 31 * dayMs)).toBe(12_001);
  });

  it('is in no other answer, event of the feed, or audit row', async () => {
    const api = await openApi();
    const { pass } = await spendTwice(api);
    const signature = pass.slice(17);
    const forms = [pass, signature].flatMap((bytes) => [
      toBase64Url(bytes),
      toHex(bytes),
      Buffer.from(bytes).toString('base64'),
      passText(bytes),
      JSON.stringify([...bytes]).slice(1, -1),
    ]);
    const admin = await api.signIn('Liu Yang');
    const student = await api.signIn('Li Lei');
    await admin.ask('GET', `${list}/${doubtId}/evidence`);
    const reads = api.routes
      .filter((route) => route.startsWith('GET /api/'))
      .map((route) => route.slice(4))
      .filter((url) => !/stream|live|evidence$/.test(url))
      .map((url) =>
        url
          .replace(':door', 'library-main-1')
          .replace(':device', 'library-main-1-in')
          .replace(':profile', 'test-locker')
          .replace(':id', doubtId),
      );
    expect(reads.length).toBeGreaterThan(10);
    const answers: unknown[] = [
      await readFeed(api.database, 0, 1_000),
      await readAudit(api.database, 1, 1_000),
      await admin.ask('GET', `${list}?state=closed`),
      await api.database.query('select * from use'),
      await api.database.query('select * from event'),
    ];
    for (const url of reads) {
      answers.push(await admin.ask('GET', url), await student.ask('GET', url));
    }
    const said = JSON.stringify(answers);
    expect(said).toContain(doubtId);
    expect(forms.filter((form) => said.includes(form))).toEqual([]);
  });
});
