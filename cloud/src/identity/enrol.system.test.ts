import type { EnrolChallengeView, EnrolledView, MeView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import { readFeed } from '../feed/feed.ts';
import { createTestPhone, useTestApi } from '../testing/test-api.ts';
import type { Browser, TestApi } from '../testing/test-api.ts';
import { challengeForMs } from './enrol.ts';

const openApi = useTestApi();

const challenge = async ({ ask }: Browser): Promise<string> =>
  ((await ask('POST', '/api/me/enrol/challenge', {})).body as EnrolChallengeView).nonce;

const code = (body: unknown): string =>
  (body as { error?: { code?: string } }).error?.code ?? 'none';

const revocationsOf = async ({ database }: TestApi): Promise<readonly unknown[]> =>
  (await database.query<{ what: unknown }>('select what from revocation order by n')).map(
    ({ what }) => what,
  );

const domainOf = async ({ database }: TestApi): Promise<readonly string[]> =>
  (await readFeed(database, 0, 1000)).flatMap(({ what }) =>
    what.kind === 'domain' ? [what.name] : [],
  );

describe('enrolling a phone', () => {
  for (const alg of ['ES256', 'EdDSA'] as const) {
    it(`takes a proof by ${alg} and stores the raw key`, async () => {
      const api = await openApi();
      const student = await api.signIn('Li Lei');
      const phone = createTestPhone(alg);
      const proof = phone.proof({ nonce: await challenge(student) });
      const { status, body } = await student.ask('POST', '/api/me/enrol', { proof });
      expect(status).toBe(200);
      const enrolled = body as EnrolledView;
      expect(enrolled).toMatchObject({ campus: 'east-lake' });
      expect(enrolled.credential).toMatch(/^[0-9a-f]{16}$/);
      const [row] = await api.database.query<{ key: Buffer; alg: string }>(
        'select alg, key from credential where id = $1',
        [enrolled.credential],
      );
      expect([row?.alg, row?.key.toString('base64url')]).toEqual([alg, phone.rawKey]);
      const me = (await student.ask('GET', '/api/me')).body as MeView;
      expect(me.credential).toMatchObject({ id: enrolled.credential, alg });
      expect(await revocationsOf(api)).toEqual([]);
      expect(await domainOf(api)).toEqual(['campus.seeded', 'credential.enrolled']);
    });
  }

  it('refuses every proof that does not hold, with one answer', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const phone = createTestPhone();
    const other = createTestPhone();
    const part = (value: unknown): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const zero = 'A'.repeat(86);
    const flat = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString('base64url');
    const rows: Readonly<Record<string, (nonce: string) => string>> = {
      'signed by another key': (nonce) => other.proof({ nonce, key: phone.rawKey }),
      'wrong typ': (nonce) => phone.proof({ nonce, header: { typ: 'gate+jws' } }),
      'no typ': (nonce) => phone.proof({ nonce, header: { typ: undefined } }),
      'typ in another case': (nonce) => phone.proof({ nonce, header: { typ: 'GATE-ENROL+JWS' } }),
      'no signature at all': (nonce) =>
        `${part({ alg: 'none', typ: 'gate-enrol+jws' })}.${part({ nonce, key: phone.rawKey })}.`,
      'the other algorithm': (nonce) => phone.proof({ nonce, header: { alg: 'EdDSA' } }),
      'HMAC with the public key': (nonce) => phone.proof({ nonce, header: { alg: 'HS256' } }),
      'a key of the sender in the header': (nonce) => phone.proof({ nonce, header: { jwk: {} } }),
      'an extension that we must know': (nonce) =>
        phone.proof({ nonce, header: { crit: ['b64'], b64: false } }),
      'another nonce': () => phone.proof({ nonce: 'f'.repeat(32) }),
      'no nonce': () => phone.proof({ nonce: '' }),
      'no point of the curve': (nonce) => phone.proof({ nonce, key: flat }),
      'a key of another length': (nonce) => phone.proof({ nonce, key: zero }),
      'a signature cut short': (nonce) => phone.proof({ nonce }).slice(0, -4),
      'padding at the end': (nonce) => `${phone.proof({ nonce })}==`,
      'four parts': (nonce) => `${phone.proof({ nonce })}.x`,
      'an empty text': () => '',
      'no JWS': () => 'hello',
    };
    for (const [name, make] of Object.entries(rows)) {
      const proof = make(await challenge(student));
      const { status, body } = await student.ask('POST', '/api/me/enrol', { proof });
      expect([status, code(body)], name).toEqual([400, 'CL_ENROL_PROOF']);
    }
    expect(await api.database.query('select 1 from credential')).toEqual([]);
  });

  it('takes a nonce once, also when the first proof with it failed', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const phone = createTestPhone();
    const nonce = await challenge(student);
    const enrol = (proof: string) => student.ask('POST', '/api/me/enrol', { proof });
    expect((await enrol(phone.proof({ nonce }))).status).toBe(200);
    expect(code((await enrol(phone.proof({ nonce }))).body)).toBe('CL_ENROL_PROOF');
    const next = await challenge(student);
    const other = createTestPhone();
    expect((await enrol(other.proof({ nonce: next, key: other.rawKey }))).status).toBe(200);
    expect(await revocationsOf(api)).toHaveLength(1);
  });

  it('gives two who race with one nonce one enrolment', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const nonce = await challenge(student);
    const answers = await Promise.all(
      [createTestPhone(), createTestPhone(), createTestPhone()].map((phone) =>
        student.ask('POST', '/api/me/enrol', { proof: phone.proof({ nonce }) }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
  });

  it('takes the nonce of this card and of these two minutes only', async () => {
    const api = await openApi();
    const lilei = await api.signIn('Li Lei');
    const sunli = await api.signIn('Sun Li');
    const foreign = createTestPhone().proof({ nonce: await challenge(sunli) });
    expect((await lilei.ask('POST', '/api/me/enrol', { proof: foreign })).status).toBe(400);
    const former = await challenge(lilei);
    const proof = createTestPhone().proof({ nonce: former });
    await challenge(lilei);
    expect((await lilei.ask('POST', '/api/me/enrol', { proof })).status).toBe(400);
    const late = createTestPhone().proof({ nonce: await challenge(lilei) });
    api.clock.skip(challengeForMs);
    expect((await lilei.ask('POST', '/api/me/enrol', { proof: late })).status).toBe(400);
  });

  it('ends the former phone: revoked for every gateway, told, audited', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const ids: string[] = [];
    for (const phone of [createTestPhone(), createTestPhone('EdDSA')]) {
      const proof = phone.proof({ nonce: await challenge(student) });
      const { body } = await student.ask('POST', '/api/me/enrol', { proof });
      ids.push((body as EnrolledView).credential);
    }
    expect(await revocationsOf(api)).toEqual([{ kind: 'credential.revoked', credential: ids[0] }]);
    const live = await api.database.query('select id from credential where revoked_at is null');
    expect(live).toEqual([{ id: ids[1] }]);
    expect((await domainOf(api)).slice(-2)).toEqual(['credential.revoked', 'credential.enrolled']);
    const audited = (await readAudit(api.database, 1, 50)).filter((r) => r.action === 'card.enrol');
    expect(audited.map(({ subject, detail }) => [subject, detail['former']])).toEqual([
      [ids[0], null],
      [ids[1], ids[0]],
    ]);
  });

  it('is refused for a card that is frozen or has ended', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const proof = createTestPhone().proof({ nonce: await challenge(student) });
    await student.ask('POST', '/api/me/freeze', {});
    expect(code((await student.ask('POST', '/api/me/enrol/challenge', {})).body)).toBe(
      'CL_CARD_FROZEN',
    );
    expect(code((await student.ask('POST', '/api/me/enrol', { proof })).body)).toBe(
      'CL_CARD_FROZEN',
    );
    await api.database.query(`update card set state = 'ended' where person = $1`, [
      student.session.person.id,
    ]);
    for (const path of ['enrol/challenge', 'freeze', 'unfreeze']) {
      const { body } = await student.ask('POST', `/api/me/${path}`, {});
      expect(code(body), path).toBe('CL_NOT_ALLOWED');
    }
  });
});

