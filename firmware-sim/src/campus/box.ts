import type { Catalogue } from '@gatehouse/device-profiles';
import { createGateway, createPrimitives, createZstd, pinHashAtOnce } from '@gatehouse/gateway';
import type {
  Clock,
  Gateway,
  GatewayConfig,
  Journal,
  ModbusPorts,
  Ports,
  StreamPosition,
} from '@gatehouse/gateway';
import { toHex } from '@gatehouse/protocols';
import type { Random } from '../devices/random.ts';
import { createJournalFolder } from './adapters/journal-folder.ts';
import type { JournalFolder } from './adapters/journal-folder.ts';
import type { ClaimNetwork } from './claim-network.ts';
import { serialPorts } from './heads.ts';
import type { Head } from './heads.ts';
import { createJournalPort } from './journal-port.ts';
import type { AppendMoment, Disk } from './journal-port.ts';
import { createLife } from './life.ts';
import type { Life } from './life.ts';
import type { Network } from './network.ts';
import { place } from './places.ts';
import { createPolicyStorePort, emptyPolicyCard } from './policy-store-port.ts';
import type { PolicyCard } from './policy-store-port.ts';
import { logOf } from './world.ts';
import type { World } from './world.ts';

export type Card = 'honest' | 'lying';
export type PowerCut = { readonly card: Card; readonly offMs: number };

/** The gateway as a box: its power, its storage card and its clock. */
export type Box = {
  readonly powerOn: () => void;
  readonly cutPower: (cut: PowerCut) => void;
  /** The power goes at this moment of the next grant that is appended. */
  readonly cutAtGrant: (moment: AppendMoment, cut: PowerCut) => void;
  /** Stops in order and starts again. */
  readonly restart: (offMs: number) => void;
  /** The wall clock of the box alone. */
  readonly stepClock: (byMs: number) => void;
  /** Nobody on the network tells the box the time; its battery clock runs on. */
  readonly loseTimeService: (forMs: number) => void;
  readonly disk: Disk;
  /** When it last started or its clock was set: readers ask for the next code for a while. */
  readonly fencedAtMs: () => number;
  /** The run of now; undefined while the box is off. */
  readonly life: () => Life | undefined;
  /** Nothing strikes any more that was armed and did not come. */
  readonly disarm: () => void;
  /** Of the open journal; undefined while there is none. */
  readonly positions: () => Promise<readonly StreamPosition[] | undefined>;
  /** Stops in order, for good. */
  readonly stop: () => Promise<void>;
  /** No power ever again. */
  readonly end: () => void;
};

export type BoxOptions = {
  readonly world: World;
  readonly gateway: string;
  readonly devices: GatewayConfig['devices'];
  /** For the files of its storage card. */
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly network: Pick<Network, 'link'>;
  readonly claims: ClaimNetwork;
  /** What its policy store holds when it comes; empty where left out. */
  readonly policyCard?: PolicyCard;
  readonly modbus: (life: Life) => ModbusPorts;
  readonly heads: readonly Head[];
  /** GET from the cloud's gateway listener. */
  readonly fetch: (path: string) => Promise<Uint8Array>;
};

type Run = {
  readonly life: Life;
  readonly gateway: Gateway;
  readonly positions: Journal['positions'];
};

/** What outlives a run. */
type Parts = {
  readonly folder: JournalFolder;
  readonly policyCard: PolicyCard;
  readonly disk: Disk;
  readonly random: Random;
  /** How far the wall clock is off. */
  wallMs: number;
  fencedAtMs: number;
  timeServiceLostUntilMs: number;
};

/** From the commit to the unlock a few milliseconds pass; the cut falls before, amid or after. */
const cutAfterMsMax = 12;

export const createBox = (options: BoxOptions): Box => {
  const { timeline, trace, recorder, random } = options.world;
  const parts: Parts = {
    folder: createJournalFolder(options.folder),
    policyCard: options.policyCard ?? emptyPolicyCard(),
    disk: { failsUntilMs: 0, stallsUntilMs: 0 },
    random: random('gateway'),
    wallMs: 0,
    fencedAtMs: 0,
    timeServiceLostUntilMs: 0,
  };
  const power = createPower(options, parts);
  const stop = async (): Promise<void> => {
    const stopping = power.run();
    if (stopping === undefined) return;
    await stopping.gateway.stop().catch(() => {
      recorder.fault('nothing left running', 'the gateway fails to stop');
    });
    const timers = stopping.life.timersWaiting();
    if (timers > 0) recorder.fault('nothing left running', `${timers} timers of the gateway`);
    trace.add('gateway stopped');
    if (power.run() === stopping) power.end();
  };
  return {
    powerOn: power.on,
    cutPower: power.cut,
    cutAtGrant: power.arm,
    restart: (offMs) => {
      // What is off already comes back by itself.
      if (power.run() === undefined) return;
      void stop().then(() => void timeline.after(offMs, power.on));
    },
    stepClock: (byMs) => {
      trace.add('clock step', { byMs });
      parts.wallMs += byMs;
      parts.fencedAtMs = timeline.nowMs();
    },
    loseTimeService: (forMs) => {
      parts.timeServiceLostUntilMs = timeline.nowMs() + forMs;
    },
    disk: parts.disk,
    fencedAtMs: () => parts.fencedAtMs,
    life: () => power.run()?.life,
    disarm: () => power.arm('now'),
    positions: async () =>
      power
        .run()
        ?.positions()
        .catch(() => undefined),
    stop,
    end: power.end,
  };
};

