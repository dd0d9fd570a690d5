import { describe, expect, it } from 'vitest';
import { count, createDeskOfFiles, many } from '../testing/bulk-world.ts';
import { useTestApi } from '../testing/test-api.ts';
import { chunkRows } from './chunk-parts.ts';

const openApi = useTestApi();

const openDesk = async () => {
  const api = await openApi();
  const desk = createDeskOfFiles(api, await api.signIn('Liu Yang'));
  /** What the database takes from now on. */
  const forbid = (table: string, rule: string) =>
    api.database.query(`alter table ${table} add constraint poison check (${rule}) not valid`);
  return { api, desk, forbid };
};

const notWritten = [{ code: 'not_written', column: null, what: '' }];

describe('a row that the database refuses for good', () => {
  it('is refused alone, and the rest is issued, also of later files', async () => {
    const { desk, forbid } = await openDesk();
    const job = await desk.upload(many(chunkRows + 200));
    const later = await desk.upload('number,name_en,kind\nL1,Han,student\nL2,Wu,student');
    await forbid('person', `name_en not in ('Student 00007', 'Student 00600')`);
    await desk.order(job.id, 'apply');
    expect(await desk.done(later.id, 'apply')).toMatchObject({
      ...{ state: 'applied', outcomes: { issued: 2 } },
    });
    expect(await desk.view(job.id)).toMatchObject({
      ...{ state: 'applied', outcomes: { issued: chunkRows + 198, refused: 2 } },
    });
    const [odd] = (await desk.rows(job.id, 'new', 6)).rows;
    expect(odd).toMatchObject({ n: 7, outcome: 'refused', sinceFaults: notWritten });
  });

  it('is left alone where a file is taken back, and the rest is taken back', async () => {
    const { api, desk, forbid } = await openDesk();
    const job = await desk.upload(many(9));
    await desk.done(job.id, 'apply');
    await forbid('card', `number <> 'N00005' or state <> 'ended'`);
    expect(await desk.done(job.id, 'undo')).toMatchObject({
      ...{ state: 'undone', undos: { ended: 8, left: 1 } },
    });
    const [odd] = (await desk.rows(job.id, 'new', 4)).rows;
    expect(odd).toMatchObject({ n: 5, undo: 'left', sinceFaults: notWritten });
    const ended = `card where number like 'N0%' and state = 'ended'`;
    expect(await count(api.database, ended)).toBe(8);
  });

  it('is refused in the dry run already where it cannot even be kept', async () => {
    const { desk, forbid } = await openDesk();
    await forbid('bulk_row', `number <> 'N00002'`);
    const job = await desk.upload(many(5));
    expect(job).toMatchObject({ state: 'checked', counts: { new: 4, refused: 1 } });
    const { rows } = await desk.rows(job.id, 'refused');
    expect(rows).toMatchObject([{ n: 2, line: 3, number: '', faults: notWritten }]);
  });
});

describe('a file that cannot go on at all', () => {
  it('fails, says so, lets others go on, and can be taken back', async () => {
    const { api, desk, forbid } = await openDesk();
    const { database } = api;
    const job = await desk.upload(many(chunkRows + 5));
    await forbid('bulk_row', `n <= ${chunkRows} or outcome is null`);
    expect((await desk.done(job.id, 'apply')).state).toBe('failed');
    expect((await desk.view(job.id)).outcomes.issued).toBe(chunkRows);
    expect((await desk.upload(many(3, 'L'))).state).toBe('checked');
    const told = `feed where what ->> 'name' = 'bulk.failed'`;
    expect(await count(database, told)).toBe(1);
    expect(await desk.done(job.id, 'undo')).toMatchObject({
      ...{ state: 'undone', undos: { ended: chunkRows } },
    });
  });

  it('fails too where no row is to blame', async () => {
    const { desk, forbid } = await openDesk();
    const job = await desk.upload(many(3));
    await forbid('bulk_job', `state <> 'applied'`);
    expect(await desk.done(job.id, 'apply')).toMatchObject({
      ...{ state: 'failed', outcomes: { issued: 3 } },
    });
  });

  it('while it is taken back can be taken back once more', async () => {
    const { api, desk, forbid } = await openDesk();
    const job = await desk.upload(many(3));
    await desk.done(job.id, 'apply');
    await forbid('bulk_row', 'undo is null');
    const failed = await desk.done(job.id, 'undo');
    expect(failed).toMatchObject({ state: 'failed', undoneAt: null });
    expect(failed.undoUntil).not.toBeNull();
    await api.database.query('alter table bulk_row drop constraint poison');
    expect(await desk.done(job.id, 'undo')).toMatchObject({
      ...{ state: 'undone', undos: { ended: 3 } },
    });
  });

  it('does not keep the others waiting where its fault may pass', async () => {
    const { api, desk } = await openDesk();
    const { database } = api;
    const [sick, well] = [await desk.upload(many(3)), await desk.upload(many(3, 'L'))];
    await desk.order(sick.id, 'apply');
    await desk.order(well.id, 'apply');
    const away = {
      ...database,
      transaction: <T>(run: Parameters<typeof database.transaction<T>>[0]) =>
        database.transaction<T>((tx) =>
          run({
            query: (text, values) =>
              values?.[0] === sick.id && text.includes('outcome is null order by')
                ? Promise.reject(new Error('the disk is slow'))
                : tx.query(text, values),
          }),
        ),
    };
    await expect(desk.work('w1', away)).rejects.toThrow('slow');
    await desk.work('w1', away);
    expect((await desk.view(well.id)).state).toBe('applied');
    api.clock.skip(60_000);
    await desk.work('w2');
    expect((await desk.view(sick.id)).state).toBe('applied');
  });
});

describe('rare characters', () => {
  it('are not cut in two, wherever a text is too long', async () => {
    const { desk } = await openDesk();
    const rare = '𠮷'.repeat(70);
    const file = [
      `number,kind,uid,x${rare}`,
      ...[`a${rare},student,a${rare},`, `N1,a${rare},,`],
      `N2,student,${'a'.repeat(2_099)}${rare},`,
    ].join('\n');
    const job = await desk.upload(file);
    expect(job).toMatchObject({ state: 'checked', counts: { refused: 3 } });
    const { rows } = await desk.rows(job.id);
    expect(rows.map(({ faults }) => faults[0]?.code)).toEqual(['too_long', 'too_long', 'too_long']);
    const short = await desk.upload(`number,kind\na${'𠮷'.repeat(45)},a${'𠮷'.repeat(45)}`);
    expect((await desk.rows(short.id)).rows).toMatchObject([
      { faults: [{ code: 'number_form' }, { code: 'kind' }, { code: 'name_missing' }] },
    ]);
    const said = JSON.stringify([job, rows, (await desk.rows(short.id)).rows]);
    expect(said).not.toContain('\ufffd');
    expect(said.isWellFormed()).toBe(true);
  });
});
