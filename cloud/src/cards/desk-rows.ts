import type { ScheduleWindows, Text } from '@gatehouse/protocols';
import { CloudError } from '../errors.ts';
import type { Queryable } from '../ports.ts';
import type { DeskHours } from './desk-slots.ts';

type DeskColumns = {
  readonly id: string;
  readonly name_zh: string;
  readonly name_en: string;
  readonly place_zh: string;
  readonly place_en: string;
  readonly hours_zh: string;
  readonly hours_en: string;
  readonly fee_zh: string;
  readonly fee_en: string;
  readonly windows: ScheduleWindows;
  readonly slot_minutes: number;
  readonly capacity: number;
  readonly zone: string;
};

export type Desk = {
  readonly id: string;
  readonly name: Text;
  readonly place: Text;
  /** When it is open, in words. */
  readonly openText: Text;
  readonly fee: Text;
  readonly hours: DeskHours;
};

const selectDesk = `select d.*, s.zone from desk d, site s order by d.id, s.id limit 1`;

/** @throws CloudError CL_NOT_FOUND where the school has none */
export const theDesk = async (db: Queryable): Promise<Desk> => {
  const [row] = await db.query<DeskColumns>(selectDesk);
  if (row === undefined) throw new CloudError('CL_NOT_FOUND', 'no card desk');
  const { id, windows, zone, capacity } = row;
  return {
    id,
    name: { zh: row.name_zh, en: row.name_en },
    place: { zh: row.place_zh, en: row.place_en },
    openText: { zh: row.hours_zh, en: row.hours_en },
    fee: { zh: row.fee_zh, en: row.fee_en },
    hours: { zone, windows, slotMinutes: row.slot_minutes, capacity },
  };
};

/** Until the transaction ends, nobody else books or counts receipts here. */
export const lockDesk = async (tx: Queryable, desk: string): Promise<void> => {
  await tx.query('select id from desk where id = $1 for update', [desk]);
};