describe('freezing a card', () => {
  it('goes to every gateway once, however often it is asked for', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const card = ((await student.ask('GET', '/api/me')).body as MeView).card.id;
    const states: string[] = [];
    for (const what of ['unfreeze', 'freeze', 'freeze', 'unfreeze', 'unfreeze']) {
      const { body } = await student.ask('POST', `/api/me/${what}`, {});
      states.push((body as MeView).card.state);
    }
    expect(states).toEqual(['active', 'frozen', 'frozen', 'active', 'active']);
    expect(await revocationsOf(api)).toEqual([
      { kind: 'card.frozen', card },
      { kind: 'card.unfrozen', card },
    ]);
    const said = (await domainOf(api)).slice(1);
    expect(said).toEqual(['card.frozen', 'notice.made', 'card.unfrozen', 'notice.made']);
    const actions = (await readAudit(api.database, 2, 50)).map(({ action }) => action);
    expect(actions).toEqual(['card.freeze', 'card.unfreeze']);
  });

  it('shuts the doors on the phone, too', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const before = (await student.ask('GET', '/api/me')).body as MeView;
    const gate = ({ doors }: MeView) => doors.find(({ id }) => id === 'east-gate-1')?.open;
    expect(gate(before)).toBe(true);
    expect(gate((await student.ask('POST', '/api/me/freeze', {})).body as MeView)).toBe(false);
  });
});

