import type { DeviceProfile } from '@gatehouse/device-profiles';
import type { ClockStamp, NewEvent } from '@gatehouse/protocols';
import { createMarks } from './access/marks.ts';
import { createPins } from './access/pins.ts';
import { createScans } from './access/scans.ts';
import { createClaims } from './claim/claims.ts';
import { createConditions } from './conditions.ts';
import type { GatewayConfig } from './config.ts';
import { createDeviceReports } from './device-reports/device-reports.ts';
import type { DeviceAbout } from './device-reports/field-devices.ts';
import { createWatches } from './device-reports/watches.ts';
import { createDevices } from './devices/devices.ts';
import { createCommands } from './downlink/commands.ts';
import { createSession } from './downlink/session.ts';
import type { Session } from './downlink/session.ts';
import { GatewayError } from './errors.ts';
import { stampEvents } from './events.ts';
import type { EventBody } from './events.ts';
import { createRecorder } from './journal/recorder.ts';
import { createKeeper } from './policy/keeper.ts';
import { createProfiles } from './profiles/profiles.ts';
import type { JournalOpened, Ports } from './ports.ts';
import { createSelfCheck } from './self-check.ts';
import { createSignedTime } from './signed-time.ts';
import { createTimeKeeper } from './time-keeper.ts';
import type { TimeKeeper } from './time-keeper.ts';
import { createUplink } from './uplink/uplink.ts';

export const gatewayVersion = '0.1.0';

export type GatewayOptions = {
  readonly config: GatewayConfig;
  readonly profiles: ReadonlyMap<string, DeviceProfile>;
  /** By device: what a head that asks by HTTP must know. */
  readonly secrets?: ReadonlyMap<string, string> | undefined;
  /** Public root key, JWK. */
  readonly rootKey: Readonly<Record<string, unknown>>;
};

