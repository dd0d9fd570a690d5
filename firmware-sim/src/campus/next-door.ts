import type { Catalogue } from '@gatehouse/device-profiles';
import { createPrimitives } from '@gatehouse/gateway';
import type { CloudLink } from '@gatehouse/gateway';
import { addRow, digestText, emptyDigest, policyKey, rowDigest } from '@gatehouse/protocols';
import type { Side } from '@gatehouse/protocols';
import { createBox } from './box.ts';
import type { Box } from './box.ts';
import type { ClaimNetwork } from './claim-network.ts';
import { devicesOf } from './hardware.ts';
import type { Head } from './heads.ts';
import { neighbour, neighbourRows } from './places.ts';
import type { Authority, Person } from './places.ts';
import { emptyPolicyCard } from './policy-store-port.ts';
import type { PolicyCard } from './policy-store-port.ts';
import { createRecorder } from './record.ts';
import type { Campus } from './record.ts';
import type { Turnstile } from './turnstile.ts';
import type { World } from './world.ts';

/** The other gateway of the claim group: its box and heads, and what happened there. */
export type NextDoor = {
  readonly box: Box;
  readonly heads: Readonly<Record<Side, Head>>;
  readonly campus: Campus;
};

export type NextDoorOptions = {
  readonly world: World;
  readonly folder: string;
  readonly catalogue: Catalogue;
  readonly claims: ClaimNetwork;
  readonly people: readonly Person[];
  readonly authority: Authority;
  readonly hardware: (world: World) => {
    readonly turnstile: Turnstile;
    readonly heads: Readonly<Record<Side, Head>>;
  };
};

/** As if the cloud did not exist. */
const noLink: CloudLink = { connect: () => Promise.reject(new Error('no cable')) };

export const createNextDoor = (options: NextDoorOptions): NextDoor => {
  const { folder, catalogue, claims, people, authority } = options;
  const { random, recorder, timeline } = options.world;
  // What happened here is told apart; what must not happen is one list.
  const own = { ...createRecorder(timeline.nowMs), fault: recorder.fault, count: recorder.count };
  const world: World = {
    ...options.world,
    recorder: own,
    random: (name) => random(`next door ${name}`),
    breakage: {},
  };
  const { turnstile, heads } = options.hardware(world);
  const box = createBox({
    ...{ world, folder, catalogue, claims },
    gateway: neighbour.gateway,
    devices: devicesOf(neighbour, world),
    modbus: turnstile.ports,
    heads: Object.values(heads),
    network: { link: () => noLink },
    policyCard: cardOf(people, authority),
    fetch: () => Promise.reject(new Error('no cable')),
  });
  return { box, heads, campus: own };
};

const cardOf = (people: readonly Person[], authority: Authority): PolicyCard => {
  const primitives = createPrimitives();
  const rows = neighbourRows(people, authority);
  const state = digestText(
    rows
      .map((row) => rowDigest(row, primitives))
      .reduce((sum, row) => addRow(sum, row), emptyDigest),
  );
  return {
    ...emptyPolicyCard(),
    head: { policyEpoch: 1, version: 1, state },
    rows: new Map(rows.map((row) => [`${row.section}/${policyKey(row)}`, row])),
  };
};
