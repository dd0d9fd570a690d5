import type { ConditionView, DoorView, GatewayView, Severity, Text } from '@gatehouse/protocols';
import { doorStateOf, isNormal, needsSomebody } from '../door/door-state.ts';
import type { DoorState } from '../door/door-state.ts';
import type { Picture } from './picture.ts';

/** What somebody has to see to: an active condition, or a door that is forced or held. */
export type Trouble =
  | {
      readonly of: 'door';
      readonly id: string;
      readonly severity: Severity;
      readonly sinceMs: number;
      readonly door: DoorView;
      readonly state: DoorState;
    }
  | {
      readonly of: 'condition';
      readonly id: string;
      readonly severity: Severity;
      readonly sinceMs: number;
      readonly condition: ConditionView;
    };

/** Where somebody has to go: a device that has no name of its own is found at its door. */
export const placeOf = (condition: ConditionView, { doors }: Pick<Picture, 'doors'>): Text => {
  const { subject, subjectName, door } = condition;
  const isNamed = subjectName.zh !== subject;
  return (isNamed ? undefined : doors.get(door ?? '')?.name) ?? subjectName;
};

const weight: Readonly<Record<Severity, number>> = { alarm: 0, attention: 1, notice: 2 };

const doorTroubles = (picture: Picture): readonly Trouble[] =>
  [...picture.doors.values()].flatMap((door) => {
    const state = doorStateOf(door);
    if (!needsSomebody(state)) return [];
    const sinceMs = door.since === null ? 0 : Date.parse(door.since);
    const severity: Severity = state === 'forced' ? 'alarm' : 'attention';
    return [{ of: 'door' as const, id: `door/${door.id}`, severity, sinceMs, door, state }];
  });

/** The gravest first, then the newest. */
export const troublesIn = (picture: Picture): readonly Trouble[] =>
  [
    ...doorTroubles(picture),
    ...[...picture.conditions.values()].map((condition): Trouble => ({
      of: 'condition',
      id: condition.id,
      severity: condition.severity,
      sinceMs: Date.parse(condition.since),
      condition,
    })),
  ].sort((a, b) => weight[a.severity] - weight[b.severity] || b.sinceMs - a.sinceMs);

/** Doors that are not as usual and need nobody yet, and gateways behind which nothing is known. */
export type OddDoor = { readonly door: DoorView; readonly state: DoorState };
export type OddGroup = { readonly gateway: GatewayView; readonly doors: readonly OddDoor[] };

/** Behind somebody who went through the lock stays open for the rest of its pulse. */
const passingMaxMs = 15_000;

const isPassing = ({ door, state }: OddDoor, nowMs: number): boolean =>
  state !== 'unknown' && door.since !== null && nowMs - Date.parse(door.since) < passingMaxMs;

/** The state whose colour a door has: what only ends a passage is as calm as a locked door. */
export const toneOfDoor = (door: DoorView, nowMs: number): DoorState => {
  const state = doorStateOf(door);
  const ends = state === 'unlocked' || state === 'open';
  return ends && isPassing({ door, state }, nowMs) ? 'locked' : state;
};

export const oddDoorsIn = (
  picture: Picture,
  nowMs: number,
): { readonly single: readonly OddDoor[]; readonly silent: readonly OddGroup[] } => {
  const odd = [...picture.doors.values()]
    .map((door) => ({ door, state: doorStateOf(door) }))
    .filter(({ state }) => !isNormal(state) && !needsSomebody(state))
    .filter((each) => !isPassing(each, nowMs));
  const silentGateways = [...picture.gateways.values()].filter(({ state }) => state !== 'online');
  const silentIds = new Set(silentGateways.map(({ id }) => id));
  return {
    single: odd.filter(({ door }) => !silentIds.has(door.gateway)),
    silent: silentGateways.map((gateway) => ({
      gateway,
      doors: odd.filter(({ door }) => door.gateway === gateway.id),
    })),
  };
};
