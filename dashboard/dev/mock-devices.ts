import type {
  CommandView,
  DevicePageView,
  DeviceView,
  ModelValueView,
  ProfileView,
  Role,
  TelemetryView,
} from '@gatehouse/protocols';
import { buildings } from './campus.table.ts';
import { deviceRows } from './devices.table.ts';
import { addCondition, addEvent, iso, publish } from './mock-state.ts';
import type { MockState, Scenario } from './mock-state.ts';
import { profiles } from './profiles.table.ts';

/** The devices of the mock campus, what they measured, and how they take commands. */
export type MockDevices = {
  readonly list: () => readonly DeviceView[];
  readonly profiles: (role: Role) => readonly ProfileView[];
  readonly page: (id: string, role: Role) => DevicePageView | undefined;
  readonly telemetry: (id: string, from: number, to: number) => TelemetryView | undefined;
  readonly run: (id: string, command: string) => CommandView | undefined;
};

const hourMs = 3_600_000;
const pointsMax = 300;

const deviceViews = (state: MockState): readonly DeviceView[] =>
  deviceRows.map((row) => {
    const building = buildings.find(({ id }) => id === row.building);
    const profile = profiles.find(({ id }) => id === row.profile);
    const door = state.doors.get(row.door ?? '');
    const gateway = state.gateways.get(building?.gateway ?? '');
    const agoMs = row.state === 'silent' ? 1_900_000 : 3 * hourMs;
    return {
      id: row.id,
      name: row.name,
      profile: row.profile,
      profileVersion: row.runs ?? profile?.version ?? null,
      profileTitle: profile?.title ?? row.name,
      family: profile?.family ?? 'relay',
      gateway: gateway?.id ?? '',
      gatewayName: gateway?.name ?? row.name,
      buildingName: building?.name ?? row.name,
      door: door === undefined ? null : { id: door.id, name: door.name },
      side: row.side ?? null,
      state: row.state ?? 'online',
      fresh: gateway?.state !== 'silent',
      since: row.state === 'unknown' ? null : iso(state.ports.nowMs() - agoMs),
      values: row.values ?? {},
      readings: row.readings ?? {},
    };
  });

/** Guards open things; they do not set devices up, and do not look at wires. */
const mayRun = (role: Role, opens: boolean): boolean =>
  role === 'facility' || role === 'admin' || (role === 'guard' && opens);

const profileFor = (profile: ProfileView, role: Role): ProfileView => ({
  ...profile,
  commands: profile.commands.map((each) => ({ ...each, mayRun: mayRun(role, each.opens) })),
});

/** Day and hour move it; the same moment has the same value whenever one asks. */
const shapeAt = (at: number, seed: number): number =>
  0.7 * Math.sin((at / (24 * hourMs)) * 2 * Math.PI + seed) +
  0.2 * Math.sin(at / 1_700_000 + seed * 3) +
  0.1 * Math.sin(at / 190_000 + seed * 7);

const swings: Readonly<Record<string, number>> = {
  ...{ temperature: 2.4, co2: 260, humidity: 9, power: 900, voltage: 4, current: 3 },
  ...{ factor: 0.04, distance: 140, light: 280, battery: 6 },
};

/** The night in which nobody heard it. */
const isMissing = (at: number, to: number): boolean =>
  at > to - 9 * hourMs && at < to - 6.5 * hourMs;

const seriesOf = (
  model: ModelValueView,
  base: number,
  from: number,
  to: number,
): TelemetryView['series'][number] => {
  const stepMs = Math.max(30_000, (to - from) / (pointsMax - 1));
  const swing = swings[model.name] ?? base / 6;
  const count = Math.floor((to - from) / stepMs);
  const dayNow = (to + 8 * hourMs) % (24 * hourMs);
  const points = Array.from({ length: count }, (_, i) => {
    const at = Math.round(from + (i + 0.5) * stepMs);
    const day = (at + 8 * hourMs) % (24 * hourMs);
    const grows = model.name === 'energy' || model.name === 'turnover';
    const counted = model.name === 'energy' ? base - (to - at) / 2e6 : (base * day) / dayNow;
    const now = shapeAt(to, model.name.length);
    const mean = grows ? counted : base + swing * (shapeAt(at, model.name.length) - now);
    const spread = grows ? 0 : (swing / 9) * (1 + Math.abs(Math.sin(at / 500_000)));
    return { at, mean, low: mean - spread, high: mean + spread };
  });
  return { name: model.name, points: points.filter(({ at }) => !isMissing(at, to)) };
};

const stepDelaysMs = [
  ['at_gateway', 180],
  ['sent', 420],
  ['confirmed', 1_100],
] as const;

