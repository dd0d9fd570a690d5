import { eventId, eventKinds, isEventKind } from '@gatehouse/protocols';
import type { EventView, Role, Stream } from '@gatehouse/protocols';

/** One event with the names that belong to it; null where the place or person is not known. */
export type EventRow = {
  readonly gateway: string;
  readonly epoch: string;
  readonly stream: Stream;
  readonly seq: number;
  readonly at: Date;
  readonly at_corrected: Date | null;
  readonly received_at: Date;
  readonly kind: string;
  readonly door: string | null;
  readonly device: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly gateway_name: NameColumn;
  readonly door_name: NameColumn;
  readonly device_name: NameColumn;
  readonly person: PersonColumn;
};

type Name = { readonly zh: string; readonly en: string };
type NameColumn = Name | null;
type PersonColumn = {
  readonly id: string;
  readonly name: Name;
  readonly affiliation: string;
  readonly unit: Name;
} | null;

/**
 * The columns of an EventRow `from event e`; `where` and `order by` follow. The table `evidence` is
 * never named here.
 */
export const selectEvents = `
  select e.gateway, e.epoch, e.stream, e.seq, e.at, e.at_corrected,
    e.received_at, e.kind, e.door, e.device, e.data,
    case when g.id is null then null
      else jsonb_build_object('zh', g.name_zh, 'en', g.name_en) end as gateway_name,
    case when d.id is null then null
      else jsonb_build_object('zh', d.name_zh, 'en', d.name_en) end as door_name,
    case when v.id is null then null
      else jsonb_build_object('zh', v.name_zh, 'en', v.name_en) end as device_name,
    case when p.id is null then null
      else jsonb_build_object('id', p.id, 'affiliation', p.affiliation,
        'name', jsonb_build_object('zh', p.name_zh, 'en', p.name_en),
        'unit', jsonb_build_object('zh', p.unit_zh, 'en', p.unit_en)) end as person
  from event e
  left join gateway g on g.id = e.gateway
  left join door d on d.id = e.door
  left join device v on v.id = e.device
  left join person_now p on p.id = e.person`;

/** From here on the screen says when it happened and when it arrived. */
export const lateAfterMs = 10_000;

/** What has no name is called by its id. */
const nameOf = (name: NameColumn, id: string): Name => name ?? { zh: id, en: id };

export const eventView = (row: EventRow): EventView => {
  const at = row.at_corrected ?? row.at;
  return {
    id: eventId(row),
    kind: row.kind,
    at: at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    late: row.received_at.getTime() - at.getTime() > lateAfterMs,
    gateway: row.gateway,
    gatewayName: nameOf(row.gateway_name, row.gateway),
    door: row.door === null ? null : { id: row.door, name: nameOf(row.door_name, row.door) },
    device: row.device,
    ...(row.device_name === null ? {} : { deviceName: row.device_name }),
    person: row.person,
    data: row.data,
  };
};

/** Charts show them, by the thousand: in a list of what happened they would hide the rest. */
export const readingKind = 'device.measured';

/** Whether a console role may see events of this kind. Kinds that we do not know are for all. */
export const maySeeKind = (role: Role, kind: string): boolean => {
  const seenBy: readonly string[] = isEventKind(kind) ? eventKinds[kind].seenBy : [];
  return seenBy.length === 0 || seenBy.includes(role);
};
