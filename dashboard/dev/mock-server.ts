import { toHex } from '@gatehouse/protocols';
import type {
  ChangeView,
  ChoiceView,
  CommandView,
  EventPage,
  EventView,
  SessionView,
} from '@gatehouse/protocols';
import { campus, choices, words } from './campus.table.ts';
import { createMockClaimGroups } from './mock-claim-groups.ts';
import { deviceRoutes } from './mock-device-routes.ts';
import { createMockDevices } from './mock-devices.ts';
import { faceRows } from './mock-face-routes.ts';
import { numberRows } from './mock-numbers.ts';
import { createMockPhones } from './mock-phone.ts';
import type { MockPhones } from './mock-phone.ts';
import { mayOf, profileRows } from './mock-profile-routes.ts';
import { createMockProfiles } from './mock-profiles.ts';
import { found, ok, refuse, textIn } from './mock-route.ts';
import type { Asked, MockReply, MockRequest, Route } from './mock-route.ts';
import { changeFor, isOwnRoom, nowFor } from './mock-roles.ts';
import {
  addEvent,
  createMockState,
  iso,
  nowView,
  publish,
  setDoor,
  startLife,
} from './mock-state.ts';
import type { MockPorts, MockState, Scenario } from './mock-state.ts';
import { createMockUses, mayUsesOf } from './mock-uses.ts';

export type MockServer = {
  readonly state: MockState;
  readonly phones: MockPhones;
  readonly answer: (request: MockRequest) => MockReply;
  readonly stop: () => void;
};

const sessionOf = ({ person, role }: ChoiceView): SessionView => ({
  person,
  role,
  may: role === 'student' ? [] : ['console', ...mayOf(role), ...mayUsesOf(role)],
});

const results: Readonly<Record<string, (event: EventView) => boolean>> = {
  granted: ({ kind }) => kind === 'access.granted',
  denied: ({ kind }) => kind === 'access.denied',
};

const eventPage = ({ query, state, who }: Asked): EventPage => {
  const limit = Number(query.get('limit') ?? 50);
  const before = query.get('before');
  const wants = (name: string, value: string | undefined): boolean =>
    query.get(name) === null || query.get(name) === value;
  const fits = results[query.get('result') ?? ''];
  const from = before === null ? 0 : state.events.findIndex(({ id }) => id === before) + 1;
  const rest = state.events
    .slice(from)
    .filter(
      (event) =>
        wants('door', event.door?.id) &&
        wants('device', event.device ?? undefined) &&
        wants('person', event.person?.id) &&
        wants('kind', event.kind) &&
        (who.role !== 'teacher' || isOwnRoom(event.door?.id)) &&
        (fits === undefined || fits(event)),
    );
  const events = rest.slice(0, limit);
  return { events, before: rest.length > limit ? (events.at(-1)?.id ?? null) : null };
};

const commandDelaysMs = [
  ['at_gateway', 180],
  ['sent', 420],
  ['confirmed', 900],
] as const;

const unlock = ({ state, id, who, body }: Asked): MockReply => {
  const door = state.doors.get(id);
  if (door === undefined) return refuse(404, 'not_found', words.missing);
  if (!door.fresh) return refuse(409, 'gateway_offline', words.silent, words.silentNext);
  const at = (): string => iso(state.ports.nowMs());
  let command: CommandView = {
    id: `018f0000-0000-7000-9000-${String(state.seq).padStart(12, '0')}`,
    ...{ door: id, device: null, run: null, action: 'unlock', failure: null },
    state: 'accepted',
    steps: [{ state: 'accepted', at: at() }],
  };
  state.commands.set(command.id, command);
  const data = { command: command.id, action: 'unlock', reason: textIn(body, 'reason') };
  addEvent(state, { kind: 'command.accepted', door: id, person: who.person, data });
  for (const [step, delayMs] of commandDelaysMs) {
    state.ports.after(delayMs, () => {
      command = { ...command, state: step, steps: [...command.steps, { state: step, at: at() }] };
      state.commands.set(command.id, command);
      publish(state, { commands: [command] });
      if (step !== 'confirmed') return;
      addEvent(state, { kind: 'command.confirmed', door: id, person: who.person, data });
      setDoor(state, id, { passage: 'granted', lock: 'unlocked' });
      state.ports.after(3_000, () => {
        setDoor(state, id, { passage: 'secure', lock: 'locked', contact: 'closed' });
      });
    });
  }
  return { status: 202, body: command };
};

