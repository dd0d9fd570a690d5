import type { Catalogue } from '@gatehouse/device-profiles';
import { parseTopic } from '@gatehouse/protocols';
import type { CampusDatabase } from '../adapters/databases.ts';
import { turn } from '../adapters/turn.ts';
import { createBox } from '../box.ts';
import type { Box } from '../box.ts';
import { createClaimNetwork } from '../claim-network.ts';
import type { ClaimNetwork } from '../claim-network.ts';
import { createGate, createSettle } from '../gate.ts';
import { createHeadOf, createTurnstileOf } from '../hardware.ts';
import { createHouse } from '../house.ts';
import type { House } from '../house.ts';
import type { Life } from '../life.ts';
import { createNetwork } from '../network.ts';
import type { Network } from '../network.ts';
import { place } from '../places.ts';
import { createRecorder } from '../record.ts';
import type { Campus, Recorder } from '../record.ts';
import { createSigning } from '../signing.ts';
import { createTimeline } from '../timeline.ts';
import { createTrace } from '../trace.ts';
import type { Turnstile } from '../turnstile.ts';
import { randomOf } from '../world.ts';
import type { World } from '../world.ts';
import { createLane } from './lane.ts';
import type { Lane } from './lane.ts';
import { laneDevices, lanesOf, turnstilePort } from './venue.ts';
import type { Ceremony, LanePlace } from './venue.ts';

/** The wires of one gateway of the hall, and what happened there. */
export type Entrance = {
  readonly gateway: string;
  readonly box: Box;
  readonly network: Network;
  readonly lanes: readonly Lane[];
  readonly campus: Campus;
};

export type Hall = {
  readonly world: World;
  readonly house: House;
  readonly claims: ClaimNetwork;
  readonly entrances: readonly Entrance[];
};

export type HallOptions = {
  readonly ceremony: Ceremony;
  readonly database: CampusDatabase;
  readonly catalogue: Catalogue;
};

/** No message is lost or doubled of itself; each takes up to this long, each way. */
const delayMsMax = 20;

/** Real gateways and the real cloud in one process; all between and around them is simulated. */
export const createHall = ({ ceremony, database, catalogue }: HallOptions): Hall => {
  const gate = createGate();
  const timeline = createTimeline(createSettle(gate, turn));
  const trace = createTrace(timeline.nowMs);
  const { seed } = ceremony;
  const world: World = {
    ...{ seed, timeline, trace, random: randomOf(seed), breakage: {} },
    recorder: createRecorder(timeline.nowMs),
    signing: createSigning(seed, place.startMs),
  };
  const networks = new Map<string, Network>();
  const network = (): Network => joined(networks);
  const told = { broker: 'external', tellsTime: false } as const;
  const house = createHouse({ world, real: database, gate, network, ...told });
  const claims = createClaimNetwork({ timeline, trace, random: world.random('claims') });
  const entrances = [...Map.groupBy(lanesOf(ceremony), ({ gateway }) => gateway)].map(
    ([gateway, places]) => {
      const weather = { lost: 0, doubled: 0, overtakeMsMax: 0, delayMsMax };
      const random = world.random(`network ${gateway}`);
      const own = createNetwork({ timeline, trace, weather, random, isBrokerUp: () => true });
      networks.set(gateway, own);
      const around = { folder: database.folder, catalogue, claims, fetch: house.fetch };
      return createEntrance(world, { ...around, gateway, places, network: own });
    },
  );
  return { world, house, claims, entrances };
};

type EntranceOptions = Pick<Parameters<typeof createBox>[0], 'folder' | 'catalogue' | 'fetch'> & {
  readonly gateway: string;
  readonly places: readonly LanePlace[];
  readonly network: Network;
  readonly claims: ClaimNetwork;
};

const createEntrance = (hall: World, options: EntranceOptions): Entrance => {
  const { gateway, places, network, folder, catalogue, claims, fetch } = options;
  const { recorder, timeline, random } = hall;
  const own: Recorder = {
    ...createRecorder(timeline.nowMs),
    fault: (checker, detail) => recorder.fault(checker, `${gateway}: ${detail}`),
    count: recorder.count,
  };
  const world: World = {
    ...hall,
    recorder: own,
    random: (name) => random(`${gateway} ${name}`),
  };
  const built = places.map((at) => createLaneAt(world, catalogue, at));
  const box = createBox({
    ...{ world, gateway, folder, catalogue, claims, fetch, network },
    devices: places.flatMap(laneDevices),
    modbus: (life) => linesOf(built, life),
    heads: built.map(({ head }) => head),
  });
  return { gateway, box, network, lanes: built.map(({ lane }) => lane), campus: own };
};

type BuiltLane = { readonly port: string; readonly turnstile: Turnstile };

const createLaneAt = (world: World, catalogue: Catalogue, at: LanePlace) => {
  const { recorder, timeline } = world;
  const head = createHeadOf(world, catalogue, { name: `head ${at.port}`, port: at.port });
  const watched: World = {
    ...world,
    recorder: {
      ...recorder,
      unlock: (side, ms) => {
        const unlock = recorder.unlock(side, ms);
        lane.released();
        return unlock;
      },
    },
  };
  const turnstile = createTurnstileOf(watched, catalogue, `turnstile ${at.port}`);
  const lane = createLane(timeline, { head, turnstile });
  return { port: turnstilePort(at), head, turnstile, lane };
};

const linesOf = (lanes: readonly BuiltLane[], life: Life): ReturnType<Turnstile['ports']> => {
  const ports = new Map(lanes.map(({ port, turnstile }) => [port, turnstile.ports(life)]));
  return {
    open: (asked) =>
      ports.get(asked.port)?.open(asked) ?? Promise.reject(new Error(`no line ${asked.port}`)),
  };
};

/** The cloud's one broker in front of all the cables. */
const joined = (networks: ReadonlyMap<string, Network>): Network => {
  const each = [...networks.values()];
  return {
    link: () => ({ connect: () => Promise.reject(new Error('each gateway has its own cable')) }),
    broker: (life) => {
      const brokers = new Map([...networks].map(([name, own]) => [name, own.broker(life)]));
      return {
        onMessage: (run) => {
          for (const broker of brokers.values()) broker.onMessage(run);
        },
        publish: async (topic, payload) => {
          await brokers.get(parseTopic(topic)?.gateway ?? '')?.publish(topic, payload);
        },
        onState: (run) => {
          run('up');
        },
        disconnect: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
    cut: (forMs) => {
      for (const own of each) own.cut(forMs);
    },
    killBroker: () => {
      for (const own of each) own.killBroker();
    },
    isThere: () => each.every((own) => own.isThere()),
    calm: () => {
      for (const own of each) own.calm();
    },
  };
};