type Power = {
  readonly on: () => void;
  readonly cut: (cut: PowerCut) => void;
  /** `now`: nothing is armed any more. */
  readonly arm: (moment: AppendMoment | 'now', cut?: PowerCut) => void;
  readonly end: () => void;
  readonly run: () => Run | undefined;
};

const createPower = (options: BoxOptions, parts: Parts): Power => {
  const { timeline, trace, recorder, random } = options.world;
  const { folder } = parts;
  const chance = random('power');
  let run: Run | undefined;
  /** What the cuts since the journal was last opened did to it. */
  let card: Card = 'honest';
  let armed: (PowerCut & { readonly moment: AppendMoment }) | undefined;

  const end = (): void => {
    run?.life.end();
    run = undefined;
  };
  const cutPower = (cut: PowerCut): void => {
    if (run === undefined) return;
    recorder.count('power cuts');
    end();
    if (cut.card === 'lying') card = 'lying';
    trace.add('power cut', { ...cut, ...folder.cutPower(cut.card, chance.below) });
    timeline.after(cut.offMs, on);
  };
  const onMoment = (moment: AppendMoment): void => {
    if (armed?.moment !== moment) return;
    const cut = armed;
    armed = undefined;
    if (moment === 'written') return cutPower(cut);
    const life = run?.life;
    timeline.after(chance.below(cutAfterMsMax), () => {
      if (run?.life === life) cutPower(cut);
    });
  };
  const onOpened = (positions: readonly StreamPosition[]): void => {
    recorder.reopened(positions, card);
    card = 'honest';
  };
  const on = (): void => {
    trace.add('power on');
    parts.fencedAtMs = timeline.nowMs();
    const life = createLife(timeline);
    const started = createRun({ ...options, ...{ parts, life, onMoment, onOpened } });
    run = started;
    started.gateway.start().catch(() => {
      recorder.fault('works again', 'the gateway does not start');
    });
  };
  return {
    on,
    cut: cutPower,
    arm: (moment, cut) => {
      armed = cut === undefined || moment === 'now' ? undefined : { ...cut, moment };
    },
    end,
    run: () => run,
  };
};

type RunOptions = BoxOptions & {
  readonly parts: Parts;
  readonly life: Life;
  readonly onOpened: (positions: readonly StreamPosition[]) => void;
  readonly onMoment: (moment: AppendMoment) => void;
};

const createRun = (options: RunOptions): Run => {
  const { world, parts, life, network, claims, heads } = options;
  const { random } = parts;
  const { timeline, signing, breakage } = world;
  const clock = createClock(options);
  const { port: journal, positions } = createJournalPort({
    ...{ ...world, ...parts, life },
    gateway: options.gateway,
    nowMs: clock.nowMs,
    onOpened: options.onOpened,
    onMoment: (moment, { events }) => {
      if (events.some(({ kind }) => kind === 'access.granted')) options.onMoment(moment);
    },
  });
  const modbus = options.modbus(life);
  const claimPorts = claims.ports(life);
  const primitives = createPrimitives();
  const ports: Ports = {
    clock: breakage.clock?.(clock) ?? clock,
    timeSigns: () => {
      const synchronised = timeline.nowMs() >= parts.timeServiceLostUntilMs;
      return Promise.resolve({ synchronised, rtc: true });
    },
    random: random.bytes,
    primitives: breakage.primitives?.(primitives) ?? primitives,
    pinHash: pinHashAtOnce,
    serial: serialPorts(heads, life),
    modbus: breakage.modbus?.(modbus) ?? modbus,
    journal: breakage.journal?.(journal) ?? journal,
    policyStore: createPolicyStorePort({ card: parts.policyCard, life, timeline }),
    link: network.link(life),
    claims: breakage.claims?.(claimPorts) ?? claimPorts,
    http: { get: (path) => life.mine(options.fetch(path)) },
    zstd: createZstd(),
    jws: signing.verifier,
    log: logOf(world.trace, options.gateway),
  };
  const gateway = createGateway(ports, {
    config: configOf(options),
    profiles: options.catalogue,
    rootKey: signing.rootKey,
  });
  return { life, gateway, positions };
};

const createClock = ({ world, life, parts }: RunOptions): Clock => {
  const { timeline } = world;
  const bootMs = timeline.nowMs();
  return {
    nowMs: () => place.startMs + timeline.nowMs() + parts.wallMs,
    monoMs: () => timeline.nowMs() - bootMs,
    boot: toHex(parts.random.bytes(4)),
    after: life.after,
  };
};

const configOf = ({ gateway, devices }: BoxOptions): GatewayConfig => {
  const unused = { file: 'unused' };
  const addresses = { broker: 'mqtts://campus:1', listener: 'https://campus:1' };
  return {
    gateway,
    dataDir: 'unused',
    cloud: { ...addresses, ca: unused, certificate: unused, key: unused },
    rootKey: unused,
    devices: [...devices],
  };
};
