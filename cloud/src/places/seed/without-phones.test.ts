import { scryptSync } from 'node:crypto';
import { parsePinEntry, parseUid, pinScrypt } from '@gatehouse/protocols';
import { expect, it } from 'vitest';
import { campusPlan } from './campus-plan.ts';
import { demoPins, demoUids, doorsWithCardReader } from './without-phones.table.ts';

const { cost, blockSize, parallelization, bytes } = pinScrypt;

it.each(demoUids)('$name holds $uid, which readers give so', ({ uid }) => {
  expect(parseUid(uid)).toEqual({ ok: true, uid });
});

it.each(demoPins)('$name types $number$pin#, which fits its hash', (row) => {
  const { number, pin, salt, hash } = row;
  expect(parsePinEntry(`${number}${pin}#`)?.number).toBe(number);
  const options = { cost, blockSize, parallelization };
  expect(scryptSync(pin, salt, bytes, options).toString('hex')).toBe(hash);
  expect(Buffer.from(salt)).toHaveLength(16);
});

it('people and doors of the tables are of the campus, and UIDs are told apart', () => {
  const { people, doors } = campusPlan({ seed: 1, people: 0 });
  const names = people.map(({ name }) => name.en);
  for (const { name } of [...demoUids, ...demoPins]) expect(names).toContain(name);
  for (const door of doorsWithCardReader) expect(doors.map(({ id }) => id)).toContain(door);
  expect(new Set(demoUids.map(({ uid }) => uid)).size).toBe(demoUids.length);
});
