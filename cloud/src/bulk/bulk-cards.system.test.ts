import type { CardPageView } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { endAffiliation } from '../people/end-card.ts';
import { lockAffiliation } from '../people/affiliation-rows.ts';
import type { Database } from '../ports.ts';
import { sqlStateOf } from '../sql-state.ts';
import { bulkPorts, count, createDeskOfFiles, many } from '../testing/bulk-world.ts';
import { day } from '../testing/people-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { workBulk } from './bulk-job.ts';

const openApi = useTestApi();

const openDesk = async () => {
  const api = await openApi();
  const admin = await api.signIn('Liu Yang');
  return { api, admin, desk: createDeskOfFiles(api, admin) };
};

type Row = Readonly<Record<string, unknown>>;
const cardOf = async ({ database }: TestApi, number: string): Promise<Row> => {
  const [row] = await database.query<Row>(
    `select c.id as card, a.id as affiliation, c.person, a.kind, a.sponsor, a.valid_from as starts,
       a.valid_to as ends, c.valid_from as "from", c.valid_to as "to",
       array(select u.uid from uid u where u.card = c.id and u.ended_at is null
         order by u.uid) as uids
     from card c join affiliation a on a.id = c.affiliation where c.number = $1`,
    [number],
  );
  if (row === undefined) throw new Error(number);
  return row;
};

/** To whom, which, and by what words. */
const noticesOf = ({ database }: TestApi, number: string): Promise<readonly Row[]> =>
  database.query(
    `select p.name_en as who, n.kind, n.data from notice n join person p on p.id = n.person
     where n.data ->> 'number' = $1 or n.person = (select person from card where number = $1)
     order by n.kind, p.name_en`,
    [number],
  );

const lilei = '2024000007';
const endOf = (date: string): Date => new Date(Date.parse(date) + 16 * 3_600_000);

describe('what somebody is to the school', () => {
  it('keeps its own days unless the card would leave them', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    await database.query(
      `update affiliation set valid_to = $2 where id = (
         select affiliation from card where number = $1)`,
      [lilei, endOf('2032-01-31')],
    );
    const was = await cardOf(api, lilei);
    const within = await desk.upload(`number,to\n${lilei},2031-01-31`);
    await desk.done(within.id, 'apply');
    const now = await cardOf(api, lilei);
    expect(now).toEqual({ ...was, to: endOf('2031-01-31') });
    const beyond = await desk.upload(`number,to\n${lilei},2033-01-31`);
    expect((await desk.rows(beyond.id)).rows[0]?.changes).toEqual([
      { field: 'to', from: '2031-01-31', to: '2033-01-31' },
      { field: 'affiliation_to', from: '2032-01-31', to: '2033-01-31' },
    ]);
    await desk.done(beyond.id, 'apply');
    expect(await cardOf(api, lilei)).toMatchObject({ ends: endOf('2033-01-31') });
    // Somebody has moved the card's end since: what the card lies in stays around it.
    await database.query('update card set valid_to = $2 where number = $1', [
      ...[lilei, endOf('2032-12-31')],
    ]);
    await desk.done(beyond.id, 'undo');
    expect((await desk.rows(beyond.id)).rows[0]).toMatchObject({
      ...{ undo: 'left', undoLeft: ['to', 'affiliation_to'] },
    });
    expect(await cardOf(api, lilei)).toMatchObject({ ends: endOf('2033-01-31') });
  });

  it('becomes a visit with an end and a sponsor, and is what it was when taken back', async () => {
    const { api, desk } = await openDesk();
    const [to, sponsor] = [day(90), 'T2016104'];
    await api.database.query(`update card set number = $1 where person = $2`, [
      ...[sponsor, await api.personNamed('Chen Jing')],
    ]);
    await api.database.query(
      `update affiliation set valid_to = null where id = (
         select affiliation from card where number = $1)`,
      [lilei],
    );
    await api.database.query('update card set valid_to = $2 where number = $1', [
      ...[lilei, endOf(to)],
    ]);
    const was = await cardOf(api, lilei);
    // The end that the card has already: nothing of the card changes, the affiliation gets it.
    const job = await desk.upload(`number,kind,to,sponsor\n${lilei},visitor,${to},${sponsor}`);
    expect((await desk.rows(job.id)).rows[0]?.changes.map(({ field }) => field)).toEqual([
      ...['kind', 'sponsor', 'affiliation_to'],
    ]);
    expect((await desk.done(job.id, 'apply')).outcomes.changed).toBe(1);
    expect(await cardOf(api, lilei)).toMatchObject({ kind: 'visitor', ends: endOf(to) });
    expect((await desk.done(job.id, 'undo')).undos.put_back).toBe(1);
    expect(await cardOf(api, lilei)).toEqual(was);
  });

  it('is vouched for by somebody who belongs to the school, as at the desk', async () => {
    const { api, desk } = await openDesk();
    const sponsor = await cardOf(api, lilei);
    const judged = async () => {
      const file = `number,name_en,kind,to,sponsor\nV1,Gao,visitor,${day(3)},${lilei}`;
      const { rows } = await desk.rows((await desk.upload(file)).id);
      return rows.map(({ verdict, faults }) => [verdict, ...faults.map(({ code }) => code)]);
    };
    expect(await judged()).toEqual([['new']]);
    await api.database.query('update affiliation set valid_to = $2 where id = $1', [
      ...[sponsor['affiliation'], new Date(api.clock.nowMs() - 1)],
    ]);
    expect(await judged()).toEqual([['refused', 'sponsor_visitor']]);
  });
});