const runCommand = (
  state: MockState,
  device: DeviceView,
  profile: ProfileView,
  name: string,
): CommandView | undefined => {
  const model = profile.commands.find((each) => each.name === name);
  if (model === undefined) return undefined;
  const at = (): string => iso(state.ports.nowMs());
  state.seq += 1;
  let command: CommandView = {
    id: `018f0000-0000-7000-a000-${String(state.seq).padStart(12, '0')}`,
    ...{ door: null, device: device.id, run: name, action: 'run', failure: null },
    state: 'accepted',
    steps: [{ state: 'accepted', at: at() }],
  };
  state.commands.set(command.id, command);
  const isDead = device.state !== 'online';
  for (const [reached, delayMs] of stepDelaysMs) {
    if (reached === 'confirmed' && !model.confirms) continue;
    const step: CommandView['state'] = reached === 'confirmed' && isDead ? 'failed' : reached;
    state.ports.after(delayMs, () => {
      const steps = [...command.steps, { state: step, at: at() }];
      const failure = step === 'failed' ? 'not_confirmed' : null;
      command = { ...command, state: step, failure, steps };
      state.commands.set(command.id, command);
      publish(state, { commands: [command] });
    });
  }
  return command;
};

const makeHistory = (state: MockState): void => {
  const paid = (agoMs: number, amount: number): unknown =>
    addEvent(state, {
      kind: 'device.reported',
      device: 'pos-cafe',
      agoMs,
      data: { event: 'paid', fields: { amount, receipt: 4000 + (amount % 97) } },
    });
  paid(610_000, 2_480);
  paid(260_000, 1_900);
  paid(41_000, 1_250);
  const changed = (device: string, gateway: string, agoMs: number, values: object): unknown =>
    addEvent(state, { kind: 'device.changed', device, gateway, agoMs, data: { values } });
  changed('presence-3-201', 'gw-lab', 900_000, { presence: false, zone: 'none' });
  changed('presence-3-201', 'gw-lab', 320_000, { presence: true, zone: 'near' });
  changed('presence-3-201', 'gw-lab', 301_000, { zone: 'middle' });
  changed('strike-3-205', 'gw-lab', 84_000, { tamper: true });
  addEvent(state, {
    kind: 'device.lost',
    device: 'meter-lab',
    gateway: 'gw-lab',
    agoMs: 1_900_000,
    data: { detail: '' },
  });
};

const makeTrouble = (state: MockState): void => {
  const row = deviceRows.find(({ id }) => id === 'meter-lab');
  if (row === undefined) return;
  addCondition(state, {
    id: 'gw-lab/device_silent/meter-lab',
    code: 'device_silent',
    severity: 'attention',
    gateway: 'gw-lab',
    subject: 'meter-lab',
    subjectName: row.name,
    door: null,
    since: iso(state.ports.nowMs() - 1_900_000),
    detail: '',
  });
};

const calm = (device: DeviceView): DeviceView => ({
  ...device,
  state: 'online',
  fresh: true,
  values: device.values['tamper'] === true ? { ...device.values, tamper: false } : device.values,
});

export const createMockDevices = (state: MockState, scenario: Scenario): MockDevices => {
  makeHistory(state);
  if (scenario === 'busy') makeTrouble(state);
  const views = deviceViews(state);
  const devices = new Map(
    (scenario === 'calm' ? views.map(calm) : views).map((device) => [device.id, device]),
  );
  const of = (id: string): { device: DeviceView; profile: ProfileView } | undefined => {
    const device = devices.get(id);
    const profile = profiles.find((each) => each.id === device?.profile);
    return device === undefined || profile === undefined ? undefined : { device, profile };
  };
  return {
    list: () => [...devices.values()],
    profiles: (role) => profiles.map((each) => profileFor(each, role)),
    page: (id, role) => {
      const found = of(id);
      if (found === undefined) return undefined;
      const { device, profile } = found;
      const silentMs = device.fresh ? 4_000 : 160_000;
      const agoMs = device.state === 'silent' ? 1_900_000 : silentMs;
      const at = iso(state.ports.nowMs() - agoMs);
      const latest = Object.entries(device.readings ?? {});
      return {
        device,
        profile: profileFor(profile, role),
        latest: latest.map(([name, value]) => ({ name, value, at })),
        commands: [...state.commands.values()].filter((each) => each.device === id).reverse(),
        mayWatch: role === 'facility' || role === 'admin',
      };
    },
    telemetry: (id, from, to) => {
      const found = of(id);
      if (found === undefined) return undefined;
      const { device, profile } = found;
      const series = profile.telemetry.map((model) => {
        const base = Number(device.readings?.[model.name] ?? Number.NaN);
        const isEmpty = Number.isNaN(base) || device.state === 'silent';
        return isEmpty ? { name: model.name, points: [] } : seriesOf(model, base, from, to);
      });
      return { from: iso(from), to: iso(to), series };
    },
    run: (id, command) => {
      const found = of(id);
      if (found === undefined) return undefined;
      return runCommand(state, found.device, found.profile, command);
    },
  };
};
