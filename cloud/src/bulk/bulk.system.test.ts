import { bulkBytesMax } from '@gatehouse/protocols';
import { describe, expect, it } from 'vitest';
import { readAudit, verifyChain } from '../audit/audit.ts';
import { primitives } from '../adapters/crypto.ts';
import type { Database } from '../ports.ts';
import { bulkPorts, count, createDeskOfFiles, many } from '../testing/bulk-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';
import { workBulk } from './bulk-job.ts';
import { chunkRows } from './chunk-parts.ts';
import { eraseOld } from './erase-old.ts';
import { leaseMs } from './job-rows.ts';
import { templateCsv } from './template.table.ts';

const openApi = useTestApi();

const openDesk = async () => {
  const api = await openApi();
  const admin = await api.signIn('Liu Yang');
  return { api, admin, desk: createDeskOfFiles(api, admin) };
};

const cardNow = async ({ database }: TestApi, number: string) =>
  (
    await database.query<Readonly<Record<string, unknown>> & { readonly uids: readonly string[] }>(
      `select c.state, p.name_en, a.kind, a.unit_en, c.valid_from, c.valid_to,
         a.valid_to as ends_at, a.ended_at is not null as ended,
         array(select "group" from member m where m.card = c.id order by 1) as groups,
         array(select u.uid from uid u
           where u.card = c.id and u.ended_at is null order by 1) as uids
       from card c join person p on p.id = c.person join affiliation a on a.id = c.affiliation
       where c.number = $1`,
      [number],
    )
  )[0];

/** Stops the worker as a crash does: before the nth chunk, in the middle of it. */
const dyingAt = (database: Database, chunk: number, middle: string): Database => {
  let chunks = 0;
  return {
    ...database,
    transaction: (run) => {
      chunks += 1;
      const isLast = chunks === chunk;
      return database.transaction((tx) =>
        run({
          query: async (text, values) => {
            const rows = await tx.query(text, values);
            if (isLast && text.includes(middle)) throw new Error('power cut');
            // The same rows: only the moment after them is ours.
            return rows as never;
          },
        }),
      );
    },
  };
};

describe('the template', () => {
  it.each(['zh', 'en'] as const)(
    '(%s) does on the demo campus what its page says',
    async (language) => {
      const { desk } = await openDesk();
      const job = await desk.upload(templateCsv(language, Date.now()));
      expect(job).toMatchObject({
        ...{ state: 'checked', encoding: 'utf-8', separator: 'comma', rows: 10 },
        counts: { new: 8, changed: 1, unchanged: 0, refused: 1 },
      });
      const { rows } = await desk.rows(job.id, 'refused');
      expect(rows).toMatchObject([
        { line: 11, faults: [{ code: 'group_unknown', what: 'chess-club' }] },
      ]);
      expect(await desk.done(job.id, 'apply')).toMatchObject({
        state: 'applied',
        outcomes: { issued: 8, changed: 1, kept: 0, refused: 1, since: 0 },
      });
    },
  );
});