describe('people', () => {
  it('are told of the cards that a file gives them and takes back', async () => {
    const { api, desk } = await openDesk();
    const job = await desk.upload(many(3));
    await desk.done(job.id, 'apply');
    const issued = {
      ...{ who: 'Student 00002', kind: 'card.issued' },
      data: {
        ...{ number: 'N00002', to: '2030-07-15', kind: { zh: '学生', en: 'student' } },
        name: { zh: '学生00002', en: 'Student 00002' },
      },
    };
    expect(await noticesOf(api, 'N00002')).toEqual([issued]);
    await desk.done(job.id, 'undo');
    expect(await noticesOf(api, 'N00002')).toMatchObject([
      ...[{ who: 'Student 00002', kind: 'card.ended' }, issued],
    ]);
    const said = await api.database.query<{ ids: readonly string[] }>(
      `select what -> 'data' -> 'notices' as ids from feed where what ->> 'name' = 'notice.made'`,
    );
    expect(said.map(({ ids }) => ids.length)).toEqual([3, 3]);
  });

  it('are told, with their guardians, of chips that a file gave and ended', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    await database.query('insert into guardian_link (guardian, child) values ($1, $2)', [
      await api.personNamed('Chen Jing'),
      (await cardOf(api, lilei))['person'],
    ]);
    const [chip = ''] = (await cardOf(api, lilei))['uids'] as readonly string[];
    const job = await desk.upload(`number,uid\n${lilei},5A11C0DE`);
    await desk.done(job.id, 'apply');
    const told = async () =>
      (
        await database.query<{ text: string }>(
          `select p.name_en || ' ' || n.kind || ' ' || (n.data ->> 'tail') as text
           from notice n join person p on p.id = n.person
           where n.kind like 'uid.%' and n.at = (select max(at) from notice) order by 1`,
        )
      ).map(({ text }) => text);
    const end = chip.slice(-4);
    expect(await told()).toEqual([
      ...[`Chen Jing uid.ended ${end}`, 'Chen Jing uid.given C0DE'],
      ...[`Li Lei uid.ended ${end}`, 'Li Lei uid.given C0DE'],
    ]);
    const band = await desk.upload(`number,uid,uid_kind\n${lilei},5A11BA2D,wristband`);
    await desk.done(band.id, 'apply');
    api.clock.skip(1_000);
    expect((await desk.done(band.id, 'undo')).undos.put_back).toBe(1);
    expect(await told()).toEqual(['Chen Jing uid.ended BA2D', 'Li Lei uid.ended BA2D']);
  });
});

describe('the history of a card', () => {
  it('says what files did to it', async () => {
    const { api, admin, desk } = await openDesk();
    const historyOf = async (number: string) => {
      const { card } = await cardOf(api, number);
      const { body } = await admin.ask('GET', `/api/console/cards/${String(card)}`);
      return (body as CardPageView).history;
    };
    const fresh = await desk.upload(many(1));
    await desk.done(fresh.id, 'apply');
    const by = { actor: { zh: expect.any(String) as string, en: 'Liu Yang' }, text: 'new.csv' };
    expect(await historyOf('N00001')).toMatchObject([{ action: 'bulk.issued', ...by }]);
    api.clock.skip(1_000);
    await desk.done(fresh.id, 'undo');
    const job = await desk.upload(`number,unit_en\n${lilei},Physics`);
    await desk.done(job.id, 'apply');
    api.clock.skip(1_000);
    await desk.done(job.id, 'undo');
    const issued = await historyOf('N00001');
    expect(issued).toMatchObject([
      ...[
        { action: 'bulk.ended', ...by },
        { action: 'bulk.issued', ...by },
      ],
    ]);
    expect(new Set(issued.map(({ n }) => n)).size).toBe(2);
    expect((await historyOf(lilei)).slice(0, 2)).toMatchObject([
      ...[
        { action: 'bulk.put_back', ...by },
        { action: 'bulk.changed', ...by },
      ],
    ]);
  });
});

/** Keeps the SQLSTATE of each statement that fails. */
const watched = (database: Database, states: string[]): Database => ({
  ...database,
  transaction: (run) =>
    database.transaction((tx) =>
      run({
        query: (text, values) =>
          tx.query(text, values).catch((error: unknown) => {
            states.push(sqlStateOf(error));
            throw error;
          }) as never,
      }),
    ),
});

describe('a clerk and a file at the same card', () => {
  it('wait for each other and do not lock each other out', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    const clerk = (await api.signIn('Lin Xiao')).session;
    const { affiliation } = await cardOf(api, lilei);
    const job = await desk.upload(`number,unit_en\n${lilei},Physics`);
    await desk.order(job.id, 'apply');
    const states: string[] = [];
    let file: Promise<number> | undefined;
    const isWaiting = async (): Promise<boolean> =>
      ((await count(database, 'pg_locks where not granted')) ?? 0) > 0;
    const ports = bulkPorts(api, watched(database, states));
    // Between the clerk's first lock and the second the file takes what it can.
    const slowly: Database = {
      ...database,
      transaction: (run) =>
        watched(database, states).transaction(async (tx) => {
          await lockAffiliation(tx, String(affiliation));
          file = workBulk(ports, 'w1');
          await expect.poll(isWaiting, { timeout: 30_000, interval: 10 }).toBe(true);
          return run(tx);
        }),
    };
    const order = { affiliation: String(affiliation), reason: 'left' };
    const clerkPorts = { ...ports, database: slowly, revoke: () => Promise.resolve() };
    await endAffiliation(clerkPorts, { ...clerk, doors: 'all', tokenSha256: '' }, order);
    await file;
    expect(states).toEqual([]);
    expect(await desk.view(job.id)).toMatchObject({ state: 'applied', outcomes: { since: 1 } });
  });
});