const consoleStream = ({ state, who }: Asked): MockReply => ({
  stream: (send) => {
    const hear = (pos: number, change: ChangeView): void => {
      const own = changeFor(who.role, change);
      send(`id: ${pos}\nevent: change\ndata: ${JSON.stringify(own)}\n\n`);
    };
    state.listeners.add(hear);
    return () => state.listeners.delete(hear);
  },
});

const phoneStream = ({ phones, viewer }: Asked): MockReply => ({
  stream: (send) =>
    phones.listen(viewer, ({ event, data }) => {
      send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }),
});

const profileRoutes = profileRows.map(({ method, path, run }): Route => ({
  ...{ method, path },
  run: (asked) => {
    if (!mayOf(asked.who.role).includes('profile.read')) {
      return refuse(403, 'not_allowed', words.missing);
    }
    const body = run(asked);
    return body === null ? { status: 204 } : found(body);
  },
}));

const numberRoutes = numberRows.map(({ method, path, run }): Route => ({
  ...{ method, path },
  run: (asked) => {
    const { who, query, state } = asked;
    if (!mayOf(who.role).includes('numbers.read')) return refuse(403, 'not_allowed', words.missing);
    const body = run({ who, query, nowMs: state.ports.nowMs() });
    return body === null ? { status: 204 } : ok(body);
  },
}));

const usesRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/console\/uses$/,
    run: ({ uses, query, who }) =>
      mayUsesOf(who.role).includes('use.read')
        ? ok(uses.list(query.get('state')))
        : refuse(403, 'not_allowed', words.missing),
  },
  {
    method: 'POST',
    path: /^\/console\/uses\/([a-z0-9.-]+)\/(close|freeze)$/,
    run: ({ uses, id, name, body }) => found(uses.act(id, name, textIn(body, 'note'))),
  },
  {
    method: 'GET',
    path: /^\/console\/uses\/([a-z0-9.-]+)\/evidence$/,
    run: ({ uses, id }) => found(uses.evidence(id)),
  },
];

/** One cookie says who, and which browser. */
const browserOf = (cookie: string): string | undefined =>
  /mock=[0-9a-f-]+\.[a-z]+\.([0-9a-f]+)/.exec(cookie)?.[1];

const signIn = ({ body, cookie, state }: Asked): MockReply => {
  const who = choices.find(({ person, role }) => person.id === body.person && role === body.role);
  if (who === undefined) return refuse(400, 'unknown_person', words.missing);
  const browser = browserOf(cookie) ?? toHex(state.ports.bytes(8));
  const set = `mock=${who.person.id}.${who.role}.${browser}`;
  return { status: 200, body: sessionOf(who), cookie: set };
};

const enrol = ({ phones, viewer, body }: Asked): MockReply => {
  const enrolled = phones.enrol(viewer, textIn(body, 'proof'));
  return enrolled === undefined ? refuse(400, 'bad_proof', words.missing) : ok(enrolled);
};

const scan = ({ phones, body }: Asked): MockReply => {
  const scanner = phones.scan(textIn(body, 'device'), textIn(body, 'text'));
  return scanner === undefined ? refuse(404, 'not_found', words.missing) : ok(scanner);
};

const settings = ({ state, who, method, body }: Asked): MockReply => {
  if (who.role !== 'admin') return refuse(403, 'not_allowed', words.missing);
  const view = method === 'POST' ? state.settings.save(body) : state.settings.view();
  return view === undefined ? refuse(400, 'bad_request', words.missing) : ok(view);
};

const runClaimGroups = ({ claimGroups: held, who, method, id, body }: Asked): MockReply => {
  if (who.role !== 'admin') return refuse(403, 'not_allowed', words.missing);
  if (method === 'GET') return ok(held.view());
  const view = method === 'POST' ? held.save(id, body) : held.end(id);
  return view === undefined ? refuse(400, 'bad_request', words.missing) : ok(view);
};

