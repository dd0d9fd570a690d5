import type {
  ChangeView,
  CommandView,
  ConditionView,
  DeviceView,
  DoorView,
  EventView,
  GatewayView,
  InsideView,
  NowView,
} from '@gatehouse/protocols';

/** Everything that the console knows of the campus at this moment. */
export type Picture = {
  readonly pos: number;
  readonly doors: ReadonlyMap<string, DoorView>;
  readonly gateways: ReadonlyMap<string, GatewayView>;
  readonly conditions: ReadonlyMap<string, ConditionView>;
  readonly inside: ReadonlyMap<string, InsideView>;
  /** Those that the stream told of; a screen of devices loads all and lays these over them. */
  readonly devices: ReadonlyMap<string, DeviceView>;
  /** The last that were sent; screens follow them by id. */
  readonly commands: ReadonlyMap<string, CommandView>;
  /** Newest first. */
  readonly events: readonly EventView[];
};

export const feedEventsMax = 200;
const commandsMax = 50;

const by = <Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  before: ReadonlyMap<string, Row> = new Map(),
): ReadonlyMap<string, Row> => {
  if (rows.length === 0) return before;
  return new Map([...before, ...rows.map((row) => [keyOf(row), row] as const)]);
};

const idOf = ({ id }: { readonly id: string }): string => id;
const buildingOf = ({ building }: InsideView): string => building;

export const pictureOf = (now: NowView, events: readonly EventView[]): Picture => ({
  pos: now.pos,
  doors: by(now.doors, idOf),
  gateways: by(now.gateways, idOf),
  conditions: by(now.conditions, idOf),
  inside: by(now.inside, buildingOf),
  devices: new Map(),
  commands: new Map(),
  events: events.slice(0, feedEventsMax),
});

const without = <Row>(
  rows: ReadonlyMap<string, Row>,
  ids: readonly string[],
): ReadonlyMap<string, Row> => {
  if (ids.length === 0) return rows;
  return new Map([...rows].filter(([id]) => !ids.includes(id)));
};

const withEvents = (
  events: readonly EventView[],
  fresh: readonly EventView[],
): readonly EventView[] => {
  const known = new Set(events.map(idOf));
  const news = fresh.filter(({ id }) => !known.has(id));
  if (news.length === 0) return events;
  // By arrival: a late event is news too, and says itself when it happened.
  return [...news.reverse(), ...events].slice(0, feedEventsMax);
};

/** What a report does not repeat, such as readings, stays. */
const withDevices = (
  before: ReadonlyMap<string, DeviceView>,
  fresh: readonly DeviceView[],
): ReadonlyMap<string, DeviceView> =>
  by(
    fresh.map((device) => ({ ...before.get(device.id), ...device })),
    idOf,
    before,
  );

/**
 * One message of the stream; what it does not name is unchanged, what is older than the picture
 * changes nothing. One of the same position may still carry news that is in no feed: people inside.
 */
export const applyChange = (before: Picture, pos: number, change: ChangeView): Picture => {
  if (pos < before.pos) return before;
  const conditions = by(change.conditions ?? [], idOf, before.conditions);
  const commands = by(change.commands ?? [], idOf, before.commands);
  return {
    pos,
    doors: by(change.doors ?? [], idOf, before.doors),
    gateways: by(change.gateways ?? [], idOf, before.gateways),
    conditions: without(conditions, change.cleared ?? []),
    inside: by(change.inside ?? [], buildingOf, before.inside),
    devices: withDevices(before.devices, change.devices ?? []),
    commands: new Map([...commands].slice(-commandsMax)),
    events: withEvents(before.events, change.events ?? []),
  };
};
