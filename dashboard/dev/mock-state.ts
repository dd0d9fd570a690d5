import type {
  ChangeView,
  CommandView,
  ConditionView,
  DoorView,
  EventView,
  GatewayView,
  InsideView,
  NowView,
  PersonView,
} from '@gatehouse/protocols';
import { buildings, people } from './campus.table.ts';
import { createMockFace } from './mock-face.ts';
import type { MockFace } from './mock-face.ts';
import { createMockSettings } from './mock-settings.ts';
import type { MockSettings } from './mock-settings.ts';

export type MockPorts = {
  readonly nowMs: () => number;
  /** 0 ≤ … < 1 */
  readonly random: () => number;
  /** @returns cancels */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Random bytes. */
  readonly bytes: (count: number) => Uint8Array;
  readonly verify: (rawKey: Uint8Array, data: Uint8Array, signature: Uint8Array) => boolean;
};

/** `calm`: nothing is wrong. `busy`: a forced door, a held one, a silent gateway. */
export type Scenario = 'calm' | 'busy';

export type MockState = {
  readonly ports: MockPorts;
  readonly doors: Map<string, DoorView>;
  readonly gateways: Map<string, GatewayView>;
  readonly conditions: Map<string, ConditionView>;
  readonly inside: Map<string, InsideView>;
  readonly commands: Map<string, CommandView>;
  readonly settings: MockSettings;
  readonly face: MockFace;
  /** Newest first. */
  readonly events: EventView[];
  readonly listeners: Set<(pos: number, change: ChangeView) => void>;
  pos: number;
  seq: number;
};

const eventsMax = 600;

export const iso = (ms: number): string => new Date(ms).toISOString();

const doorRows = (atMs: number): readonly DoorView[] =>
  buildings.flatMap((building) =>
    building.doors.map(([id, zh, en, doorClass]): DoorView => ({
      id,
      name: { zh, en },
      class: doorClass,
      building: building.id,
      buildingName: building.name,
      gateway: building.gateway,
      lock: 'locked',
      contact: 'closed',
      passage: 'secure',
      fresh: true,
      since: iso(atMs - 3_600_000),
      mayUnlock: true,
    })),
  );

const gatewayRows = (atMs: number): readonly GatewayView[] =>
  buildings.map((building) => ({
    id: building.gateway,
    name: building.gatewayName,
    building: building.id,
    state: 'online',
    version: '0.1.0',
    lastBeatAt: iso(atMs),
    policy: { held: 118, newest: 118 },
    revocation: { held: 7, newest: 7 },
    waiting: 0,
    journalFill: 0.04,
    clock: 'trusted',
    doors: building.doors.length,
    claim: {
      group: 'east',
      authority: { id: 'gw-library', name: buildings[0]?.gatewayName ?? building.gatewayName },
      isAuthority: building.gateway === 'gw-library',
      state: 'together',
      since: iso(atMs - 3_600_000),
      people: null,
    },
  }));

const insideRows = (random: () => number): readonly InsideView[] =>
  buildings.map((building) => ({
    building: building.id,
    buildingName: building.name,
    count: building.inside,
    trend: Array.from({ length: 24 }, (_, i) =>
      Math.round(building.inside * (0.08 + 0.1 * Math.sin(i / 4) ** 2) * (0.7 + random() * 0.6)),
    ),
  }));

export const publish = (state: MockState, change: ChangeView): void => {
  state.pos += 1;
  for (const listener of state.listeners) listener(state.pos, change);
};

export const setDoor = (state: MockState, id: string, change: Partial<DoorView>): void => {
  const door = state.doors.get(id);
  if (door === undefined) return;
  const next = { ...door, since: iso(state.ports.nowMs()), ...change };
  state.doors.set(id, next);
  publish(state, { doors: [next] });
};

export type MadeEvent = {
  readonly kind: string;
  readonly door?: string;
  readonly gateway?: string;
  readonly device?: string;
  readonly person?: PersonView;
  readonly data?: EventView['data'];
  readonly agoMs?: number;
  /** How long it lay on the gateway before it came. */
  readonly lateMs?: number;
};

export const addEvent = (state: MockState, made: MadeEvent): EventView => {
  const door = made.door === undefined ? undefined : state.doors.get(made.door);
  const gateway = state.gateways.get(door?.gateway ?? made.gateway ?? 'gw-library');
  const receivedMs = state.ports.nowMs() - (made.agoMs ?? 0);
  const lateMs = made.lateMs ?? 0;
  state.seq += 1;
  const event: EventView = {
    id: `${gateway?.id ?? 'cloud'}.0a1b2c3d.main.${state.seq}`,
    kind: made.kind,
    at: iso(receivedMs - lateMs),
    receivedAt: iso(receivedMs),
    late: lateMs > 10_000,
    gateway: gateway?.id ?? 'cloud',
    gatewayName: gateway?.name ?? { zh: '', en: '' },
    door: door === undefined ? null : { id: door.id, name: door.name },
    device: made.device ?? (door === undefined ? null : `${door.id}-in`),
    person: made.person ?? null,
    data: made.data ?? {},
  };
  state.events.unshift(event);
  state.events.length = Math.min(state.events.length, eventsMax);
  publish(state, { events: [event] });
  return event;
};

export const addCondition = (state: MockState, condition: ConditionView): void => {
  state.conditions.set(condition.id, condition);
  publish(state, { conditions: [condition] });
};

export const nowView = (state: MockState): NowView => ({
  pos: state.pos,
  doors: [...state.doors.values()],
  gateways: [...state.gateways.values()],
  conditions: [...state.conditions.values()],
  inside: [...state.inside.values()],
});

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

