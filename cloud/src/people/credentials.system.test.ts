import { scryptSync } from 'node:crypto';
import { pinScrypt } from '@gatehouse/protocols';
import type { CardPageView, PinLetterView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit } from '../audit/audit.ts';
import {
  audited,
  cardOf,
  codeOf,
  day,
  dayMs,
  gao,
  job,
  openPeopleWorld,
  pageIn,
  revocations,
  said,
  told,
  withCard,
} from '../testing/people-world.ts';
import type { Answer } from '../testing/people-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const openApi = useTestApi();
const setUp = () => openPeopleWorld(openApi);

const wristband = '04AABBCCDDEE01';

describe('ending', () => {
  it('a card ends all that opens doors, tells gateways and holder, and is for good', async () => {
    const world = await setUp();
    const { api, post, clerk } = world;
    const { person, card } = await withCard(world);
    const { card: id } = card;
    await post(`cards/${id}/uids`, { uid: wristband, kind: 'wristband' });
    await post(`cards/${id}/pin`, { pin: null });
    const at = new Date(api.clock.nowMs());
    await api.database.query(
      `insert into credential (id, card, alg, key, enrolled_at)
       values ('00112233445566ff', $1, 'EdDSA', '\\x00', $2)`,
      [id, at],
    );
    await api.database.query(
      `insert into desk_booking (id, desk, card, at, why, state, made_at)
       select $1, d.id, $1, $2, 'lost', 'open', $2 from desk d limit 1`,
      [id, at],
    );
    const page = pageIn(await post(`cards/${id}/end`, { reason: 'visit cut short' }));
    expect(cardOf(page)).toMatchObject({
      ...{ state: 'ended', phone: null, uids: [], pin: null },
    });
    expect(Date.parse(cardOf(page).validTo) - at.getTime()).toBeLessThan(dayMs);
    expect(await revocations(api)).toEqual([
      { kind: 'card.frozen', card: id },
      { kind: 'credential.revoked', credential: '00112233445566ff' },
      { kind: 'uid.revoked', uid: wristband, card: id },
    ]);
    expect(
      await api.database.query('select state from desk_booking where card = $1', [id]),
    ).toEqual([{ state: 'cancelled' }]);
    expect((await said(api)).slice(-2)).toEqual(['credential.revoked', 'card.ended']);
    expect(await told(api, person)).toContain('card.ended');
    expect((await audited(api, clerk)).at(-1)).toBe('card.end');
    expect(codeOf(await post(`cards/${id}/end`, { reason: 'again' }))).toBe('CL_CARD_ENDED');
    const after = await Promise.all([
      post(`cards/${id}/uids`, { uid: '04AABBCCDDEE02', kind: 'tag' }),
      post(`cards/${id}/pin`, { pin: null }),
      clerk.ask('POST', `/api/console/cards/${id}/unfreeze`, {}),
    ]);
    expect(after.map(codeOf)).toEqual(['CL_CARD_ENDED', 'CL_CARD_ENDED', 'CL_CARD_ENDED']);
    const history = (await clerk.ask('GET', `/api/console/cards/${id}`)).body;
    const [newest] = (history as CardPageView).history;
    expect(newest).toMatchObject({ action: 'card.end', text: 'visit cut short' });
  });

  it('an affiliation ends its card and no other of the person', async () => {
    const world = await setUp();
    const { post } = world;
    const { person, affiliation } = await withCard(world);
    const second = job({ card: { number: 'S55', groups: [], to: day(40) } });
    pageIn(await post(`people/${person}/affiliations`, second));
    const page = pageIn(await post(`affiliations/${affiliation.id}/end`, { reason: 'hired' }));
    expect(
      page.affiliations.map(({ kind, endedAt, cards }) => [
        ...[kind, endedAt !== null, cards[0]?.state],
      ]),
    ).toEqual([
      ['staff', false, 'active'],
      ['visitor', true, 'ended'],
    ]);
  });

  it('by two at once ends it once', async () => {
    const world = await setUp();
    const { api, post } = world;
    const { card, affiliation } = await withCard(world);
    const both = await Promise.all([
      post(`cards/${card.card}/end`, { reason: 'one' }),
      post(`affiliations/${affiliation.id}/end`, { reason: 'other' }),
    ]);
    expect(both.map(codeOf).filter((code) => code !== 'CL_CARD_ENDED')).toContain('ok');
    expect((await said(api)).filter((name) => name === 'card.ended')).toHaveLength(1);
  });

  it('wants a word', async () => {
    const world = await setUp();
    const { card } = await withCard(world);
    for (const reason of ['', 'x'.repeat(201), 7, null]) {
      const answer = await world.post(`cards/${card.card}/end`, { reason });
      expect(codeOf(answer), String(reason)).toBe('CL_BAD_REQUEST');
    }
  });
});