describe('five thousand cards', () => {
  it('are judged, issued through a crash, and taken back', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    const before = await count(database, 'card');
    const job = await desk.upload(many(5_000));
    expect(job).toMatchObject({ state: 'checked', counts: { new: 5_000, refused: 0 } });
    expect(await count(database, 'card')).toBe(before);

    await desk.order(job.id, 'apply');
    const dying = dyingAt(database, 4, 'insert into member');
    await expect(desk.work('w1', dying)).rejects.toThrow('power cut');
    expect((await desk.view(job.id)).outcomes.issued).toBe(3 * chunkRows);
    expect(await count(database, 'card')).toBe((before ?? 0) + 3 * chunkRows);
    // Another process leaves it alone as long as the first may be alive.
    expect(await desk.work('w2')).toBe(0);
    api.clock.skip(leaseMs);
    await desk.work('w2');
    const applied = await desk.view(job.id);
    expect(applied).toMatchObject({ state: 'applied', outcomes: { issued: 5_000, since: 0 } });
    expect(await count(database, 'card')).toBe((before ?? 0) + 5_000);
    expect(await count(database, `uid where uid like '5B%' and ended_at is null`)).toBe(5_000);
    expect(
      await count(
        database,
        `member where "group" = 'students' and card in
      (select id from card where number like 'N0%')`,
      ),
    ).toBe(5_000);
    expect(await count(database, `feed where what ->> 'name' = 'cards.issued'`)).toBe(10);
    expect(await count(database, 'bulk_job where file is not null')).toBe(0);

    await database.query(
      `insert into pin (card, number, salt, hash, since)
       select id, '123456', '\\x00', '\\x00', $1 from card where number = 'N00001'`,
      [new Date()],
    );
    expect(applied.undoUntil).not.toBeNull();
    await desk.order(job.id, 'undo');
    await expect(desk.work('w3', dyingAt(database, 3, 'insert into revocation'))).rejects.toThrow(
      'power cut',
    );
    api.clock.skip(leaseMs);
    await desk.work('w4');
    expect(await desk.view(job.id)).toMatchObject({ state: 'undone', undos: { ended: 5_000 } });
    expect(await count(database, `card where number like 'N0%' and state = 'ended'`)).toBe(5_000);
    expect(await count(database, `uid where uid like '5B%' and ended_at is null`)).toBe(0);
    expect(await count(database, `revocation where what ->> 'kind' = 'uid.revoked'`)).toBe(5_000);
    // What is typed has no entry of its own, so its card is frozen as well.
    expect(await count(database, `revocation where what ->> 'kind' = 'card.frozen'`)).toBe(1);
    expect(await count(database, 'pin where ended_at is null and number = $1', ['123456'])).toBe(0);
    const audit = await readAudit(database, 1, 200);
    expect(verifyChain(audit, primitives.sha256)).toBeUndefined();
    const actions = Object.groupBy(audit, ({ action }) => action);
    expect(actions['bulk.issue']).toHaveLength(10);
    expect(actions['bulk.take_back']).toHaveLength(10);
    expect(actions['bulk.applied']).toMatchObject([
      { subject: job.id, detail: { issued: 5_000, sha256: job.sha256 } },
    ]);
  });
});

const lilei = '2024000007';

describe('changes', () => {
  it('are written as shown, and go back unless somebody changed them since', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    const was = await cardNow(api, lilei);
    const [chip = ''] = was?.uids ?? [];
    const job = await desk.upload(
      'number,name_en,unit_en,to,groups,uid\n' +
        `${lilei},Li Lei II,Physics,2031-01-31,students,5A11C0DE`,
    );
    const { rows } = await desk.rows(job.id);
    expect(rows).toMatchObject([
      { verdict: 'changed', name: { zh: '李雷', en: 'Li Lei II' }, outcome: null },
    ]);
    const fields = ['name_en', 'unit_en', 'to', 'groups', 'uid', 'affiliation_to'];
    expect(rows[0]?.changes.map(({ field }) => field)).toEqual(fields);
    // A screen shows the end of a chip's number and no more.
    expect(rows[0]?.changes[4]).toEqual({
      field: 'uid',
      from: `···${chip.slice(-4)}`,
      to: '···C0DE',
    });
    await desk.done(job.id, 'apply');
    expect(await cardNow(api, lilei)).toMatchObject({
      ...{ name_en: 'Li Lei II', unit_en: 'Physics', groups: ['students'], uids: ['5A11C0DE'] },
      valid_to: new Date('2031-01-31T16:00:00Z'),
    });
    await database.query(`update affiliation set unit_en = 'Chemistry' where unit_en = 'Physics'`);
    expect(await desk.done(job.id, 'undo')).toMatchObject({
      state: 'undone',
      undos: { in_part: 1 },
    });
    expect((await desk.rows(job.id)).rows).toMatchObject([
      { undo: 'in_part', undoLeft: ['unit_en', 'uid'] },
    ]);
    // A chip that was replaced may be lost or somebody else's by now.
    const still = { unit_en: 'Chemistry', uids: ['5A11C0DE'] };
    expect(await cardNow(api, lilei)).toEqual({ ...was, ...still });
    const told = await database.query('select what from revocation order by n');
    expect(told.map(({ what }) => what)).toMatchObject([{ kind: 'uid.revoked', uid: chip }]);
  });

  it('are left where the database changed after the dry run', async () => {
    const { api, desk } = await openDesk();
    const job = await desk.upload(
      `number,name_en,kind,unit_en\n${lilei},,,Physics\nN1,Han,student,\nN2,Wu,student,`,
    );
    await api.database.query(`update affiliation set unit_en = 'Biology' where person =
      (select person from card where number = '${lilei}')`);
    const other = await desk.upload('number,name_en,kind\nN1,Somebody else,staff');
    await desk.done(other.id, 'apply');
    const applied = await desk.done(job.id, 'apply');
    expect(applied.outcomes).toEqual({ issued: 1, changed: 0, kept: 0, refused: 0, since: 2 });
    expect(await cardNow(api, lilei)).toMatchObject({ unit_en: 'Biology' });
    expect(await cardNow(api, 'N1')).toMatchObject({ name_en: 'Somebody else' });
    // Only the last one can be taken back.
    expect((await desk.order(other.id, 'undo')).status).toBe(409);
    expect((await desk.view(other.id)).undoUntil).toBeNull();
    expect((await desk.done(job.id, 'undo')).undos.ended).toBe(1);
    expect((await desk.done(other.id, 'undo')).undos.ended).toBe(1);
  });

  it('are stopped between two chunks, and what is done can be taken back', async () => {
    const { api, desk } = await openDesk();
    const job = await desk.upload(many(chunkRows * 3));
    await desk.order(job.id, 'apply');
    let chunks = 0;
    await workBulk(bulkPorts(api, api.database), 'w1', () => (chunks += 1) > 3);
    const { body } = await desk.order(job.id, 'stop');
    expect(body).toMatchObject({ state: 'applying', stopAsked: true });
    await desk.work();
    const stopped = await desk.view(job.id);
    expect(stopped.state).toBe('stopped');
    expect(stopped.outcomes.issued).toBeGreaterThan(0);
    expect(stopped.outcomes.issued).toBeLessThan(chunkRows * 3);
    expect((await desk.done(job.id, 'undo')).undos.ended).toBe(stopped.outcomes.issued);
  });
});