/** What a gateway says that it holds. */
const report = async (
  { database, clock }: TestApi,
  gateway: string,
  held: { readonly version: number; readonly revocation: number },
): Promise<void> => {
  const text = JSON.stringify({
    keysSerial: 1,
    policyEpoch: 1,
    policyVersion: held.version,
    revocationEpoch: 1,
    revocation: held.revocation,
  });
  await database.query(
    `insert into gateway_status (gateway, session, online, version, beat, last_beat_at,
       clock_quality, held, waiting, journal_fill, report_n, doors, devices, conditions)
     values ($1, '0011223344556677', true, '0.1.0', 3, $2, 'trusted', $3, 0, 0, 1, '[]', '[]', '[]')
     on conflict (gateway) do update set held = excluded.held`,
    [gateway, new Date(clock.nowMs()), text],
  );
};

describe('the spread of a change', () => {
  it('counts gateways that hold the key and the newest revocation of this card', async () => {
    const api = await openApi();
    const student = await api.signIn('Li Lei');
    const spread = async () => {
      const { have, of, missing } = ((await student.ask('GET', '/api/me')).body as MeView).spread;
      return { have, of, missing: missing.map(({ id }) => id) };
    };
    const all = ['gw-lab', 'gw-library', 'gw-north'];
    expect(await spread()).toEqual({ have: 0, of: 3, missing: all });
    for (const gateway of ['gw-library', 'gw-lab', 'gw-north']) {
      await report(api, gateway, { version: 4, revocation: 0 });
      await api.database.query(`insert into policy_head values ($1, 1, 5, 'state')`, [gateway]);
    }
    // No phone, nothing revoked: nothing that they could lack.
    expect(await spread()).toEqual({ have: 3, of: 3, missing: [] });
    const proof = createTestPhone().proof({ nonce: await challenge(student) });
    const { credential } = (await student.ask('POST', '/api/me/enrol', { proof }))
      .body as EnrolledView;
    await report(api, 'gw-library', { version: 5, revocation: 0 });
    // Version 5 was made before the key came.
    expect(await spread()).toEqual({ have: 0, of: 3, missing: all });
    for (const gateway of ['gw-library', 'gw-lab', 'gw-north']) {
      await api.database.query(
        `insert into policy_row select $1, 'credential', id, jsonb_build_object('card', card)
         from credential where id = $2`,
        [gateway, credential],
      );
    }
    expect(await spread()).toEqual({ have: 1, of: 3, missing: ['gw-lab', 'gw-north'] });
    await student.ask('POST', '/api/me/freeze', {});
    expect(await spread()).toEqual({ have: 0, of: 3, missing: all });
    await report(api, 'gw-library', { version: 5, revocation: 1 });
    await report(api, 'gw-lab', { version: 5, revocation: 9 });
    expect(await spread()).toEqual({ have: 2, of: 3, missing: ['gw-north'] });
    const { spread: last } = (await student.ask('GET', '/api/me')).body as MeView;
    expect(last.missing).toEqual([
      { id: 'gw-north', name: { zh: '北区网关', en: 'North gateway' } },
    ]);
  });
});