describe('a UID', () => {
  it('is given, ended and given back; gateways hear of the last two', async () => {
    const world = await setUp();
    const { api, post, clerk } = world;
    const { person, card } = await withCard(world);
    const give = () => post(`cards/${card.card}/uids`, { uid: wristband, kind: 'wristband' });
    const [held] = cardOf(pageIn(await give())).uids;
    expect(held).toMatchObject({ tail: 'EE01', kind: 'wristband' });
    const end = `cards/${card.card}/uids/${held?.id ?? ''}/end`;
    expect(cardOf(pageIn(await post(end))).uids).toEqual([]);
    expect(codeOf(await post(end))).toBe('CL_NOT_FOUND');
    pageIn(await give());
    const about = { uid: wristband, card: card.card };
    expect(await revocations(api)).toEqual([
      { kind: 'uid.revoked', ...about },
      { kind: 'uid.restored', ...about },
    ]);
    expect((await said(api)).slice(-3)).toEqual(['uid.given', 'uid.ended', 'uid.given']);
    expect((await audited(api, clerk)).slice(-3)).toEqual([
      ...['card.uid_add', 'card.uid_end', 'card.uid_add'],
    ]);
    expect((await told(api, person)).filter((kind) => kind.startsWith('uid.'))).toHaveLength(3);
    // The whole of it is told to nobody.
    expect(JSON.stringify(await readAudit(api.database, 1, 100))).not.toContain(wristband);
    expect(JSON.stringify(await give())).not.toContain(wristband);
  });

  const reads: readonly (readonly [string, string, string])[] = [
    ['a random one', '08112233', 'CL_BAD_REQUEST'],
    ['a blank one', '00000000', 'CL_BAD_REQUEST'],
    ['half of one', '88112233', 'CL_BAD_REQUEST'],
    ['no hex', '04XXBBCC', 'CL_BAD_REQUEST'],
    ['somebody’s', '5A7F19C2', 'CL_UID_TAKEN'],
    ['a free one', '04FEDCBA', 'ok'],
  ];
  it('names one holder, and a refusal does not say whom', async () => {
    const world = await setUp();
    const { card } = await withCard(world);
    for (const [what, uid, code] of reads) {
      const answer = await world.post(`cards/${card.card}/uids`, { uid, kind: 'tag' });
      expect(codeOf(answer), what).toBe(code);
      expect(JSON.stringify(answer.body)).not.toContain('李雷');
    }
  });

  it('at once for two cards belongs to one', async () => {
    const world = await setUp();
    const a = await withCard(world);
    const b = await withCard(world);
    const give = ({ card }: typeof a) =>
      world.post(`cards/${card.card}/uids`, { uid: wristband, kind: 'card' });
    const both = await Promise.all([give(a), give(b)]);
    expect(both.map(codeOf).toSorted()).toEqual(['CL_UID_TAKEN', 'ok']);
  });

  it('of another card is not ended by this one', async () => {
    const world = await setUp();
    const a = await withCard(world);
    const b = await withCard(world);
    const page = pageIn(
      await world.post(`cards/${a.card.card}/uids`, { uid: wristband, kind: 'card' }),
    );
    const [held] = cardOf(page).uids;
    const end = await world.post(`cards/${b.card.card}/uids/${held?.id ?? ''}/end`);
    expect(codeOf(end)).toBe('CL_NOT_FOUND');
  });
});