describe('the last file', () => {
  it('is one, also of two that were applied at the same moment', async () => {
    const { api, desk } = await openDesk();
    const jobs = [
      await desk.upload(many(1)),
      await desk.upload(`number,unit_en\n${lilei},Physics`),
    ];
    for (const { id } of jobs) await desk.done(id, 'apply');
    await api.database.query(
      'update bulk_job set applied_at = (select max(applied_at) from bulk_job)',
    );
    const views = await Promise.all(jobs.map(({ id }) => desk.view(id)));
    expect(views.filter(({ undoUntil }) => undoUntil !== null)).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('after the last rows has stopped nothing', async () => {
    const { api, desk } = await openDesk();
    const job = await desk.upload(many(3));
    await desk.order(job.id, 'apply');
    let asked = 0;
    await workBulk(bulkPorts(api, api.database), 'w1', () => (asked += 1) > 2);
    expect((await desk.view(job.id)).outcomes.issued).toBe(3);
    expect((await desk.order(job.id, 'stop')).body).toMatchObject({ stopAsked: true });
    await desk.work();
    expect((await desk.view(job.id)).state).toBe('applied');
  });
});

describe('two at once', () => {
  it('with the same people: each card once, and the later is told', async () => {
    const { api, desk } = await openDesk();
    const [one, two] = [await desk.upload(many(1_200)), await desk.upload(many(1_200))];
    await Promise.all([desk.order(one.id, 'apply'), desk.order(two.id, 'apply')]);
    await Promise.all([desk.work('w1'), desk.work('w2')]);
    await desk.work('w1');
    const views = [await desk.view(one.id), await desk.view(two.id)];
    expect(views.map(({ state }) => state)).toEqual(['applied', 'applied']);
    const sum = (name: 'issued' | 'since') =>
      views.reduce((all, job) => all + job.outcomes[name], 0);
    expect([sum('issued'), sum('since')]).toEqual([1_200, 1_200]);
    expect(await count(api.database, `card where number like 'N0%'`)).toBe(1_200);
    expect(await count(api.database, `person where name_en like 'Student %'`)).toBe(1_200);
  });
});

describe('files of every kind', () => {
  it('are refused with a code where nothing can be read', async () => {
    const { desk } = await openDesk();
    const cases: readonly (readonly [string | Buffer, number, string])[] = [
      ['', 400, 'CL_BULK_EMPTY'],
      ['number,name\n', 400, 'CL_BULK_EMPTY'],
      ['a,b\n1,2', 400, 'CL_BULK_HEADINGS'],
      [Buffer.from([0x50, 0x4b, 3, 4, 0]), 400, 'CL_BULK_TEXT'],
      [`number\n${'A\n'.repeat(20_001)}`, 413, 'CL_BULK_SIZE'],
      [Buffer.alloc(bulkBytesMax + 1, 'a'), 413, 'CL_BULK_SIZE'],
    ];
    for (const [text, status, code] of cases) {
      expect(await desk.send(text)).toMatchObject({ status, body: { error: { code } } });
    }
    expect((await desk.send('{}', 'application/json')).status).toBe(400);
    expect((await desk.send('number\nA', 'text/plain')).status).toBe(400);
  });

  it('keep formulas as text, and quote them in what is given out', async () => {
    const { api, desk, admin } = await openDesk();
    const evil = '"=HYPERLINK(""http://x"",""y"")"';
    const job = await desk.upload(
      [
        ...['number,name_zh,name_en,kind,groups', `N1,${evil},+1,staff,`],
        ...[`N2,'; drop table card,@x,staff,`, 'N3,\u0001,x,staff,=a'],
      ].join('\n'),
    );
    expect(job.counts).toMatchObject({ new: 2, refused: 1 });
    await desk.done(job.id, 'apply');
    expect(await cardNow(api, 'N1')).toMatchObject({ name_en: '+1' });
    const { body } = await admin.ask('GET', `/api/console/bulk/${job.id}/result.csv`);
    const lines = String(body).split('\r\n');
    expect(lines[1]).toContain(`"'=HYPERLINK(""http://x"",""y"")",'+1,new,`);
    expect(lines[2]).toContain(`'; drop table card,'@x,new`);
    expect(lines[3]).toContain('control');
    for (const cell of lines.join(',').split(',')) expect(cell).not.toMatch(/^"?[=+@]/);
  });

  it('are for admins alone', async () => {
    const { api, desk } = await openDesk();
    const job = await desk.upload(many(1));
    for (const name of ['Lin Xiao', 'Wang Fang', 'Li Lei', 'Zhao Qiang']) {
      const browser = await api.signIn(name);
      const other = createDeskOfFiles(api, browser);
      expect((await other.send(many(1))).status, name).toBe(403);
      expect((await other.order(job.id, 'apply')).status, name).toBe(403);
      for (const path of ['', `/${job.id}`, `/${job.id}/rows`, `/${job.id}/result.csv`]) {
        expect((await browser.ask('GET', `/api/console/bulk${path}`)).status, name).toBe(403);
      }
    }
  });
});

describe('what files said', () => {
  it('is erased after a day, whether it was applied or not', async () => {
    const { api, desk } = await openDesk();
    const { database, clock } = api;
    const [applied, left] = [
      await desk.upload(
        `number,unit_en,groups,uid\n${lilei},Physics,,\nN9,x,club-of-kim,04A1B2C3D4E5G6`,
      ),
      await desk.upload(many(2)),
    ];
    await desk.done(applied.id, 'apply');
    clock.skip(24 * 60 * 60 * 1000 + 1);
    await eraseOld(database, clock.nowMs());
    const admin = createDeskOfFiles(api, await api.signIn('Liu Yang'));
    expect(await admin.view(left.id)).toMatchObject({ state: 'dropped', isErased: true });
    expect(await admin.view(applied.id)).toMatchObject({
      ...{ state: 'applied', isErased: true, undoUntil: null },
      outcomes: { changed: 1 },
    });
    expect(await count(database, 'bulk_job where file is not null')).toBe(0);
    expect(await count(database, 'bulk_row where cells is not null or before is not null')).toBe(0);
    expect((await admin.rows(applied.id)).rows).toMatchObject([
      { outcome: 'changed', changes: [{ field: 'unit_en', from: '', to: '' }] },
      {
        outcome: 'refused',
        faults: [
          { code: 'uid_form', column: 'uid', what: '' },
          { code: 'name_missing', what: '' },
          { code: 'kind_missing', what: '' },
          { code: 'group_unknown', column: 'groups', what: '' },
        ],
      },
    ]);
    // Whatever column it may stand in.
    const left_ = JSON.stringify(await database.query('select * from bulk_row'));
    for (const said of ['club-of-kim', 'E5G6', 'Physics']) expect(left_).not.toContain(said);
    expect((await admin.order(applied.id, 'undo')).status).toBe(409);
    expect((await admin.order(left.id, 'apply')).status).toBe(409);
  });
});