export type Gateway = {
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The whole gateway: its parts, who tells whom, and in which order they start and end. */
export const createGateway = (given: Ports, options: GatewayOptions): Gateway => {
  const time = createTimeKeeper(given, (atMs) =>
    given.policyStore.saveFloor(atMs).catch((error: unknown) => {
      given.log.warn('time.floor_not_stored', { error });
      throw error;
    }),
  );
  // From here on nobody sees the box's own clock.
  const ports: Ports = { ...given, clock: time.clock };
  const core = createCore(ports, options, time);
  const doors = createDoors(ports, options, core);
  const cloud = createCloudSide(ports, options, core, doors);
  core.onChange(cloud.session.changed);
  return {
    start: () => start(ports, options, { ...core, ...doors, ...cloud }),
    stop: () => stop(ports, options, { ...core, ...doors, ...cloud }),
  };
};

type Core = ReturnType<typeof createCore>;
type Doors = ReturnType<typeof createDoors>;
type Parts = Core & Doors & ReturnType<typeof createCloudSide>;

/** What all else stands on: time, events, conditions, policy. */
const createCore = (
  ports: Ports,
  { config: { gateway }, rootKey }: GatewayOptions,
  time: TimeKeeper,
) => {
  const { clock } = ports;
  const stamp = stampEvents(clock, time.quality);
  const recorder = createRecorder(ports);
  let changed = (): void => undefined;
  let onPolicy = (): void => undefined;
  const record = (body: EventBody, agoMs = 0): void => {
    const event = stamp(body);
    recorder.record({ ...event, at: Math.round(event.at - agoMs) });
  };
  const conditions = createConditions(clock.nowMs, ({ kind, ...data }) => {
    record({ kind, data });
    changed();
  });
  const keeper = createKeeper({
    ports,
    gateway,
    root: rootKey,
    conditions,
    onApplied: (how) => {
      const { policyEpoch: epoch, policyVersion: version } = keeper.held();
      if (how !== 'loaded') record({ kind: 'policy.applied', data: { epoch, version, how } });
      onPolicy();
    },
    onSignedAt: time.raiseFloor,
  });
  return {
    time,
    stamp,
    recorder,
    record,
    conditions,
    keeper,
    marks: createMarks(),
    pins: createPins({ ports, roster: keeper.roster }),
    /** Something that the cloud is shown has changed. */
    changed: () => changed(),
    onChange: (run: () => void) => {
      changed = run;
    },
    onPolicy: (run: () => void) => {
      onPolicy = run;
    },
  };
};

/** From a scan to an open door. */
const createDoors = (ports: Ports, options: GatewayOptions, core: Core) => {
  const { config, profiles, secrets } = options;
  const { time, conditions, keeper, marks, pins, recorder, record } = core;
  const claims = createClaims({
    ...{ ports, gateway: config.gateway, keeper, marks, conditions },
    quality: time.quality,
    fenceMs: time.fenceMs,
    onChange: core.changed,
  });
  const scans = createScans({
    ports,
    gateway: config.gateway,
    keeper,
    marks,
    claims,
    pins,
    conditions,
    time: time.reading,
    fenceMs: time.fenceMs,
    door: (id) => devices.door(id),
    event: core.stamp,
    owed: recorder.record,
  });
  const devices = createDevices({
    ports,
    devices: config.devices,
    profiles,
    secrets,
    language: config.displayLanguage ?? 'zh',
    conditions,
    record,
    onCode: (reader, text, kind) => void scans.onCode(reader, text, kind),
    onChange: core.changed,
  });
  const abouts = aboutsOf(config, profiles);
  const reports = createDeviceReports({
    ...ports,
    devices,
    abouts: [...abouts.values()],
    record,
    onChange: core.changed,
  });
  const versions = createProfiles({
    ...{ ports, gateway: config.gateway, builtIns: profiles, keeper, devices, conditions, record },
    ids: [...new Set(config.devices.map(({ profile }) => profile))],
    onRunning: (device, profile) => {
      const { door } = config.devices.find(({ id }) => id === device) ?? {};
      const about = { device, door, profile };
      abouts.set(device, about);
      reports.replace(about);
    },
  });
  core.onPolicy(() => {
    versions.onPolicy();
    claims.onPolicy();
  });
  return { devices, abouts, reports, versions, claims };
};

const aboutsOf = (
  { devices }: GatewayConfig,
  profiles: GatewayOptions['profiles'],
): Map<string, DeviceAbout> =>
  new Map(
    devices.flatMap(({ id: device, door, profile: name }) => {
      const profile = profiles.get(name);
      return profile === undefined ? [] : [[device, { device, door, profile }] as const];
    }),
  );

/** Silence is an answer too: the cloud waits no longer than a member does. */
const answerCloud = async (
  claims: Doors['claims'],
  session: Session,
  payload: Uint8Array,
): Promise<void> => {
  const answer = await claims.onCloudAsk(payload);
  if (answer !== undefined) await session.tell('answer', answer).catch(() => undefined);
};

type TakeSigned = (jws: string) => Promise<void>;

const andThen =
  (take: TakeSigned, then: () => void): TakeSigned =>
  async (jws) => {
    await take(jws);
    then();
  };

const createTimeAsker = (ports: Ports, { keeper, time }: Pick<Core, 'keeper' | 'time'>) =>
  createSignedTime({
    ports,
    trust: keeper.trust,
    onTime: (anchor) => {
      time.signed(anchor);
      time.raiseFloor(anchor.atMs);
    },
  });

/** What goes up to the cloud, and what comes down from it. */
const createCloudSide = (
  ports: Ports,
  { config: { gateway } }: GatewayOptions,
  { keeper, conditions, stamp, time, recorder }: Core,
  { devices, abouts, reports, claims }: Doors,
) => {
  const uplink = createUplink({ ...ports, gateway });
  const commands = createCommands({
    ports,
    gateway,
    keeper,
    door: devices.door,
    devices,
    about: (device) => abouts.get(device),
    record: recorder.record,
    event: stamp,
    session: () => session.id(),
    beatAtMs: (n) => session.beatAtMs(n),
  });
  const watches = createWatches({
    ...ports,
    devices,
    has: (device) => abouts.has(device),
    session: () => session.id(),
    publish: (live) => session.tell('live', live),
  });
  /** Whoever waits for a change to reach every gateway hears of it within a second. */
  const taken = (take: TakeSigned) => andThen(take, () => session.heldMoved());
  const signedTime = createTimeAsker(ports, { keeper, time });
  const session = createSession({
    ports,
    gateway,
    version: gatewayVersion,
    conditions,
    stamp: (): ClockStamp => stamp({ kind: 'gateway.stopped', data: {} }).clock,
    held: keeper.held,
    twin: () => ({
      doors: devices.doorReports(),
      devices: reports.withValues(devices.deviceReports()),
      conditions: [...conditions.active()],
      ...claims.report(),
    }),
    onHello: (connection, hello) => {
      keeper.touch();
      signedTime.ask();
      uplink.connected(connection, hello);
    },
    onLost: () => {
      watches.endAll();
      uplink.disconnected();
    },
    onCursor: uplink.cursor,
    onWatch: watches.onWatch,
    onAsk: (payload) => void answerCloud(claims, session, payload),
    onSigned: {
      keys: andThen(keeper.onKeys, signedTime.ask),
      manifest: taken(keeper.onManifest),
      delta: taken(keeper.onDelta),
      revocation: taken(keeper.onRevocation),
      command: commands.onCommand,
    },
  });
  const selfCheck = createSelfCheck({ ports, gateway, conditions, time: time.reading });
  return { uplink, commands, watches, session, selfCheck, signedTime };
};

const notOpened: JournalOpened = {
  epoch: '',
  clean: false,
  fenceMs: 0,
  marks: [],
  commandsOpen: [],
};

const start = async (ports: Ports, { config }: GatewayOptions, parts: Parts): Promise<void> => {
  const { clock, journal, log } = ports;
  const { gateway } = config;
  const { time, stamp, recorder, conditions } = parts;
  recorder.onTrouble((failing) => {
    if (failing) conditions.raise('journal_failed', gateway, '');
    else conditions.clear('journal_failed', gateway);
  });
  /** In force at once; where the disk refuses it, doors open all the same. */
  const fence = async (event: NewEvent): Promise<void> => {
    time.fence(clock.nowMs());
    const append = { events: [event], fenceMs: clock.nowMs() };
    await journal.append(append).catch(() => recorder.record(event));
  };
  // A disk that refuses keeps nobody in: exits open without it, and it opens by itself when it can.
  const opened = await journal.open().catch((error: unknown) => {
    if (error instanceof GatewayError && error.code === 'GW_IN_USE') throw error;
    return notOpened;
  });
  await time.begin();
  parts.marks.load(opened.marks);
  parts.pins.load(opened.pinTries ?? []);
  time.fence(opened.fenceMs);
  const data = { version: gatewayVersion, clean: opened.clean };
  const started = stamp({ kind: 'gateway.started', data });
  // After a crash, and with a journal that is not the one of before, marks may be missing.
  if (opened.clean) recorder.record(started);
  else await fence(started);
  time.start((byMs) => void fence(stamp({ kind: 'clock.stepped', data: { byMs } })));
  await parts.keeper.load();
  parts.signedTime.ask();
  await parts.commands.settle(opened.commandsOpen);
  parts.versions.begin();
  parts.devices.start();
  parts.session.start();
  parts.selfCheck.start();
  log.info('gateway.started', { gateway, clean: opened.clean });
};

const stop = async (ports: Ports, { config }: GatewayOptions, parts: Parts): Promise<void> => {
  parts.time.stop();
  parts.signedTime.stop();
  parts.selfCheck.stop();
  parts.watches.endAll();
  parts.reports.stop();
  parts.versions.stop();
  await parts.devices.stop();
  await parts.claims.stop();
  parts.record({ kind: 'gateway.stopped', data: {} });
  await parts.recorder.flush();
  await parts.session.stop();
  parts.uplink.stop();
  parts.recorder.stop();
  await ports.policyStore.close();
  await ports.journal.close();
  ports.log.info('gateway.stopped', { gateway: config.gateway });
};
