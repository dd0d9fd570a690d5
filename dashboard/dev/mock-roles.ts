import type { ChangeView, NowView, Role } from '@gatehouse/protocols';

/** A teacher sees the own rooms and what happens there. */
export const isOwnRoom = (door: string | undefined): boolean => door?.startsWith('lab-3') === true;

export const nowFor = (role: Role, now: NowView): NowView =>
  role === 'teacher'
    ? {
        ...now,
        doors: now.doors.filter(({ id }) => isOwnRoom(id)),
        gateways: now.gateways.filter(({ building }) => building === 'lab'),
        conditions: [],
        inside: [],
      }
    : now;

export const changeFor = (role: Role, change: ChangeView): ChangeView => {
  if (role !== 'teacher') return change;
  const { commands = [], doors = [], events = [] } = change;
  return {
    commands,
    doors: doors.filter(({ id }) => isOwnRoom(id)),
    events: events.filter(({ door }) => isOwnRoom(door?.id)),
  };
};
