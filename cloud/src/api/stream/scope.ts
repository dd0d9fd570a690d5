import { doubtConditions } from '@gatehouse/protocols';
import type { ChangeView, DoorView, EventView, GatewayView } from '@gatehouse/protocols';
import { may } from '../../access/may.ts';
import { maySeeKind } from '../../events/event-views.ts';
import type { Session } from '../../identity/identity.ts';
import { changeView } from './frame.ts';
import type { Frame } from './frame.ts';

/** What a console shows of the campus; the same cut for a picture and for each change of it. */
export type Shown = Pick<
  Frame,
  'events' | 'doors' | 'gateways' | 'conditions' | 'cleared' | 'inside' | 'commands' | 'devices'
>;

/** Where the doors of a session are; asked for once per stream, since places do not move. */
export type Reach = {
  readonly gateways: ReadonlySet<string>;
  readonly buildings: ReadonlySet<string>;
};

const doubtCodes: ReadonlySet<string> = new Set(Object.values(doubtConditions));

export const reachOfDoors = (doors: readonly DoorView[], session: Session): Reach => {
  const own = doors.filter(({ id }) => may(session, 'console', { door: id }));
  return {
    gateways: new Set(own.map(({ gateway }) => gateway)),
    buildings: new Set(own.map(({ building }) => building)),
  };
};

export const doorFor = (session: Session, door: DoorView): DoorView => ({
  ...door,
  mayUnlock: may(session, 'unlock', { door: door.id }),
});

export const maySeeEvent = (session: Session, { kind, door }: EventView): boolean =>
  maySeeKind(session.role, kind) && may(session, 'console', { door: door?.id ?? null });

/** Cuts what is shown down to what this session may see. */
export const shownTo = (session: Session, reach: Reach, shown: Shown): Shown => {
  const sees = (door: string | null): boolean => may(session, 'console', { door });
  const isAll = session.doors === 'all';
  const seesGateway = (gateway: Pick<GatewayView, 'id'>): boolean =>
    isAll || reach.gateways.has(gateway.id);
  return {
    events: shown.events.filter((event) => maySeeEvent(session, event)),
    doors: shown.doors.filter(({ id }) => sees(id)).map((door) => doorFor(session, door)),
    gateways: shown.gateways.filter(seesGateway),
    conditions: shown.conditions.filter(
      ({ door, code }) => sees(door) && (!doubtCodes.has(code) || may(session, 'use.read')),
    ),
    // An id that was never shown clears nothing.
    cleared: isAll
      ? shown.cleared
      : shown.cleared.filter((id) => seesGateway({ id: id.split('/')[0] ?? '' })),
    inside: shown.inside.filter(({ building }) => isAll || reach.buildings.has(building)),
    commands: shown.commands.filter(({ door }) => sees(door)),
    devices: may(session, 'device.read') ? shown.devices : [],
  };
};

/** Undefined where nothing is left to tell. */
export const changeFor = (session: Session, reach: Reach, frame: Frame): ChangeView | undefined => {
  const change = changeView(shownTo(session, reach, frame));
  return Object.keys(change).length === 0 ? undefined : change;
};