const routes: readonly Route[] = [
  ...deviceRoutes,
  ...profileRoutes,
  ...usesRoutes,
  ...numberRoutes,
  ...faceRows,
  { method: 'GET', path: /^\/campus$/, open: true, run: () => ok(campus) },
  { method: 'GET', path: /^\/demo\/choices$/, open: true, run: () => ok(choices) },
  {
    method: 'GET',
    path: /^\/time$/,
    open: true,
    run: ({ state }) => ok({ at: iso(state.ports.nowMs()) }),
  },
  { method: 'POST', path: /^\/session$/, open: true, run: signIn },
  { method: 'GET', path: /^\/session$/, run: ({ who }) => ok(sessionOf(who)) },
  {
    method: 'DELETE',
    path: /^\/session$/,
    open: true,
    run: () => ({ status: 204, cookie: 'mock=; Max-Age=0' }),
  },
  {
    method: 'GET',
    path: /^\/console\/now$/,
    run: ({ state, who }) => ok(nowFor(who.role, nowView(state))),
  },
  { method: 'GET', path: /^\/console\/events$/, run: (asked) => ok(eventPage(asked)) },
  { method: 'GET', path: /^\/console\/settings$/, run: settings },
  { method: 'POST', path: /^\/console\/settings$/, run: settings },
  { method: 'GET', path: /^\/console\/claim-groups$/, run: runClaimGroups },
  { method: 'POST', path: /^\/console\/claim-groups\/([a-z0-9-]+)$/, run: runClaimGroups },
  { method: 'DELETE', path: /^\/console\/claim-groups\/([a-z0-9-]+)$/, run: runClaimGroups },
  { method: 'GET', path: /^\/console\/stream$/, run: consoleStream },
  { method: 'POST', path: /^\/doors\/([a-z0-9-]+)\/unlock$/, run: unlock },
  {
    method: 'GET',
    path: /^\/commands\/([0-9a-f-]+)$/,
    run: ({ state, id }) => found(state.commands.get(id)),
  },
  { method: 'GET', path: /^\/me$/, run: ({ phones, viewer }) => found(phones.me(viewer)) },
  {
    method: 'POST',
    path: /^\/me\/enrol\/challenge$/,
    run: ({ phones }) => ok(phones.challenge()),
  },
  { method: 'POST', path: /^\/me\/enrol$/, run: enrol },
  {
    method: 'POST',
    path: /^\/me\/freeze$/,
    run: ({ phones, viewer }) => ok(phones.setFrozen(viewer, true)),
  },
  {
    method: 'POST',
    path: /^\/me\/unfreeze$/,
    run: ({ phones, viewer }) => ok(phones.setFrozen(viewer, false)),
  },
  {
    method: 'GET',
    path: /^\/me\/history$/,
    run: ({ phones, viewer }) => ok(phones.history(viewer)),
  },
  {
    method: 'GET',
    path: /^\/me\/notices$/,
    run: ({ phones, who }) => ok(phones.notices(who.person)),
  },
  {
    method: 'POST',
    path: /^\/me\/notices\/read$/,
    run: ({ phones, who, body }) => {
      const ids: readonly unknown[] = Array.isArray(body.ids) ? body.ids : [];
      return ok(phones.readNotices(who.person, ids.map(String)));
    },
  },
  { method: 'GET', path: /^\/me\/stream$/, run: phoneStream },
  { method: 'GET', path: /^\/demo\/scanners$/, run: ({ phones }) => ok(phones.scanners()) },
  { method: 'POST', path: /^\/demo\/scan$/, run: scan },
  {
    method: 'POST',
    path: /^\/demo\/walk$/,
    run: ({ phones, body }) => {
      phones.walk(textIn(body, 'device'));
      return { status: 204 };
    },
  },
];

const whoOf = (cookie: string): ChoiceView | undefined => {
  const [, id, role] = /mock=([0-9a-f-]+)\.([a-z]+)/.exec(cookie) ?? [];
  return choices.find((choice) => choice.person.id === id && choice.role === role);
};

/** The HTTP API of views.ts without a cloud: for work on the pages, and for their tests. */
export const createMockServer = (ports: MockPorts, scenario: Scenario): MockServer => {
  const state = createMockState(ports, scenario);
  const phones = createMockPhones(state);
  const devices = createMockDevices(state, scenario);
  const profiles = createMockProfiles(ports, devices.list);
  const uses = createMockUses(ports);
  const claimGroups = createMockClaimGroups(() => state.gateways.values());
  const stop = startLife(state);
  const answer = (request: MockRequest): MockReply => {
    const path = request.path.replace(/^\/api/, '');
    const route = routes.find((each) => each.method === request.method && each.path.test(path));
    if (route === undefined) return refuse(404, 'not_found', words.missing);
    const who = whoOf(request.cookie) ?? (route.open ? choices[0] : undefined);
    if (who === undefined) return refuse(401, 'no_session', words.noSession, words.noSessionNext);
    const [, id = '', name = ''] = route.path.exec(path) ?? [];
    const card = request.query.get('card');
    const viewer = {
      ...{ person: who.person, browser: browserOf(request.cookie) ?? '' },
      ...(card === null ? {} : { card }),
    };
    const parts = { state, phones, devices, profiles, uses, claimGroups };
    return route.run({ ...request, ...parts, who, viewer, id, name });
  };
  return { state, phones, answer, stop };
};
