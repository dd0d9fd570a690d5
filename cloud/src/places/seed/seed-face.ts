import type { Queryable } from '../../ports.ts';
import { demoFace } from './face.table.ts';
import { insertRows } from './insert-rows.ts';

/** The demo campus begins with a card face of its own. */
export const seedFace = async (tx: Queryable, nowMs: number): Promise<void> => {
  const value = { version: 1, face: demoFace };
  await insertRows(tx, 'setting', [
    { name: 'card_face', value, at: new Date(nowMs).toISOString(), by: null },
  ]);
};