const condition = (
  atMs: number,
  from: Pick<ConditionView, 'code' | 'severity' | 'gateway' | 'subject' | 'subjectName'> &
    Partial<ConditionView>,
): ConditionView => ({
  id: `${from.gateway}/${from.code}/${from.subject}`,
  door: null,
  since: iso(atMs),
  detail: '',
  ...from,
});

const makeTrouble = (state: MockState, atMs: number): void => {
  const silent = state.gateways.get('gw-dorm');
  if (silent === undefined) return;
  const lastBeatAt = iso(atMs - 160_000);
  const policy = { held: 117, newest: 118 };
  state.gateways.set('gw-dorm', { ...silent, state: 'silent', lastBeatAt, policy, waiting: 42 });
  for (const [id, door] of state.doors) {
    if (door.gateway === 'gw-dorm') state.doors.set(id, { ...door, fresh: false });
  }
  const at = (agoMs: number): { since: string } => ({ since: iso(atMs - agoMs) });
  const lab = state.gateways.get('gw-lab');
  if (lab?.claim !== undefined) {
    const claim = { ...lab.claim, state: 'alone' as const, since: iso(atMs - 754_000) };
    state.gateways.set('gw-lab', { ...lab, claim: { ...claim, people: 431 } });
  }
  setDoor(state, 'library-east', { passage: 'forced', contact: 'open', ...at(79_000) });
  setDoor(state, 'lab-3-201', { passage: 'held', contact: 'open', ...at(130_000) });
  setDoor(state, 'library-night', { lock: 'unlocked', ...at(7_200_000) });
  addCondition(
    state,
    condition(atMs - 148_000, {
      code: 'gateway_silent',
      severity: 'attention',
      gateway: 'gw-dorm',
      subject: 'gw-dorm',
      subjectName: silent.name,
    }),
  );
  addCondition(
    state,
    condition(atMs - 1_500_000, {
      code: 'reader_noisy',
      severity: 'notice',
      gateway: 'gw-lab',
      subject: 'lab-main-in',
      subjectName: state.doors.get('lab-main')?.name ?? silent.name,
      door: 'lab-main',
      detail: '212 B',
    }),
  );
  addEvent(state, { kind: 'door.held', door: 'lab-3-201', agoMs: 100_000 });
  addEvent(state, { kind: 'door.forced', door: 'library-east', agoMs: 79_000 });
};

const decision = (reason: string, side = 'entry'): EventView['data'] => ({
  reason,
  side,
  reader: 'in',
  basis: 'local',
  policy: { epoch: 1, version: 118, ageMs: 12_000 },
});

const reasonsSeen = ['outside_schedule', 'used', 'no_right', 'expired', 'wrong_kind'] as const;

/** One thing that happens somewhere on the campus. */
const happen = (state: MockState, agoMs: number): void => {
  const { random } = state.ports;
  const everybody = Object.values(people);
  const open = [...state.doors.values()].filter(
    ({ fresh, passage, class: kind }) => fresh && passage === 'secure' && kind !== 'exit',
  );
  const door = open[Math.floor(random() * open.length)];
  const person = everybody[Math.floor(random() * everybody.length)];
  if (door === undefined || person === undefined) return;
  const luck = random();
  const lateMs = luck > 0.96 ? 95_000 : 0;
  if (luck < 0.16) {
    const reason = reasonsSeen[Math.floor(random() * reasonsSeen.length)] ?? 'used';
    addEvent(state, {
      kind: 'access.denied',
      door: door.id,
      person,
      data: decision(reason),
      agoMs,
    });
    return;
  }
  if (luck < 0.2) {
    const data = decision('not_a_pass');
    addEvent(state, { kind: 'access.denied', door: door.id, data, agoMs });
    return;
  }
  const data = decision('granted', random() > 0.8 ? 'exit' : 'entry');
  addEvent(state, { kind: 'access.granted', door: door.id, person, data, agoMs, lateMs });
  addEvent(state, { kind: 'access.taken', door: door.id, person, agoMs: agoMs - 900, lateMs });
  const inside = state.inside.get(door.building);
  if (inside === undefined) return;
  const next = { ...inside, count: inside.count + 1 };
  state.inside.set(door.building, next);
  publish(state, { inside: [next] });
};

export const createMockState = (ports: MockPorts, scenario: Scenario): MockState => {
  const atMs = ports.nowMs();
  const state: MockState = {
    ports,
    doors: byId(doorRows(atMs)),
    gateways: byId(gatewayRows(atMs)),
    conditions: new Map(),
    inside: new Map(insideRows(ports.random).map((row) => [row.building, row])),
    commands: new Map(),
    settings: createMockSettings(ports.nowMs),
    face: createMockFace(ports.nowMs),
    events: [],
    listeners: new Set(),
    pos: 1000,
    seq: 0,
  };
  for (let agoMs = 1_800_000; agoMs > 5_000; agoMs -= 12_000) happen(state, agoMs);
  if (scenario === 'busy') makeTrouble(state, atMs);
  return state;
};

/** People walk, gateways beat. @returns stops it */
export const startLife = (state: MockState): (() => void) => {
  const { ports } = state;
  let cancel = (): void => undefined;
  const beat = (): void => {
    for (const [id, gateway] of state.gateways) {
      if (gateway.state !== 'online') continue;
      state.gateways.set(id, { ...gateway, lastBeatAt: iso(ports.nowMs()) });
    }
    happen(state, 0);
    publish(state, { gateways: [...state.gateways.values()] });
    cancel = ports.after(1_500 + ports.random() * 3_000, beat);
  };
  cancel = ports.after(1_000, beat);
  return () => {
    cancel();
  };
};