type PinRow = { readonly number: string; readonly salt: Uint8Array; readonly hash: Uint8Array };
const pinOf = async ({ database }: TestApi, card: string): Promise<PinRow> => {
  const [row] = await database.query<PinRow>('select * from pin where card = $1', [card]);
  if (row === undefined) throw new Error('no PIN');
  return row;
};
/** As another program would compute it. */
const scryptOf = (pin: string, salt: Uint8Array): string =>
  scryptSync(pin, salt, pinScrypt.bytes, { N: 16_384, r: 8, p: 1 }).toString('hex');

describe('a PIN', () => {
  const letterIn = (answer: Answer): PinLetterView => {
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body as PinLetterView;
  };

  it('is drawn, told once, and kept as gateways check it', async () => {
    const world = await setUp();
    const { api, post, clerk } = world;
    const { person, card } = await withCard(world);
    const letter = letterIn(await post(`cards/${card.card}/pin`, { pin: null }));
    const pin = letter.pin ?? '';
    expect([pin, letter.number]).toEqual([
      expect.stringMatching(/^\d{6}$/),
      expect.stringMatching(/^\d{6}$/),
    ]);
    expect(cardOf(letter.page).pin).toMatchObject({ number: letter.number });
    const row = await pinOf(api, card.card);
    expect(Buffer.from(row.hash).toString('hex')).toBe(scryptOf(pin, row.salt));
    // Set anew: the same number, another salt.
    const next = letterIn(await post(`cards/${card.card}/pin`, { pin: '40718' }));
    expect([next.number, next.pin]).toEqual([letter.number, null]);
    const later = await pinOf(api, card.card);
    expect(Buffer.from(later.hash).toString('hex')).toBe(scryptOf('40718', later.salt));
    expect(Buffer.from(later.salt).equals(row.salt)).toBe(false);
    // It stands nowhere but in the letter.
    const told_ = await api.database.query('select data from notice where person = $1', [person]);
    const kept = [await readAudit(api.database, 1, 100), told_];
    const feed = await api.database.query('select what from feed');
    const page = (await clerk.ask('GET', `/api/console/people/${person}`)).body;
    for (const place of [kept, feed, page]) {
      for (const secret of [pin, '40718']) {
        // By itself, quoted or not; ids and hashes have any digits somewhere in them.
        const alone = new RegExp(`(?<![0-9A-Za-z_-])${secret}(?![0-9A-Za-z_-])`);
        expect(JSON.stringify(place)).not.toMatch(alone);
      }
    }
    expect((await said(api)).slice(-2)).toEqual(['pin.set', 'pin.set']);
  });

  it('is not what everybody tries, nor its own number, nor that of the card', async () => {
    const world = await setUp();
    const { card } = await withCard(world);
    const set = (pin: string | null) => world.post(`cards/${card.card}/pin`, { pin });
    const { number } = letterIn(await set(null));
    expect(codeOf(await set(number))).toBe('CL_PIN_WEAK');
    expect(codeOf(await set(card.number.slice(1, 6)))).toBe('CL_PIN_WEAK');
    for (const pin of ['1234', '0000', '8765', '1212', '123', '123456789', 'abcd', '', '1٢34']) {
      expect(['CL_PIN_WEAK', 'CL_BAD_REQUEST'], pin).toContain(codeOf(await set(pin)));
    }
  });

  it('is ended, and may be set again under its number', async () => {
    const world = await setUp();
    const { api, post } = world;
    const { person, card } = await withCard(world);
    const { number } = letterIn(await post(`cards/${card.card}/pin`, { pin: null }));
    expect(cardOf(pageIn(await post(`cards/${card.card}/pin/end`))).pin).toBeNull();
    expect(codeOf(await post(`cards/${card.card}/pin/end`))).toBe('CL_NOT_FOUND');
    expect(letterIn(await post(`cards/${card.card}/pin`, { pin: null })).number).toBe(number);
    expect((await told(api, person)).filter((kind) => kind.startsWith('pin.'))).toHaveLength(3);
  });

  it('set by two at once is one of the two, whole', async () => {
    const world = await setUp();
    const { card } = await withCard(world);
    const set = (pin: string) => world.post(`cards/${card.card}/pin`, { pin });
    const both = await Promise.all([set('40718'), set('90263')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const row = await pinOf(world.api, card.card);
    const hash = Buffer.from(row.hash).toString('hex');
    expect([scryptOf('40718', row.salt), scryptOf('90263', row.salt)]).toContain(hash);
  });
});

describe('the photo of a person', () => {
  /** A PNG's head of 200 × 250; what comes after it is the browser's business. */
  const png = (() => {
    const bytes = Buffer.alloc(64);
    Buffer.from('89504e470d0a1a0a0000000d49484452000000c8000000fa', 'hex').copy(bytes);
    return bytes;
  })();

  it('is put, shown and taken away, also of somebody without a card', async () => {
    const { api, clerk, add } = await setUp();
    const { id } = pageIn(await add(null));
    const send = (payload: Buffer, type = 'image/png') =>
      api.send({
        method: 'POST',
        url: `/api/console/people/${id}/photo`,
        headers: {
          ...{ host: '127.0.0.1:8090', origin: 'http://127.0.0.1:8090' },
          ...{ cookie: clerk.cookie, 'content-type': type },
        },
        payload,
      });
    expect((await send(png)).status).toBe(204);
    const photo = () => clerk.ask('GET', `/api/console/people/${id}`);
    expect((await photo()).body).toMatchObject({ photo: 'own' });
    expect((await send(Buffer.from('<svg/>'))).status).toBe(400);
    expect((await send(Buffer.alloc(200 * 1024 + 1))).status).toBeGreaterThanOrEqual(400);
    const drop = () => clerk.ask('DELETE', `/api/console/people/${id}/photo`);
    expect([(await drop()).status, (await drop()).status]).toEqual([204, 204]);
    expect((await photo()).body).toMatchObject({ photo: 'drawn', photoAt: null });
    const kept = (await audited(api, clerk)).filter((action) => action.startsWith('person.photo'));
    expect(kept).toEqual(['person.photo', 'person.photo_remove']);
  });
});

describe('people and cards', () => {
  it('are for clerks and administrators to make, list and end', async () => {
    const world = await setUp();
    const { card, person } = await withCard(world);
    const others = ['Li Lei', 'Zhang Min', 'Li Na', 'Wang Fang', 'Zhao Qiang', 'Chen Jing'];
    for (const name of others) {
      const { ask } = await world.api.signIn(name);
      const answers = await Promise.all([
        ask('GET', '/api/console/card-list'),
        ask('GET', `/api/console/people/${person}`),
        ask('POST', '/api/console/people', { name: gao, affiliation: null }),
        ask('POST', `/api/console/cards/${card.card}/end`, { reason: 'x' }),
        ask('POST', `/api/console/cards/${card.card}/pin`, { pin: null }),
        ask('POST', `/api/console/cards/${card.card}/uids`, { uid: wristband, kind: 'card' }),
      ]);
      expect(
        answers.map(({ status }) => status),
        name,
      ).toEqual([403, 403, 403, 403, 403, 403]);
    }
    const { ask } = await world.api.signIn('Liu Yang');
    const ended = await ask('POST', `/api/console/cards/${card.card}/end`, { reason: 'x' });
    expect(ended.status).toBe(200);
  });
});
